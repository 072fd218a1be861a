package net.lecentre.certmerge.benchmark;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the image of a program starts its JVM with. */
public final class ImageFlags {
  /** What the images set besides. */
  public static final Map<String, String> ENVIRONMENT = Map.of("MALLOC_ARENA_MAX", "1");

  private static final Path IMAGES = Path.of("certmerge-images");
  private static final String ARCHIVE = "-XX:SharedArchiveFile=";
  private static final int JAVA_OF_IMAGES = 25;
  private static final Map<List<String>, Path> ARCHIVES = new HashMap<>();

  private ImageFlags() {}

  /**
   * The flags, for a Java of the images' version with the archive of classes, which is made for it;
   * any other leaves alone what it does not know.
   *
   * @param program {@code operator} or {@code reloader}
   * @param java the executable
   */
  public static List<String> of(String program, Path java) {
    List<String> command = command(program);
    List<String> flags = new ArrayList<>(List.of("-XX:+IgnoreUnrecognizedVMOptions"));
    flags.addAll(command.subList(1, command.indexOf("-jar")));
    if (Jdks.version(java).split("\\.", 2)[0].equals(String.valueOf(JAVA_OF_IMAGES))) {
      Path archive =
          ARCHIVES.computeIfAbsent(
              List.of(program, java.toString()), made -> archive(program, java, flags));
      flags.replaceAll(flag -> flag.startsWith(ARCHIVE) ? ARCHIVE + archive : flag);
    } else {
      flags.removeIf(flag -> flag.startsWith(ARCHIVE));
    }
    return flags;
  }

  private static List<String> command(String program) {
    Path entrypoint = IMAGES.resolve(program + ".json");
    try {
      return Arrays.asList(
          JsonMapper.builder().build().readValue(entrypoint.toFile(), String[].class));
    } catch (IOException e) {
      throw new UncheckedIOException(entrypoint + " cannot be read", e);
    }
  }

  private static Path archive(String program, Path java, List<String> flags) {
    try {
      Path archive = Files.createTempDirectory("certmerge-benchmark").resolve(program + ".jsa");
      List<String> make =
          new ArrayList<>(
              List.of(
                  IMAGES.resolve("archive").toString(),
                  java.toString(),
                  IMAGES.resolve(program + ".classes").toString(),
                  "certmerge-%1$s/target/certmerge-%1$s.jar".formatted(program),
                  archive.toString()));
      make.addAll(flags);
      if (new ProcessBuilder(make).inheritIO().start().waitFor() != 0) {
        throw new IllegalStateException("there is no archive of classes");
      }
      return archive;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
