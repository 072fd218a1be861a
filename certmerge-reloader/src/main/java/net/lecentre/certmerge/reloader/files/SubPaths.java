package net.lecentre.certmerge.reloader.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Recognises files that a container mounts with {@code subPath}: they are bound to the version that
 * was there when the container started, and no renewal ever reaches it.
 */
public final class SubPaths {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  /** Fields of {@code /proc/self/mountinfo}, proc(5): what is mounted, and where. */
  private static final int ROOT = 3;

  private static final int MOUNT_POINT = 4;

  private SubPaths() {}

  /** Of these directories, what never changes; as sentences. */
  public static List<String> in(List<Path> directories) {
    try {
      return in(directories, Files.readAllLines(MOUNTS));
    } catch (IOException e) {
      // Not Linux, or not allowed to see it: then nothing is known.
      return List.of();
    }
  }

  static List<String> in(List<Path> directories, List<String> mountinfo) {
    List<String> sentences = new ArrayList<>();
    for (String line : mountinfo) {
      String[] fields = line.split(" ", -1);
      if (fields.length <= MOUNT_POINT) {
        continue;
      }
      Path point = Path.of(unescaped(fields[MOUNT_POINT]));
      String root = unescaped(fields[ROOT]);
      for (Path directory : directories) {
        Path absolute = directory.toAbsolutePath().normalize();
        boolean single = absolute.equals(point.getParent()) && isPart(point);
        // The kubelet's versions, of which the volume itself shows the current one.
        boolean oneVersion = point.equals(absolute) && root.contains("/..");
        if (single || oneVersion) {
          sentences.add(
              point
                  + " is mounted with subPath, so renewed files never reach it: mount the whole"
                  + " volume at "
                  + absolute
                  + " instead.");
        }
      }
    }
    return sentences;
  }

  private static boolean isPart(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".crt") || name.endsWith(".key");
  }

  private static String unescaped(String field) {
    return field.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
  }
}
