package net.lecentre.certmerge.core.format;

import static net.lecentre.certmerge.core.inspect.TestPki.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.TestPki;
import net.lecentre.certmerge.core.inspect.TlsPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayoutTest {
  private static final TlsPair SHOP =
      TestPki.pair("shop.example.com", NOW.plus(Duration.ofDays(60)));
  private static final TlsPair BLOG =
      TestPki.pair("blog.example.com", NOW.plus(Duration.ofDays(60)));
  private static final Map<String, TlsPair> PAIRS = Map.of("shop", SHOP, "blog.pem", BLOG);

  static Stream<Layout> layouts() {
    return Stream.of(
            EnumSet.of(Format.PAIR),
            EnumSet.of(Format.COMBINED_PEM),
            EnumSet.of(Format.ENVOY_SDS),
            EnumSet.of(Format.PAIR, Format.ENVOY_SDS),
            EnumSet.of(Format.COMBINED_PEM, Format.ENVOY_SDS),
            EnumSet.allOf(Format.class))
        .map(formats -> new Layout(formats, "/certs"));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void no_name_of_a_file_is_longer_than_the_key_and_the_longest_ending(Layout layout) {
    int longest =
        layout.files(Map.of("shop", SHOP)).keySet().stream()
            .mapToInt(String::length)
            .max()
            .orElseThrow();

    assertThat("shop".length() + layout.longestEnding()).isEqualTo(longest);
  }

  @Test
  void each_format_adds_its_files() {
    assertThat(files(Format.PAIR)).containsExactly("shop.crt", "shop.key");
    assertThat(files(Format.COMBINED_PEM)).containsExactly("shop.pem");
    assertThat(files(Format.ENVOY_SDS)).containsExactly("shop.crt", "shop.key", "shop.sds.yaml");
    assertThat(files(Format.PAIR, Format.COMBINED_PEM, Format.ENVOY_SDS))
        .containsExactly("shop.crt", "shop.key", "shop.pem", "shop.sds.yaml");
  }

  private static Set<String> files(Format first, Format... others) {
    return new Layout(EnumSet.of(first, others), "/certs").files(Map.of("shop", SHOP)).keySet();
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void the_size_is_that_of_the_files(Layout layout) {
    assertThat(layout.size("shop", SHOP))
        .isEqualTo(
            layout.files(Map.of("shop", SHOP)).values().stream()
                .mapToInt(bytes -> bytes.length)
                .sum());
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void what_was_written_is_read_back(Layout layout) {
    assertThat(Layout.read(layout.files(PAIRS), Acceptance.envoy())).isEqualTo(PAIRS);
  }

  @Test
  void a_damaged_pair_is_read_from_its_other_file() {
    Map<String, byte[]> files =
        new Layout(EnumSet.of(Format.PAIR, Format.COMBINED_PEM), "/certs")
            .files(Map.of("shop", SHOP));
    files.put("shop.key", BLOG.privateKeyPem());
    assertThat(Layout.read(files, Acceptance.envoy())).isEqualTo(Map.of("shop", SHOP));
  }

  @Test
  void a_layout_without_a_format_is_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Layout(Set.of(), "/certs"));
  }

  @Test
  void a_mount_path_that_cannot_be_written_is_refused_where_it_is_written() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Layout(Set.of(Format.ENVOY_SDS), "certs"));
    assertThat(new Layout(Set.of(Format.PAIR), "certs").formats()).containsExactly(Format.PAIR);
  }
}
