package net.lecentre.certmerge.testbed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubeletMountTest {
  private final KubeletMount mount = KubeletMount.create();

  @AfterEach
  void close() {
    mount.close();
  }

  @Test
  void files_are_links_through_data_into_a_timestamped_directory() throws IOException {
    mount.project(Map.of("a.crt", bytes("one")));

    assertThat(Files.readSymbolicLink(mount.file("a.crt"))).isEqualTo(Path.of("..data/a.crt"));
    assertThat(Files.readSymbolicLink(mount.file("..data")).toString())
        .matches("\\.\\.\\d{4}(_\\d{2}){5}\\.\\d{1,10}");
    assertThat(mount.file("a.crt")).hasContent("one");
  }

  @Test
  void a_change_swaps_to_a_new_directory_and_removes_the_old_one() throws IOException {
    mount.project(Map.of("a.crt", bytes("one")));
    Path before = mount.file("..data").toRealPath();

    boolean swapped = mount.project(Map.of("a.crt", bytes("two")));

    assertThat(swapped).isTrue();
    assertThat(mount.file("a.crt")).hasContent("two");
    assertThat(before).doesNotExist();
    assertThat(mount.directory().toFile().list())
        .containsExactlyInAnyOrder(
            "a.crt", "..data", mount.file("..data").toRealPath().getFileName().toString());
  }

  @Test
  void an_unchanged_payload_swaps_nothing() throws IOException {
    mount.project(Map.of("a.crt", bytes("one"), "b.crt", bytes("two")));
    Path before = mount.file("..data").toRealPath();

    boolean swapped = mount.project(Map.of("b.crt", bytes("two"), "a.crt", bytes("one")));

    assertThat(swapped).isFalse();
    assertThat(mount.file("..data").toRealPath()).isEqualTo(before);
  }

  @Test
  void a_removed_file_loses_its_link() throws IOException {
    mount.project(Map.of("a.crt", bytes("one"), "b.crt", bytes("two")));

    boolean swapped = mount.project(Map.of("a.crt", bytes("one")));

    assertThat(swapped).isTrue();
    assertThat(Files.exists(mount.file("b.crt"), java.nio.file.LinkOption.NOFOLLOW_LINKS))
        .isFalse();
    assertThat(mount.file("a.crt")).hasContent("one");
  }

  @Test
  void an_added_file_gets_a_link() {
    mount.project(Map.of("a.crt", bytes("one")));

    mount.project(Map.of("a.crt", bytes("one"), "b.crt", bytes("two")));

    assertThat(mount.file("b.crt")).hasContent("two");
  }

  @Test
  void a_reader_through_one_resolved_data_never_sees_a_mix() throws Exception {
    mount.project(generation(0));
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Integer> reader =
        CompletableFuture.supplyAsync(
            () -> {
              int complete = 0;
              while (!done.get() || complete == 0) {
                complete += readOnce();
              }
              return complete;
            });

    for (int generation = 1; generation <= 300; generation++) {
      mount.project(generation(generation));
    }
    done.set(true);

    assertThat(reader.get()).isPositive();
  }

  private int readOnce() {
    try {
      Path data = mount.file("..data").toRealPath();
      String crt = Files.readString(data.resolve("a.crt"));
      String key = Files.readString(data.resolve("a.key"));
      assertThat(key).isEqualTo(crt);
      return 1;
    } catch (NoSuchFileException sweptAway) {
      return 0; // This generation was removed while it was being read: the reader starts again.
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void names_that_a_secret_volume_cannot_have_are_refused() {
    assertThatThrownBy(() -> mount.project(Map.of("..a", bytes("one"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> mount.project(Map.of("a/b", bytes("one"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closing_deletes_a_directory_of_its_own() {
    mount.project(Map.of("a.crt", bytes("one")));

    mount.close();

    assertThat(mount.directory()).doesNotExist();
  }

  private static Map<String, byte[]> generation(int number) {
    byte[] content = bytes(Integer.toString(number));
    return Map.of("a.crt", content, "a.key", content);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
