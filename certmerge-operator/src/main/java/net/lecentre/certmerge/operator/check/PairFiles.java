package net.lecentre.certmerge.operator.check;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import net.lecentre.certmerge.core.format.Pair;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.operator.check.FoundPair.Unreadable;

/** Pairs in directories: {@code tls.crt} and {@code tls.key}, or any other two of one name. */
final class PairFiles {
  static final String CRT = ".crt";
  static final String KEY = ".key";

  /** What cert-manager puts beside a pair: a certificate that has no key. */
  private static final String CA = "ca";

  private static final byte[] MISSING = {};

  private PairFiles() {}

  /** Tells the pairs of a directory and of those below it. */
  static void in(Path directory, Consumer<FoundPair> found) throws Unreadable {
    Map<String, byte[]> files = new HashMap<>();
    for (Path entry : list(directory)) {
      String name = entry.getFileName().toString();
      if (Files.isDirectory(entry)) {
        // The kubelet keeps each version of a mount in a hidden directory.
        if (!name.startsWith(".")) {
          in(entry, found);
        }
      } else if (name.endsWith(CRT) || name.endsWith(KEY)) {
        files.put(name, content(entry));
      }
    }
    if (!files.containsKey(CA + KEY)) {
      files.remove(CA + CRT);
    }
    tell(directory, files, found);
  }

  /** Tells the pair of a directory that has a name; a file that is not there is empty. */
  static void named(Path directory, String name, Consumer<FoundPair> found) throws Unreadable {
    Map<String, byte[]> files = new HashMap<>();
    for (String file : List.of(name + CRT, name + KEY)) {
      files.put(file, content(directory.resolve(file)));
    }
    tell(directory, files, found);
  }

  private static void tell(Path directory, Map<String, byte[]> files, Consumer<FoundPair> found) {
    Pair.inspect(files, Acceptance.envoy())
        .forEach(
            (name, inspection) -> {
              Path path = name.equals("tls") ? directory : directory.resolve(name);
              found.accept(new FoundPair(path.toString(), inspection));
            });
  }

  private static byte[] content(Path file) throws Unreadable {
    try {
      return Files.exists(file) ? Files.readAllBytes(file) : MISSING;
    } catch (IOException e) {
      throw new Unreadable(file + " cannot be read: " + e);
    }
  }

  private static List<Path> list(Path directory) throws Unreadable {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (IOException | DirectoryIteratorException e) {
      throw new Unreadable(directory + " cannot be listed: " + e);
    }
    entries.sort(null);
    return entries;
  }
}
