package net.lecentre.certmerge.reloader.files;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The symbolic links that decide which files a directory shows. A CSI driver may swap a link that
 * lies anywhere on the way, where a watch on the mounted directory alone does not see it.
 */
final class Links {
  private static final int MOST = 64;

  private Links() {}

  /** Every symbolic link on the way to the files of a directory, by its path. */
  static Set<Path> of(Path directory) {
    Set<Path> links = new LinkedHashSet<>();
    Path absolute = directory.toAbsolutePath();
    follow(absolute, links);
    if (Mounts.swapped(directory)) {
      follow(absolute.resolve(Mounts.DATA), links);
      return links;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(absolute, "*.{crt,key}")) {
      for (Path entry : entries) {
        if (Files.isSymbolicLink(entry)) {
          follow(entry, links);
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      // A directory that cannot be read is told of where it is read.
    }
    return links;
  }

  /** Walks a path name by name, as the kernel does. */
  private static void follow(Path path, Set<Path> links) {
    Deque<Path> names = new ArrayDeque<>();
    path.forEach(names::add);
    Path reached = path.getRoot();
    for (int i = 0; !names.isEmpty() && links.size() < MOST && i < MOST * MOST; i++) {
      Path next = reached.resolve(names.pop()).normalize();
      if (!Files.isSymbolicLink(next)) {
        reached = next;
        continue;
      }
      links.add(next);
      try {
        Path target = Files.readSymbolicLink(next);
        reached = target.isAbsolute() ? target.getRoot() : reached;
        for (int name = target.getNameCount() - 1; name >= 0; name--) {
          names.push(target.getName(name));
        }
      } catch (IOException e) {
        return;
      }
    }
  }
}
