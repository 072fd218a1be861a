package net.lecentre.certmerge.benchmark.reloader;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.lecentre.certmerge.benchmark.ImageFlags;

/**
 * How the reloader is started.
 *
 * @param label what tables call it
 * @param java the executable
 * @param flags the JVM's
 */
record Launch(String label, Path java, List<String> flags) {
  static final Path JAR = Path.of("certmerge-reloader", "target", "certmerge-reloader.jar");

  /** As whoever types {@code java -jar} does, and as the image does; on this JDK and another. */
  static List<Launch> all() {
    List<Launch> launches = new ArrayList<>();
    for (Path java : javas()) {
      launches.add(new Launch(label(java) + ", no flags", java, List.of()));
      launches.add(deployed(java));
    }
    return launches;
  }

  /** As the image does, on the JDK that runs this. */
  static Launch deployed() {
    return deployed(thisJava());
  }

  private static Launch deployed(Path java) {
    return new Launch(label(java) + ", as in the image", java, ImageFlags.of("reloader", java));
  }

  private static List<Path> javas() {
    List<Path> javas = new ArrayList<>(List.of(thisJava()));
    String other = System.getenv("JAVA_25_HOME");
    if (other != null && !other.isBlank()) {
      javas.add(Path.of(other, "bin", "java"));
    }
    return javas;
  }

  private static Path thisJava() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  private static String label(Path java) {
    return "JDK " + ImageFlags.version(java);
  }
}
