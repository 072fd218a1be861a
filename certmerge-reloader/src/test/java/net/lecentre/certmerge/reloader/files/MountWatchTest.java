package net.lecentre.certmerge.reloader.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.testbed.KubeletMount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class MountWatchTest {
  private static final Duration LONGER_THAN_THE_TEST = Duration.ofHours(1);

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
}
