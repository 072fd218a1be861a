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
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.Severity;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.reloader.files.KeyFiles.Content;
import net.lecentre.certmerge.reloader.files.KeyFiles.Incomplete;
import net.lecentre.certmerge.reloader.files.KeyFiles.Pair;
import net.lecentre.certmerge.reloader.files.KeyFiles.Refused;
import net.lecentre.certmerge.reloader.probe.Chains;
import org.jspecify.annotations.Nullable;

/**
 * Reads the watched directories. The kubelet swaps a mounted Secret by renaming the symbolic link
 * {@code ..data}; reading everything through one resolution of it never mixes two versions.
 *
 * <p>Not safe for use by several threads.
 */
public final class Mounts {
  static final String DATA = "..data";

  private static final String PAIRS = "*.{crt,key}";
  private static final String CRT = ".crt";
  private static final String KEY = ".key";

  /** A lone {@code ca.crt} is a bundle for clients, as cert-manager puts it beside a pair. */
  private static final String CA = "ca";

  private static final int READS = 3;

  /** More than a Secret can hold; one byte more lets the inspection see that it is too much. */
  private static final int LIMIT = (1 << 20) + 1;

  /** How often a directory that seems unchanged is believed to be; then it is read all the same. */
  private static final int BELIEVED = 60;

  private final List<Path> directories;
  private Map<String, Content> inspected = Map.of();
  private Map<Path, Known> known = Map.of();
  private @Nullable Snapshot last;

  /** Reads these directories. */
  public Mounts(List<Path> directories) {
    this.directories = List.copyOf(directories);
  }

  /** Whether a directory is one that the kubelet swaps; in any other, files may change singly. */
  public static boolean swapped(Path directory) {
    return Files.isSymbolicLink(directory.resolve(DATA));
  }

  private record Known(List<Object> stamp, int believed, List<KeyFiles> keys) {
    boolean holdsFor(List<Object> now) {
      return believed < BELIEVED && stamp.equals(now);
    }

    Known believedAgain() {
      return new Known(stamp, believed + 1, keys);
    }
  }

  /** Reads so many keys, so that of some it is known how they stand before all are read. */
  public Snapshot readSome(int most) {
    List<KeyFiles> keys = new ArrayList<>();
    Map<String, Content> seen = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (Path directory : directories) {
      try {
        keys.addAll(named(read(directory, most - keys.size(), seen), directory, names));
      } catch (IOException e) {
        // That is told when all are read.
      }
    }
    inspected = seen;
    return new Snapshot(keys, List.of());
  }

  /** Reads what has changed, by the word of the file system, and now and then everything. */
  public Snapshot read() {
    Snapshot before = last;
    if (before != null && seemsUnchanged()) {
      return before;
    }
    List<KeyFiles> keys = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Map<String, Content> seen = new HashMap<>();
    Map<Path, Known> nowKnown = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (Path directory : directories) {
      try {
        Known read = known(directory, seen);
        nowKnown.put(directory, read);
        keys.addAll(named(read.keys(), directory, names));
      } catch (IOException e) {
        problems.add(directory + " cannot be read: " + sentence(e));
      }
    }
    known = nowKnown;
    if (keys.isEmpty() && problems.isEmpty()) {
      problems.add("There is no certificate in " + directories + ": is the Secret mounted there?");
    }
    inspected = seen;
    Snapshot snapshot = new Snapshot(keys, problems);
    if (before != null && before.equals(snapshot)) {
      return before;
    }
    last = snapshot;
    return snapshot;
  }

  private boolean seemsUnchanged() {
    for (Path directory : directories) {
      Known before = known.get(directory);
      if (before == null || !before.holdsFor(stampOrNew(directory))) {
        return false;
      }
    }
    known.replaceAll((directory, before) -> before.believedAgain());
    return true;
  }

  private static List<Object> stampOrNew(Path directory) {
    try {
      return stamp(directory);
    } catch (IOException e) {
      // Reading tells what is wrong.
      return List.of(new Object());
    }
  }

  private Known known(Path directory, Map<String, Content> seen) throws IOException {
    List<Object> stamp = stamp(directory);
    Known before = known.get(directory);
    if (before != null && before.holdsFor(stamp)) {
      before.keys().forEach(files -> seen.put(files.digest(), files.content()));
      return before.believedAgain();
    }
    return new Known(stamp, 0, read(directory, Integer.MAX_VALUE, seen));
  }

  /**
   * What changes whenever files do. A version of a swapped directory is never changed itself; other
   * files may be.
   */
  private static List<Object> stamp(Path directory) throws IOException {
    try {
      return stampOfAll(directory);
    } catch (NoSuchFileException e) {
      // Swapped in between, or not there at all: reading tells.
      return List.of(new Object());
    }
  }

