package net.lecentre.certmerge.reloader.files;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes its reader when a watched directory changes: renaming {@code ..data}, or another link on
 * the way to the files, is such a change. It is a hint alone; what is on disk is always read anew,
 * and polled for as well.
 */
public final class MountWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MountWatch.class);

  /** Who writes files in place writes one after the other. */
  private static final Duration QUIET = Duration.ofMillis(100);

  private static final int MOST_QUIETS = 10;

  /** How often links that no event spoke of are believed to be as they were. */
  private static final int BELIEVED = 60;

  private final List<Path> directories;
  private final WatchService service;
  private final Map<Path, WatchKey> registered = new HashMap<>();
  private Set<Path> links = Set.of();
  private int believed = BELIEVED;

  /**
   * Watches these directories, those too that appear later.
   *
   * @throws IOException when the system has no more watches to give
   */
  public MountWatch(List<Path> directories) throws IOException {
    this.directories = directories.stream().map(Path::toAbsolutePath).toList();
    this.service = FileSystems.getDefault().newWatchService();
    register();
  }

  /** Returns when files have changed, or after the given time. */
  public void await(Duration atMost) throws InterruptedException {
    if (believed < BELIEVED) {
      believed++;
    } else if (register()) {
      believed = 0;
    }
    if (!changed(atMost)) {
      return;
    }
    believed = BELIEVED;
    boolean inPlace = !directories.stream().allMatch(Mounts::swapped);
    for (int i = 0; inPlace && i < MOST_QUIETS && changed(QUIET); i++) {
      log.trace("files are still being written");
    }
  }

  private boolean changed(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    boolean changed = false;
    while (!changed) {
      WatchKey key = service.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (key == null) {
        return false;
      }
      while (key != null) {
        Path directory = (Path) key.watchable();
        changed |= key.pollEvents().stream().anyMatch(event -> concernsFiles(directory, event));
        if (!key.reset()) {
          registered.values().remove(key);
          changed = true;
        }
        key = service.poll();
      }
    }
    return true;
  }

  /** The kubelet prepares the next version under names with two dots, and only then swaps it. */
  private boolean concernsFiles(Path directory, WatchEvent<?> event) {
    String name = String.valueOf(event.context());
    return event.kind() == OVERFLOW
        || links.contains(directory.resolve(name))
        || (directories.contains(directory)
            && (!name.startsWith("..") || name.equals(Mounts.DATA)));
  }

  /**
   * Follows the links anew. Whether all were watched already: then none can lead elsewhere from now
   * on without an event.
   */
  private boolean register() {
    Set<Path> wanted = new HashSet<>(directories);
    Set<Path> found = new HashSet<>();
    for (Path directory : directories) {
      found.addAll(Links.of(directory));
    }
    found.forEach(link -> wanted.add(link.getParent()));
    boolean same = found.equals(links) && registered.keySet().equals(wanted);
    links = found;
    registered
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !wanted.contains(entry.getKey());
              if (gone) {
                entry.getValue().cancel();
              }
              return gone;
            });
    for (Path directory : wanted) {
      if (registered.containsKey(directory)) {
        continue;
      }
      try {
        registered.put(
            directory, directory.register(service, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY));
      } catch (IOException e) {
        log.debug("{} cannot be watched, only polled: {}", directory, e.toString());
      }
    }
    return same;
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
