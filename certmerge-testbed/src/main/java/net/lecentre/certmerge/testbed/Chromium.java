package net.lecentre.certmerge.testbed;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** The real Chromium, without a window: what a browser makes of a page. */
public final class Chromium {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final List<String> NAMES = List.of("chromium", "chromium-browser");

  /** It talks to nobody but the page's server, and keeps nothing. */
  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--no-first-run",
          "--no-default-browser-check",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-default-apps",
          "--disable-extensions",
          "--disable-sync",
          "--hide-scrollbars",
          "--enable-logging=stderr",
          "--window-size=1280,900");

  private final Path executable;

  private Chromium(Path executable) {
    this.executable = executable;
  }

  /**
   * Finds it: {@code CHROMIUM_BIN}, else the first on the {@code PATH}.
   *
   * @throws IllegalStateException if there is none; the message says how to get it
   */
  public static Chromium find() {
    return new Chromium(find(System.getenv()));
  }

  static Path find(Map<String, String> environment) {
    String named = environment.getOrDefault("CHROMIUM_BIN", "");
    Stream<Path> candidates =
        named.isEmpty()
            ? Stream.of(environment.getOrDefault("PATH", "").split(":"))
                .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
            : Stream.of(Path.of(named));
    return candidates
        .filter(it -> Files.isRegularFile(it) && Files.isExecutable(it))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "there is no chromium: install the Debian package chromium, or set CHROMIUM_BIN"
                        + " to the executable"));
  }

  /**
   * What it made of a page.
   *
   * @param dom the document as it stands once it is loaded, as HTML
   * @param picture the page as it is shown
   * @param complaints what it wrote to the console: scripts that failed, things that a policy
   *     forbids
   */
  public record Page(String dom, BufferedImage picture, List<String> complaints) {
    /** Copies the list. */
    public Page {
      complaints = List.copyOf(complaints);
    }

    /** Whether a pixel of the page has exactly this colour, as 0xRRGGBB. */
    public boolean shows(int colour) {
      for (int y = 0; y < picture.getHeight(); y++) {
        for (int x = 0; x < picture.getWidth(); x++) {
          if ((picture.getRGB(x, y) & 0xffffff) == colour) {
            return true;
          }
        }
      }
      return false;
    }
  }

  /** Opens a page and shows it in a window of 1280 by 900. */
  public Page open(URI page) {
    try (TempDirectory directory = TempDirectory.create("chromium")) {
      Path picture = directory.path().resolve("page.png");
      Path dom = directory.path().resolve("dom.html");
      Path log = directory.path().resolve("log");
      List<String> command = new ArrayList<>(List.of(executable.toString()));
      command.addAll(FLAGS);
      command.add("--user-data-dir=" + directory.path().resolve("profile"));
      command.add("--screenshot=" + picture);
      command.add("--dump-dom");
      command.add(page.toString());
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(dom.toFile())
              .redirectError(log.toFile())
              .start();
      try {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          throw new IllegalStateException("chromium did not end; it said:\n" + read(log));
        }
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      if (process.exitValue() != 0 || !Files.exists(picture)) {
        throw new IllegalStateException("chromium did not open " + page + ":\n" + read(log));
      }
      List<String> console = read(log).lines().filter(line -> line.contains(":CONSOLE:")).toList();
      return new Page(read(dom), ImageIO.read(picture.toFile()), console);
    } catch (IOException e) {
      throw new UncheckedIOException("chromium cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }
}