  private static List<Object> stampOfAll(Path directory) throws IOException {
    if (swapped(directory)) {
      Path version = directory.resolve(DATA).toRealPath();
      return List.of(version, state(version));
    }
    List<Object> states = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, PAIRS)) {
      for (Path entry : entries) {
        states.add(String.valueOf(entry.getFileName()));
        states.add(Files.exists(entry) ? state(entry) : "absent");
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return states;
  }

  private static Map<String, Object> state(Path file) throws IOException {
    return Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime");
  }

  private List<KeyFiles> read(Path directory, int most, Map<String, Content> seen)
      throws IOException {
    Path link = directory.resolve(DATA);
    for (int i = 0; i < READS && swapped(directory); i++) {
      try {
        Path version = link.toRealPath();
        Instant modified = Files.getLastModifiedTime(link, LinkOption.NOFOLLOW_LINKS).toInstant();
        List<KeyFiles> keys = readVersion(version, most, modified, seen);
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
    return readVersion(directory, most, Instant.EPOCH, seen);
  }

  private List<KeyFiles> readVersion(
      Path directory, int most, Instant swapped, Map<String, Content> seen) throws IOException {
    Set<String> keys = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, PAIRS)) {
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
      if (read.size() == most) {
        break;
      }
      read.add(read(directory, key, swapped, seen));
    }
    return read;
  }

  private KeyFiles read(Path directory, String key, Instant swapped, Map<String, Content> seen)
      throws NoSuchFileException {
    List<Path> files = List.of(directory.resolve(key + CRT), directory.resolve(key + KEY));
    for (Path file : files) {
      if (!Files.exists(file)) {
        return incomplete(key, file.getFileName() + " is missing.", swapped);
      }
    }
    try {
      return readPair(files, key, swapped, seen);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      return incomplete(key, "The files cannot be read: " + sentence(e), swapped);
    }
  }

  /** Reads both until neither changes meanwhile: one alone may be swapped or written in place. */
  private KeyFiles readPair(
      List<Path> files, String key, Instant swapped, Map<String, Content> seen) throws IOException {
    for (int i = 1; ; i++) {
      List<Object> before = List.of(state(files.get(0)), state(files.get(1)));
      byte[] crt = bytes(files.get(0));
      byte[] secret = bytes(files.get(1));
      try {
        if (i == READS || before.equals(List.of(state(files.get(0)), state(files.get(1))))) {
          String digest = digest(crt, secret);
          Content content = inspected.get(digest);
          if (content == null) {
            content = inspect(crt, secret);
          }
          seen.put(digest, content);
          return new KeyFiles(key, key + CRT, digest, content, modified(files, swapped));
        }
      } finally {
        Arrays.fill(secret, (byte) 0);
      }
    }
  }

  private static KeyFiles incomplete(String key, String reason, Instant swapped) {
    String digest = digest(reason.getBytes(java.nio.charset.StandardCharsets.UTF_8), new byte[0]);
    return new KeyFiles(key, key + CRT, digest, new Incomplete(reason), swapped);
  }

  private static Content inspect(byte[] crt, byte[] key) {
    Inspection inspection = Inspector.inspect(crt, key, Acceptance.envoy());
    if (!(inspection instanceof Accepted accepted)) {
      return new Refused(
          inspection.findings().stream()
              .filter(finding -> finding.severity() == Severity.ERROR)
              .map(finding -> sentence(finding.code(), finding.message()))
              .toList());
    }
    TlsPair pair = accepted.pair();
    boolean canonical = Arrays.equals(crt, pair.certificatePem());
    pair.destroy();
    return new Pair(Chains.of(pair), Chains.kindOf(pair), canonical);
  }

  /** A finding as a sentence, with what to do about it. */
  public static String sentence(Code code, String message) {
    return code + ": " + message + (message.endsWith(".") ? " " : ". ") + code.advice();
  }

  /** Into one array of the right size: growing ones would leave pieces of the key behind. */
  private static byte[] bytes(Path file) throws IOException {
    byte[] bytes = new byte[(int) Math.min(LIMIT, Files.size(file))];
    int length;
    try (InputStream in = Files.newInputStream(file)) {
      length = in.readNBytes(bytes, 0, bytes.length);
    }
    if (length == bytes.length) {
      return bytes;
    }
    byte[] shorter = Arrays.copyOf(bytes, length);
    Arrays.fill(bytes, (byte) 0);
    return shorter;
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

  /** A key that another directory has too is called by its path. */
  private static List<KeyFiles> named(List<KeyFiles> keys, Path directory, Set<String> names) {
    return keys.stream()
        .map(
            files ->
                names.add(files.key())
                    ? files
                    : new KeyFiles(
                        directory.resolve(files.key()).toString(),
                        files.certificateFile(),
                        files.digest(),
                        files.content(),
                        files.modified()))
        .toList();
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
