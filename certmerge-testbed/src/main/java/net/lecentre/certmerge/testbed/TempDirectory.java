package net.lecentre.certmerge.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is deleted with all it holds when it is closed, at the latest when this JVM
 * ends.
 *
 * @param path where it is
 */
public record TempDirectory(Path path) implements AutoCloseable {
  private static final int DELETE_ATTEMPTS = 100;

  /**
   * Makes one whose name begins with {@code certmerge-} and the given name.
   *
   * @throws IllegalStateException if this JVM is ending
   */
  public static TempDirectory create(String name) {
    return JvmEnd.own(() -> make(name));
  }

  private static TempDirectory make(String name) {
    try {
      return new TempDirectory(Files.createTempDirectory("certmerge-" + name + "-").toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a temporary directory", e);
    }
  }

  @Override
  public void close() {
    try {
      deleteWhileWritten();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + path, e);
    }
    JvmEnd.disown(this);
  }

  /**
   * Another thread may add a file behind the deletion's back, but not once the directory is gone.
   */
  private void deleteWhileWritten() throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        delete(path);
        return;
      } catch (DirectoryNotEmptyException e) {
        if (attempt == DELETE_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * Deletes a file, a symlink (not what it points to), or a directory with all it holds; nothing
   * there is fine.
   */
  static void delete(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(path);
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
