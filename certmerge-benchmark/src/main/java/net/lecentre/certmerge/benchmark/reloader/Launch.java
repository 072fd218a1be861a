package net.lecentre.certmerge.benchmark.reloader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the reloader is started.
 *
 * @param label what tables call it
 * @param java the executable
 * @param flags the JVM's
 */
public record Launch(String label, Path java, List<String> flags) {
  static final Path JAR = Path.of("certmerge-reloader", "target", "certmerge-reloader.jar");
  private static final Path SIDECAR = Path.of("deploy", "istio", "reloader-sidecar.yaml");

  /** As deployed, as whoever types {@code java -jar} does, and with what an image could add. */
  static List<Launch> all(Path directory) {
    List<Launch> launches = new ArrayList<>();
    launches.add(new Launch(label(thisJava()) + ", no flags", thisJava(), List.of()));
    launches.add(new Launch(label(thisJava()) + ", as deployed", thisJava(), deployedFlags()));
    String other = System.getenv("JAVA_25_HOME");
    if (other != null && !other.isBlank()) {
      Path java = Path.of(other, "bin", "java");
      launches.add(new Launch(label(java) + ", as deployed", java, deployedFlags()));
      List<String> more = new ArrayList<>(deployedFlags());
      more.add("-XX:+UseCompactObjectHeaders");
      launches.add(new Launch(label(java) + ", compact headers", java, List.copyOf(more)));
      more.add("-XX:AOTCache=" + directory.resolve("reloader.aot"));
      launches.add(
          new Launch(label(java) + ", compact headers, AOT cache", java, List.copyOf(more)));
    }
    return launches;
  }

  /** What the sidecar's manifest starts the JVM with. */
  public static List<String> deployedFlags() {
    try {
      Matcher flag = Pattern.compile("(?m)^\\s*- (-X\\S+)$").matcher(Files.readString(SIDECAR));
      List<String> flags = new ArrayList<>();
      while (flag.find()) {
        flags.add(flag.group(1));
      }
      return flags;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets a run write the AOT cache that this launch starts from, if it does. */
  void prepare(List<String> arguments) {
    for (String flag : flags) {
      if (flag.startsWith("-XX:AOTCache=")) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        flags.stream().filter(other -> !other.equals(flag)).forEach(command::add);
        command.add("-XX:AOTCacheOutput=" + flag.substring("-XX:AOTCache=".length()));
        command.addAll(List.of("-jar", JAR.toString(), "--once"));
        command.addAll(arguments);
        run(command);
      }
    }
  }

  private static void run(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IllegalStateException("no AOT cache within two minutes");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static Path thisJava() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  private static String label(Path java) {
    try {
      String release = Files.readString(java.resolveSibling("../release"));
      Matcher version = Pattern.compile("JAVA_VERSION=\"([^\"]+)\"").matcher(release);
      return "JDK " + (version.find() ? version.group(1) : java.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
