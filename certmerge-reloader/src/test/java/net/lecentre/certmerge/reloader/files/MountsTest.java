package net.lecentre.certmerge.reloader.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountsTest {
  private static final IssuedPair SHOP = TestCa.create().issue("shop.example.com");
  private static final IssuedPair RENEWED = TestCa.create().issue("shop.example.com");

  @TempDir private Path directory;

  private Snapshot read(Path... directories) {
    return new Mounts(List.of(directories)).read();
  }

  private void write(String name, byte[] content) throws IOException {
    Files.write(directory.resolve(name), content);
  }

  @Test
  void a_pair_in_a_mounted_volume_is_read_with_the_time_of_the_swap() throws IOException {
    try (KubeletMount mount = KubeletMount.create()) {
      mount.project(Map.of("shop-tls.crt", SHOP.crtBytes(), "shop-tls.key", SHOP.keyBytes()));

      KeyFiles key = read(mount.directory()).keys().get(0);

      assertThat(key.key()).isEqualTo("shop-tls");
      assertThat(key.modified())
          .isEqualTo(
              Files.getLastModifiedTime(mount.file("..data"), LinkOption.NOFOLLOW_LINKS)
                  .toInstant());
      assertThat(((KeyFiles.Pair) key.content()).chain().leaf().serialHex())
          .isEqualTo(SHOP.serial().toString(16));
    }
  }

  @Test
  void a_swap_is_seen_as_new_content() {
    try (KubeletMount mount = KubeletMount.create()) {
      Mounts mounts = new Mounts(List.of(mount.directory()));
      mount.project(Map.of("shop-tls.crt", SHOP.crtBytes(), "shop-tls.key", SHOP.keyBytes()));
      String before = mounts.read().keys().get(0).digest();

      mount.project(Map.of("shop-tls.crt", RENEWED.crtBytes(), "shop-tls.key", RENEWED.keyBytes()));

      assertThat(mounts.read().keys().get(0).digest()).isNotEqualTo(before);
    }
  }

  @Test
  void a_plain_directory_is_read_too() throws IOException {
    write("tls.crt", SHOP.crtBytes());
    write("tls.key", SHOP.keyBytes());

    assertThat(read(directory).keys()).extracting(KeyFiles::key).containsExactly("tls");
  }

  @Test
  void a_key_of_another_certificate_is_rejected() throws IOException {
    write("shop.crt", SHOP.crtBytes());
    write("shop.key", RENEWED.keyBytes());

    assertThat(read(directory).keys().get(0).content())
        .isInstanceOfSatisfying(
            KeyFiles.Refused.class,
            refused ->
                assertThat(refused.reasons())
                    .singleElement()
                    .asString()
                    .startsWith("KEY_MISMATCH"));
  }

  @Test
  void half_a_pair_is_incomplete() throws IOException {
    write("shop.crt", SHOP.crtBytes());

    assertThat(read(directory).keys().get(0).content())
        .isEqualTo(new KeyFiles.Incomplete("shop.key is missing."));
  }

  @Test
  void the_ca_bundle_that_cert_manager_puts_beside_a_pair_is_none() throws IOException {
    write("tls.crt", SHOP.crtBytes());
    write("tls.key", SHOP.keyBytes());
    write("ca.crt", SHOP.crtBytes());

    assertThat(read(directory).keys()).extracting(KeyFiles::key).containsExactly("tls");
  }

  @Test
  void a_certificate_with_carriage_returns_is_accepted_but_not_canonical() throws IOException {
    String unix = new String(SHOP.crtBytes(), StandardCharsets.US_ASCII);
    write("shop.crt", unix.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
    write("shop.key", SHOP.keyBytes());

    KeyFiles.Pair pair = (KeyFiles.Pair) read(directory).keys().get(0).content();

    assertThat(pair.canonical()).isFalse();
  }

  @Test
  void the_same_key_in_two_directories_is_told_apart() throws IOException {
    write("tls.crt", SHOP.crtBytes());
    write("tls.key", SHOP.keyBytes());
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.write(other.resolve("tls.crt"), RENEWED.crtBytes());
    Files.write(other.resolve("tls.key"), RENEWED.keyBytes());

    assertThat(read(directory, other).keys())
        .extracting(KeyFiles::key)
        .containsExactly("tls", other.resolve("tls").toString());
  }

  @Test
  void of_several_directories_some_keys_are_read_and_told_apart() throws IOException {
    write("tls.crt", SHOP.crtBytes());
    write("tls.key", SHOP.keyBytes());
    Path other = Files.createDirectory(directory.resolve("other"));
    for (String name : List.of("blog", "tls", "wiki")) {
      Files.write(other.resolve(name + ".crt"), RENEWED.crtBytes());
      Files.write(other.resolve(name + ".key"), RENEWED.keyBytes());
    }

    assertThat(new Mounts(List.of(directory, other)).readSome(3).keys())
        .extracting(KeyFiles::key)
        .containsExactly("tls", "blog", other.resolve("tls").toString());
  }

  @Test
  void a_directory_that_is_not_there_is_a_problem() {
    Path absent = directory.resolve("absent");

    assertThat(read(absent).problems())
        .singleElement()
        .asString()
        .contains(absent.toString(), "cannot be read");
  }

  @Test
  void a_directory_without_certificates_is_a_problem() {
    assertThat(read(directory).problems()).singleElement().asString().contains("no certificate in");
  }

  @Test
  void what_was_written_in_place_is_seen_as_new_content() throws IOException {
    Mounts mounts = new Mounts(List.of(directory));
    write("shop.crt", SHOP.crtBytes());
    write("shop.key", SHOP.keyBytes());
    String before = mounts.read().keys().get(0).digest();

    write("shop.crt", RENEWED.crtBytes());
    write("shop.key", RENEWED.keyBytes());

    assertThat(mounts.read().keys().get(0).digest()).isNotEqualTo(before);
  }

  @Test
  void a_swap_of_a_link_further_down_is_seen_as_new_content() throws IOException {
    for (String version : List.of("v1", "v2")) {
      IssuedPair pair = version.equals("v1") ? SHOP : RENEWED;
      Path files = Files.createDirectory(directory.resolve(version));
      Files.write(files.resolve("shop.crt"), pair.crtBytes());
      Files.write(files.resolve("shop.key"), pair.keyBytes());
    }
    Path mount = Files.createDirectory(directory.resolve("mount"));
    Path live = Files.createSymbolicLink(directory.resolve("live"), Path.of("v1"));
    for (String name : List.of("shop.crt", "shop.key")) {
      Files.createSymbolicLink(mount.resolve(name), live.resolve(name));
    }
    Mounts mounts = new Mounts(List.of(mount));
    String before = mounts.read().keys().get(0).digest();

    Path next = Files.createSymbolicLink(directory.resolve("next"), Path.of("v2"));
    Files.move(next, live, StandardCopyOption.ATOMIC_MOVE);

    assertThat(mounts.read().keys().get(0).digest()).isNotEqualTo(before);
  }

  @Test
  void files_that_are_as_they_were_are_the_same_snapshot() {
    try (KubeletMount mount = KubeletMount.create()) {
      mount.project(Map.of("shop-tls.crt", SHOP.crtBytes(), "shop-tls.key", SHOP.keyBytes()));
      Mounts mounts = new Mounts(List.of(mount.directory()));
      Snapshot first = mounts.read();

      for (int read = 0; read < 20; read++) {
        assertThat(mounts.read()).isSameAs(first);
      }
    }
  }
}
