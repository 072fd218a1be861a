package net.lecentre.certmerge.operator.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ContentHashTest {
  /** FIPS 180-4: the SHA-256 of nothing. */
  private static final String OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @Test
  void the_digest_is_sha256_in_hex() {
    assertThat(ContentHash.hex(new byte[0])).isEqualTo(OF_NOTHING);
  }

  @Test
  void no_files_have_the_digest_of_nothing() {
    assertThat(ContentHash.of(new TreeMap<>())).isEqualTo("sha256:" + OF_NOTHING);
  }

  @Test
  void the_same_files_have_the_same_hash() {
    assertThat(hash(Map.of("a", "1", "b", "2"))).isEqualTo(hash(Map.of("b", "2", "a", "1")));
  }

  /** Targets carry the hash: another one after an upgrade would write every target again. */
  @Test
  void the_hash_stays_the_same_from_release_to_release() {
    // printf '\0\0\0\1a\0\0\0\0011\0\0\0\1b\0\0\0\0012' | sha256sum
    assertThat(hash(Map.of("a", "1", "b", "2")))
        .isEqualTo("sha256:6fa2d87f48fc7ddfb9c9c24286fcecde682451938882795954eb5aba74c19968");
  }

  @Test
  void another_content_has_another_hash() {
    assertThat(hash(Map.of("a", "1"))).isNotEqualTo(hash(Map.of("a", "2")));
  }

  @Test
  void another_name_has_another_hash() {
    assertThat(hash(Map.of("a", "1"))).isNotEqualTo(hash(Map.of("b", "1")));
  }

  @Test
  void where_a_name_ends_and_its_content_begins_matters() {
    assertThat(hash(Map.of("ab", "c"))).isNotEqualTo(hash(Map.of("a", "bc")));
  }

  private static String hash(Map<String, String> texts) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    texts.forEach((name, text) -> files.put(name, text.getBytes(StandardCharsets.UTF_8)));
    return ContentHash.of(files);
  }
}
