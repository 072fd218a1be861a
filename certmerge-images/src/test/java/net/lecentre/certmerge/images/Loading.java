package net.lecentre.certmerge.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Which classes a program loads, and where from. With {@code -Dcertmerge.classes.write} it runs
 * without the archive of its image, and the list that the archive is made of is written anew.
 */
final class Loading {
  private static final boolean WRITES = System.getProperty("certmerge.classes.write") != null;
  private static final String FILE = "tmp/classes";

  private Loading() {}

  /** Variables that have a JVM tell it. */
  static Map<String, String> told() {
    return Map.of(
        "JDK_JAVA_OPTIONS",
        WRITES
            ? "-Xshare:off -XX:DumpLoadedClassList=/" + FILE
            : "-Xlog:class+load:file=/" + FILE + ":none:filecount=0");
  }

  /** How much of what a program has loaded was in the archive; writes the list anew if asked to. */
  static double archived(String program, Path image) throws IOException {
    List<String> lines = Files.readAllLines(image.resolve(FILE));
    if (WRITES) {
      Files.write(
          Path.of(program.replace("certmerge-", "") + ".classes"),
          Stream.concat(
                  lines.stream()
                      .filter(line -> line.contains(" id: ") && !line.contains(" source: "))
                      .map(line -> line.substring(0, line.indexOf(" id: ")))
                      .sorted(),
                  lines.stream().filter(line -> line.startsWith("@lambda-")).sorted())
              .distinct()
              .toList());
      return 1;
    }
    long archived =
        lines.stream().filter(line -> line.endsWith(" source: shared objects file")).count();
    long all = lines.stream().filter(line -> line.contains(" source: ")).count();
    return (double) archived / all;
  }
}
