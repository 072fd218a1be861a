package net.lecentre.certmerge.testbed;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory that is filled as the kubelet fills a Secret volume (its {@code AtomicWriter}), step
 * by step:
 *
 * <pre>
 * ..2026_11_23_20_00_00.123456789/a.crt   the real files
 * ..data -> ..2026_11_23_20_00_00.123456789
 * a.crt -> ..data/a.crt
 * </pre>
 *
 * A new payload goes to a new timestamped directory, {@code ..data_tmp} is linked to it and renamed
 * over {@code ..data}, then links for new names are made, links of gone names are removed, and the
 * old directory goes last. An unchanged payload swaps nothing.
 */
public final class KubeletMount implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KubeletMount.class);
  private static final String DATA = "..data";
  private static final String NEW_DATA = "..data_tmp";
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("'..'yyyy_MM_dd_HH_mm_ss'.'").withZone(ZoneOffset.UTC);

  private final Path directory;
  private final @Nullable TempDirectory owned;
  private @Nullable SharedIndexInformer<Secret> informer;
  private boolean closed;

  private KubeletMount(Path directory, @Nullable TempDirectory owned) {
    this.directory = directory;
    this.owned = owned;
  }

  /** A mount in a new temporary directory, which is deleted on close. */
  public static KubeletMount create() {
    TempDirectory owned = TempDirectory.create("mount");
    return new KubeletMount(owned.path(), owned);
  }

  /** A mount at this directory, which is made if absent and stays after close. */
  public static KubeletMount at(Path directory) {
    try {
      return new KubeletMount(Files.createDirectories(directory).toRealPath(), null);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory, e);
    }
  }

  /** The mounted directory. */
  public Path directory() {
    return directory;
  }

  /** A user-visible file of it, there or not. */
  public Path file(String name) {
    return directory.resolve(name);
  }

  /**
   * Makes the directory hold these files and no others.
   *
   * @param payload file name to content
   * @return whether anything changed
   * @throws IllegalArgumentException if a name has a slash or begins with two dots, as the kubelet
   *     demands
   */
  public boolean project(Map<String, byte[]> payload) {
    return project(payload, () -> {});
  }

  /**
   * The same with something to do in the midst of it: after the new files are in place of the old
   * ones and before names that are new lead to them, as a slow kubelet leaves it for a moment.
   */
  public synchronized boolean project(Map<String, byte[]> payload, Runnable beforeTheLinks) {
    payload.keySet().forEach(KubeletMount::checkName);
    try {
      Path data = directory.resolve(DATA);
      Path old =
          Files.isSymbolicLink(data) ? directory.resolve(Files.readSymbolicLink(data)) : null;
      Set<String> gone = old == null ? new TreeSet<>() : names(old);
      gone.removeAll(payload.keySet());
      boolean write = old == null || !gone.isEmpty() || differs(payload, old);
      if (write) {
        Path fresh = writeTimestamped(payload);
        Path newData = directory.resolve(NEW_DATA);
        Files.deleteIfExists(newData);
        Files.createSymbolicLink(newData, fresh.getFileName());
        Files.move(newData, data, StandardCopyOption.ATOMIC_MOVE);
      }
      beforeTheLinks.run();
      for (String name : payload.keySet()) {
        Path visible = directory.resolve(name);
        if (!Files.exists(visible, LinkOption.NOFOLLOW_LINKS)) {
          Files.createSymbolicLink(visible, Path.of(DATA, name));
        }
      }
      for (String name : gone) {
        Files.deleteIfExists(directory.resolve(name));
      }
      if (write && old != null) {
        TempDirectory.delete(old);
      }
      return write;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot project into " + directory, e);
    }
  }

  /**
   * Projects a Secret now and at each change of it, at once, until this is closed. A kubelet takes
   * up to about a minute, except when an annotation of a pod that mounts the Secret changes: then
   * it projects within a second, which is what {@code refreshPods} of a CertMerge makes it do.
   * Before the Secret exists and after it is deleted the directory stays as it is.
   *
   * @throws IllegalStateException if this follows a Secret already, or is closed
   */
  public synchronized void follow(KubernetesClient client, String namespace, String secretName) {
    if (closed || informer != null) {
      throw new IllegalStateException(
          closed ? "this mount is closed" : "this mount follows a Secret already");
    }
    informer =
        client
            .secrets()
            .inNamespace(namespace)
            .withName(secretName)
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(Secret secret) {
                    projectFollowed(secret);
                  }

                  @Override
                  public void onUpdate(Secret before, Secret secret) {
                    projectFollowed(secret);
                  }

                  @Override
                  public void onDelete(Secret secret, boolean finalStateUnknown) {
                    // A kubelet leaves the files of a running pod alone.
                  }
                });
  }

  private synchronized void projectFollowed(Secret secret) {
    if (closed) {
      return;
    }
    Map<String, byte[]> payload = new HashMap<>();
    if (secret.getData() != null) {
      secret
          .getData()
          .forEach((name, value) -> payload.put(name, Base64.getDecoder().decode(value)));
    }
    try {
      project(payload);
    } catch (RuntimeException e) {
      LOG.error(
          "cannot project Secret {}/{} into {}",
          secret.getMetadata().getNamespace(),
          secret.getMetadata().getName(),
          directory,
          e);
      throw e;
    }
  }

  @Override
  public void close() {
    SharedIndexInformer<Secret> following;
    synchronized (this) {
      closed = true;
      following = informer;
      informer = null;
    }
    if (following != null) {
      following.close();
    }
    if (owned != null) {
      owned.close();
    }
  }

  private static void checkName(String name) {
    if (name.isEmpty() || name.startsWith("..") || name.contains("/")) {
      throw new IllegalArgumentException("'" + name + "' cannot be a file of a Secret volume");
    }
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(it -> it.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static boolean differs(Map<String, byte[]> payload, Path old) throws IOException {
    for (Map.Entry<String, byte[]> entry : payload.entrySet()) {
      Path file = old.resolve(entry.getKey());
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), entry.getValue())) {
        return true;
      }
    }
    return false;
  }

  private Path writeTimestamped(Map<String, byte[]> payload) throws IOException {
    int suffix = ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
    Path fresh =
        Files.createDirectory(
            directory.resolve(TIMESTAMP.format(Instant.now()) + Integer.toUnsignedString(suffix)));
    for (Map.Entry<String, byte[]> entry : payload.entrySet()) {
      Files.write(fresh.resolve(entry.getKey()), entry.getValue());
    }
    return fresh;
  }
}
