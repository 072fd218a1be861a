package net.lecentre.certmerge.operator.targets;

import static net.lecentre.certmerge.operator.Samples.accepted;
import static net.lecentre.certmerge.operator.Samples.issue;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.lecentre.certmerge.core.format.Format;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.inspect.TlsPair;
import org.junit.jupiter.api.Test;

class ContentHashTest {
  /** FIPS 180-4: the SHA-256 of nothing. */
  private static final String OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private static final TlsPair SHOP = accepted(issue("shop.example.com"));
  private static final TlsPair BLOG = accepted(issue("blog.example.com"));

  @Test
  void the_digest_is_sha256_in_hex() {
    assertThat(ContentHash.hex(new byte[0])).isEqualTo(OF_NOTHING);
  }

  /** Targets carry the hash: another one after an upgrade would write every target again. */
  @Test
  void the_hash_stays_the_same_from_release_to_release() {
    String text = "PAIR \n" + BLOG.sha256() + " blog\n" + SHOP.sha256() + " shop";

    assertThat(hash(Map.of("shop", SHOP, "blog", BLOG)))
        .isEqualTo("sha256:" + ContentHash.hex(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void another_pair_has_another_hash() {
    assertThat(hash(Map.of("a", SHOP))).isNotEqualTo(hash(Map.of("a", BLOG)));
  }

  @Test
  void another_key_has_another_hash() {
    assertThat(hash(Map.of("a", SHOP))).isNotEqualTo(hash(Map.of("b", SHOP)));
  }

  @Test
  void one_entry_less_has_another_hash() {
    assertThat(hash(Map.of("a", SHOP))).isNotEqualTo(hash(Map.of("a", SHOP, "b", SHOP)));
  }

  @Test
  void other_files_of_the_same_pairs_have_another_hash() {
    assertThat(hash(layout("/certs", Format.PAIR)))
        .isNotEqualTo(hash(layout("/certs", Format.COMBINED_PEM)))
        .isNotEqualTo(hash(layout("/certs", Format.PAIR, Format.COMBINED_PEM)));
  }

  @Test
  void a_mount_path_that_is_written_matters() {
    assertThat(hash(layout("/certs", Format.ENVOY_SDS)))
        .isNotEqualTo(hash(layout("/tls", Format.ENVOY_SDS)));
  }

  @Test
  void a_mount_path_that_is_not_written_does_not_matter() {
    assertThat(hash(layout("/certs", Format.PAIR))).isEqualTo(hash(layout("/tls", Format.PAIR)));
  }

  private static Layout layout(String mountPath, Format... formats) {
    return new Layout(Set.of(formats), mountPath);
  }

  private static String hash(Layout layout) {
    return ContentHash.of(layout, new TreeMap<>(Map.of("shop", SHOP)));
  }

  private static String hash(Map<String, TlsPair> pairs) {
    return ContentHash.of(Layout.PAIRS, new TreeMap<>(pairs));
  }
}
