package net.lecentre.certmerge.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JDKs that programs are measured on. */
public final class Jdks {
  private Jdks() {}

  /** The executable of the one that runs this. */
  public static Path running() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** That one and, where JAVA_25_HOME names it, the images' one. */
  public static List<Path> all() {
    List<Path> javas = new ArrayList<>(List.of(running()));
    String other = System.getenv("JAVA_25_HOME");
    if (other != null && !other.isBlank()) {
      javas.add(Path.of(other, "bin", "java"));
    }
    return javas;
  }

  /** What tables call a JDK, given its executable: {@code JDK 25.0.3}. */
  public static String label(Path java) {
    return "JDK " + version(java);
  }

  /** The version of a Java, such as {@code 25.0.3}. */
  static String version(Path java) {
    try {
      String release = Files.readString(java.resolveSibling("../release"));
      Matcher version = Pattern.compile("JAVA_VERSION=\"([^\"]+)\"").matcher(release);
      return version.find() ? version.group(1) : java.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
