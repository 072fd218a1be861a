package net.lecentre.certmerge.benchmark.reloader;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.lecentre.certmerge.benchmark.ImageFlags;
import net.lecentre.certmerge.benchmark.Jdks;

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
    for (Path java : Jdks.all()) {
      launches.add(new Launch(Jdks.label(java) + ", no flags", java, List.of()));
      launches.add(deployed(java));
    }
    return launches;
  }

  /** As the image does, on the JDK that runs this. */
  static Launch deployed() {
    return deployed(Jdks.running());
  }

  private static Launch deployed(Path java) {
    return new Launch(
        Jdks.label(java) + ", as in the image", java, ImageFlags.of("reloader", java));
  }
}
