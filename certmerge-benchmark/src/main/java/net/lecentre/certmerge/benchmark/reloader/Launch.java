package net.lecentre.certmerge.benchmark.reloader;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.benchmark.ImageFlags;
import net.lecentre.certmerge.benchmark.Jdks;

/**
 * How the reloader is started.
 *
 * @param label what tables call it
 * @param java the executable
 * @param flags the JVM's
 * @param environment what is set besides
 */
record Launch(String label, Path java, List<String> flags, Map<String, String> environment) {
  static final Path JAR = Path.of("certmerge-reloader", "target", "certmerge-reloader.jar");

  /**
   * As whoever types {@code java -jar} does, and as the image does; on this JDK and another and,
   * where it was made, on the Java runtime of the image.
   */
  static List<Launch> all() {
    List<Launch> launches = new ArrayList<>();
    for (Path java : Jdks.all()) {
      launches.add(new Launch(Jdks.label(java) + ", no flags", java, List.of(), Map.of()));
      launches.add(deployed(Jdks.label(java) + ", flags of the image", java));
    }
    String image = System.getProperty("certmerge.runtime", "");
    if (!image.isEmpty()) {
      launches.add(image(Path.of(image)));
    }
    return launches;
  }

  /** As the image does, on its Java runtime if that was made, else on the JDK that runs this. */
  static Launch deployed() {
    String image = System.getProperty("certmerge.runtime", "");
    return image.isEmpty()
        ? deployed(Jdks.label(Jdks.running()) + ", flags of the image", Jdks.running())
        : image(Path.of(image));
  }

  private static Launch image(Path runtime) {
    Path java = runtime.resolve("bin").resolve("java");
    return deployed(Jdks.label(java) + ", as in the image", java);
  }

  private static Launch deployed(String label, Path java) {
    return new Launch(label, java, ImageFlags.of("reloader", java), ImageFlags.ENVIRONMENT);
  }
}
