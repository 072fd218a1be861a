package net.lecentre.certmerge.benchmark.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.lecentre.certmerge.benchmark.ImageFlags;
import net.lecentre.certmerge.benchmark.Jdks;

/**
 * How the operator is started.
 *
 * @param label what tables call it
 * @param java the executable
 * @param flags the JVM's
 * @param environment what is set besides
 */
public record Launch(String label, Path java, List<String> flags, Map<String, String> environment) {
  private static final Path DEPLOYMENT = Path.of("deploy", "operator.yaml");

  /** As deployed, on the JDK that runs this. */
  public static Launch deployed() {
    return deployed(Jdks.running());
  }

  /** As deployed and as whoever types {@code java -jar} does, on this JDK and on JAVA_25_HOME. */
  static List<Launch> all() {
    List<Launch> launches = new ArrayList<>();
    for (Path java : Jdks.all()) {
      launches.add(deployed(java));
      launches.add(new Launch(Jdks.label(java) + ", no flags", java, List.of(), Map.of()));
    }
    return launches;
  }

  private static Launch deployed(Path java) {
    List<String> flags = ImageFlags.of("operator", java);
    flags.add("-XX:MaxRAM=" + memoryLimit());
    return new Launch(Jdks.label(java) + ", as deployed", java, flags, ImageFlags.ENVIRONMENT);
  }

  /** The memory that the container gets, as JVM flags write it: it is what flags take shares of. */
  static String memoryLimit() {
    return find(DEPLOYMENT, "limits:\\s+memory: (\\d+)Mi") + "m";
  }

  /** Whether a process runs this executable. */
  boolean runs(String command) {
    try {
      return Files.isSameFile(Path.of(command), java);
    } catch (IOException gone) {
      return false;
    }
  }

  private static String find(Path file, String pattern) {
    try {
      Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
      if (!matcher.find()) {
        throw new IllegalStateException(file + " has nothing like " + pattern);
      }
      return matcher.group(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
