package net.lecentre.certmerge.reloader.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.testbed.KubeletMount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class MountWatchTest {
  private static final Duration LONGER_THAN_THE_TEST = Duration.ofHours(1);

  @TempDir private Path directory;

  private static Map<String, byte[]> files(String content) {
    return Map.of("shop.crt", content.getBytes(StandardCharsets.UTF_8));
  }

  private static CompletableFuture<Void> awaited(MountWatch watch) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            watch.await(LONGER_THAN_THE_TEST);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void a_swap_of_the_mount_wakes() throws Exception {
    try (KubeletMount mount = KubeletMount.create()) {
      mount.project(files("one"));
      try (MountWatch watch = new MountWatch(List.of(mount.directory()))) {
        CompletableFuture<Void> awaited = awaited(watch);

        mount.project(files("two"));

        assertThat(awaited.get(30, TimeUnit.SECONDS)).isNull();
      }
    }
  }

  @Test
  void what_the_kubelet_prepares_does_not_wake() throws Exception {
    try (KubeletMount mount = KubeletMount.create()) {
      mount.project(files("one"));
      try (MountWatch watch = new MountWatch(List.of(mount.directory()))) {
        Files.createDirectory(mount.file("..2026_11_23_20_00_00.1"));
        long before = System.nanoTime();
        Duration time = Duration.ofMillis(200);

        watch.await(time);

        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(time.toNanos());
      }
    }
  }

  @Test
  void a_swap_of_a_link_further_down_wakes() throws Exception {
    Path mount = Files.createDirectory(directory.resolve("mount"));
    Path driver = Files.createDirectory(directory.resolve("driver"));
    for (String version : List.of("v1", "v2")) {
      Files.writeString(
          Files.createDirectory(driver.resolve(version)).resolve("shop.crt"), version);
    }
    Files.createSymbolicLink(driver.resolve("live"), Path.of("v1"));
    Files.createSymbolicLink(mount.resolve("..data"), driver.resolve("live"));
    Files.createSymbolicLink(mount.resolve("shop.crt"), Path.of("..data", "shop.crt"));
    try (MountWatch watch = new MountWatch(List.of(mount))) {
      CompletableFuture<Void> awaited = awaited(watch);

      Files.createSymbolicLink(driver.resolve("next"), Path.of("v2"));
      Files.move(driver.resolve("next"), driver.resolve("live"), StandardCopyOption.ATOMIC_MOVE);

      assertThat(awaited.get(30, TimeUnit.SECONDS)).isNull();
    }
  }

  @Test
  void each_of_many_swaps_wakes() throws Exception {
    try (KubeletMount mount = KubeletMount.create()) {
      mount.project(files("zero"));
      try (MountWatch watch = new MountWatch(List.of(mount.directory()))) {
        for (int swap = 1; swap <= 5; swap++) {
          // Nothing happens meanwhile, and what is watched is not looked for again.
          watch.await(Duration.ZERO);
          watch.await(Duration.ZERO);
          CompletableFuture<Void> awaited = awaited(watch);

          mount.project(files("swap " + swap));

          assertThat(awaited.get(30, TimeUnit.SECONDS)).isNull();
        }
      }
    }
  }

  @Test
  void a_link_that_leads_elsewhere_since_a_swap_wakes_when_it_changes_there() throws Exception {
    Path mount = Files.createDirectory(directory.resolve("mount"));
    for (String driver : List.of("one", "two")) {
      Path versions = Files.createDirectory(directory.resolve(driver));
      for (String version : List.of("v1", "v2")) {
        Files.writeString(
            Files.createDirectory(versions.resolve(version)).resolve("shop.crt"), version);
      }
      Files.createSymbolicLink(versions.resolve("live"), Path.of("v1"));
    }
    Files.createSymbolicLink(mount.resolve("..data"), directory.resolve("one/live"));
    try (MountWatch watch = new MountWatch(List.of(mount))) {
      watch.await(Duration.ZERO);
      swap(mount.resolve("..data"), directory.resolve("two/live"));
      watch.await(LONGER_THAN_THE_TEST);
      watch.await(Duration.ZERO);
      CompletableFuture<Void> awaited = awaited(watch);

      swap(directory.resolve("two/live"), Path.of("v2"));

      assertThat(awaited.get(30, TimeUnit.SECONDS)).isNull();
    }
  }

  private void swap(Path link, Path target) throws IOException {
    Path next = directory.resolve("next");
    Files.createSymbolicLink(next, target);
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void a_file_that_is_written_in_place_wakes() throws Exception {
    Path file = Files.writeString(directory.resolve("shop.crt"), "one");
    try (MountWatch watch = new MountWatch(List.of(directory))) {
      CompletableFuture<Void> awaited = awaited(watch);

      Files.writeString(file, "two");

      assertThat(awaited.get(30, TimeUnit.SECONDS)).isNull();
    }
  }
}
