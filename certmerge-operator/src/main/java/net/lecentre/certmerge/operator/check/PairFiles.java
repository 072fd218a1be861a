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

  /** The pairs of a directory and of those below it. */
  static List<FoundPair> in(Path directory) throws Unreadable {
    List<FoundPair> pairs = new ArrayList<>();
    Map<String, byte[]> files = new HashMap<>();
    for (Path entry : list(directory)) {
      String name = entry.getFileName().toString();
      if (Files.isDirectory(entry)) {
        // The kubelet keeps each version of a mount in a hidden directory.
        if (!name.startsWith(".")) {
          pairs.addAll(in(entry));
        }
      } else if (name.endsWith(CRT) || name.endsWith(KEY)) {
        files.put(name, content(entry));
      }
    }
    if (!files.containsKey(CA + KEY)) {
      files.remove(CA + CRT);
    }
    pairs.addAll(inspected(directory, files));
    return pairs;
  }

  /** The pair of a directory that has a name; a file that is not there is empty. */
  static List<FoundPair> named(Path directory, String name) throws Unreadable {
    Map<String, byte[]> files = new HashMap<>();
    for (String file : List.of(name + CRT, name + KEY)) {
      files.put(file, content(directory.resolve(file)));
    }
    return inspected(directory, files);
  }

  private static List<FoundPair> inspected(Path directory, Map<String, byte[]> files) {
    List<FoundPair> pairs = new ArrayList<>();
    Pair.inspect(files, Acceptance.envoy())
        .forEach(
            (name, inspection) -> {
              Path path = name.equals("tls") ? directory : directory.resolve(name);
              pairs.add(new FoundPair(path.toString(), inspection));
            });
    return pairs;
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
