package net.lecentre.certmerge.core.format;

import static net.lecentre.certmerge.core.inspect.TestPki.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Rejected;
import net.lecentre.certmerge.core.inspect.TestPki;
import net.lecentre.certmerge.core.inspect.TlsPair;
import org.junit.jupiter.api.Test;

class PairTest {
  private static final TlsPair PAIR =
      TestPki.pair("shop.example.com", NOW.plus(Duration.ofDays(60)));

  @Test
  void a_key_has_two_files() {
    Map<String, byte[]> files = Pair.files("a.b", PAIR);
    assertThat(files).containsOnlyKeys("a.b.crt", "a.b.key");
    assertThat(files.get("a.b.crt")).isEqualTo(PAIR.certificatePem());
    assertThat(files.get("a.b.key")).isEqualTo(PAIR.privateKeyPem());
  }

  @Test
  void what_was_written_is_read_back() {
    assertThat(Pair.pairs(Pair.files("b.crt", PAIR), Acceptance.envoy()))
        .isEqualTo(Map.of("b.crt", PAIR));
  }

  @Test
  void a_key_with_one_file_is_no_pair() {
    Map<String, byte[]> data = new HashMap<>(Pair.files("a", PAIR));
    data.remove("a.key");
    assertThat(Pair.pairs(data, Acceptance.envoy())).isEmpty();
    assertThat(Pair.inspect(data, Acceptance.envoy()).get("a"))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected ->
                assertThat(rejected.findings())
                    .extracting(Finding::code)
                    .containsExactly(Code.KEY_EMPTY));
  }

  @Test
  void other_files_are_passed_over() {
    byte[] text = "x".getBytes(StandardCharsets.US_ASCII);
    assertThat(Pair.inspect(Map.of("ca.pem", text, "crt", text), Acceptance.envoy())).isEmpty();
  }
}
