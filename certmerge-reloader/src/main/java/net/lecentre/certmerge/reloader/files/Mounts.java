package net.lecentre.certmerge.reloader.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.reloader.files.KeyFiles.Content;
import net.lecentre.certmerge.reloader.files.KeyFiles.Incomplete;
import net.lecentre.certmerge.reloader.files.KeyFiles.Pair;

/**
 * Reads the watched directories. The kubelet swaps a mounted Secret by renaming the symbolic link
 * {@code ..data}; reading everything through one resolution of it never mixes two versions.
 *
 * <p>Not safe for use by several threads.
 */
public final class Mounts {
  static final String DATA = "..data";

  private static final String CRT = ".crt";
  private static final String KEY = ".key";

  /** A lone {@code ca.crt} is a bundle for clients, as cert-manager puts it beside a pair. */
  private static final String CA = "ca";

  private static final int READS = 3;

  /** More than a Secret can hold; one byte more lets the inspection see that it is too much. */
  private static final int LIMIT = (1 << 20) + 1;

  private final List<Path> directories;
  private Map<String, Content> inspected = Map.of();

  /** Reads these directories. */
  public Mounts(List<Path> directories) {
    this.directories = List.copyOf(directories);
  }

  /** Whether a directory is one that the kubelet swaps; in any other, files may change singly. */
  public static boolean swapped(Path directory) {
    return Files.isSymbolicLink(directory.resolve(DATA));
  }

  /** Reads everything anew; inspects only what has changed. */
  public Snapshot read() {
    List<KeyFiles> keys = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Map<String, Content> seen = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (Path directory : directories) {
      try {
        for (KeyFiles files : read(directory, seen)) {
          keys.add(names.add(files.key()) ? files : renamed(files, directory.resolve(files.key())));
        }
      } catch (IOException e) {
        problems.add(directory + " cannot be read: " + sentence(e));
      }
    }
    if (keys.isEmpty() && problems.isEmpty()) {
      problems.add("There is no certificate in " + directories + ": is the Secret mounted there?");
    }
    inspected = seen;
    return new Snapshot(keys, problems);
  }

  private List<KeyFiles> read(Path directory, Map<String, Content> seen) throws IOException {
    Path link = directory.resolve(DATA);
    for (int i = 0; i < READS && swapped(directory); i++) {
      try {
        Path version = link.toRealPath();
        Instant modified = Files.getLastModifiedTime(link, LinkOption.NOFOLLOW_LINKS).toInstant();
        List<KeyFiles> keys = readVersion(version, modified, seen);
        if (version.equals(link.toRealPath())) {
          return keys;
        }
      } catch (NoSuchFileException e) {
        // Swapped in between: the next version is there already.
      }
    }
    if (swapped(directory)) {
      throw new IOException("its files are swapped faster than they can be read");
    }
    return readVersion(directory, Instant.EPOCH, seen);
  }

  private List<KeyFiles> readVersion(Path directory, Instant swapped, Map<String, Content> seen)
      throws IOException {
    Set<String> keys = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.{crt,key}")) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        keys.add(name.substring(0, name.length() - CRT.length()));
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    if (!Files.exists(directory.resolve(CA + KEY))) {
      keys.remove(CA);
    }
    List<KeyFiles> read = new ArrayList<>();
    for (String key : keys) {
      read.add(read(directory, key, swapped, seen));
    }
    return read;
  }

  private KeyFiles read(Path directory, String key, Instant swapped, Map<String, Content> seen)
      throws NoSuchFileException {
    Path crtFile = directory.resolve(key + CRT);
    Path keyFile = directory.resolve(key + KEY);
    byte[] crt = {};
    byte[] secret = {};
    try {
      for (Path file : List.of(crtFile, keyFile)) {
        if (!Files.exists(file)) {
          return incomplete(key, file.getFileName() + " is missing.", swapped);
        }
      }
      crt = bytes(crtFile);
      secret = bytes(keyFile);
      String digest = digest(crt, secret);
      Content content = inspected.get(digest);
      if (content == null) {
        content = inspect(crt, secret);
      }
      seen.put(digest, content);
      return new KeyFiles(
          key, key + CRT, digest, content, modified(List.of(crtFile, keyFile), swapped));
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      return incomplete(key, "The files cannot be read: " + sentence(e), swapped);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static KeyFiles incomplete(String key, String reason, Instant swapped) {
    String digest = digest(reason.getBytes(java.nio.charset.StandardCharsets.UTF_8), new byte[0]);
    return new KeyFiles(key, key + CRT, digest, new Incomplete(reason), swapped);
  }

  private static Content inspect(byte[] crt, byte[] key) {
    Inspection inspection = Inspector.inspect(crt, key, Acceptance.envoy());
    if (!(inspection instanceof Accepted accepted)) {
      return new Pair(inspection, false);
    }
    boolean canonical = Arrays.equals(crt, accepted.pair().certificatePem());
    // Nothing here needs the private key any more.
    accepted.pair().destroy();
    return new Pair(inspection, canonical);
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(LIMIT);
    }
  }

  private static Instant modified(List<Path> files, Instant swapped) throws IOException {
    Instant modified = swapped;
    if (swapped.equals(Instant.EPOCH)) {
      for (Path file : files) {
        Instant time = Files.getLastModifiedTime(file).toInstant();
        modified = time.isAfter(modified) ? time : modified;
      }
    }
    return modified;
  }

  private static KeyFiles renamed(KeyFiles files, Path name) {
    return new KeyFiles(
        name.toString(),
        files.certificateFile(),
        files.digest(),
        files.content(),
        files.modified());
  }

  private static String digest(byte[] crt, byte[] key) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(crt.length).array());
      sha256.update(crt);
      return HexFormat.of().formatHex(sha256.digest(key));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String sentence(IOException e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage() + ".";
  }
}
