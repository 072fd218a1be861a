package net.lecentre.certmerge.core.format;

import static net.lecentre.certmerge.core.inspect.TestPki.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Rejected;
import net.lecentre.certmerge.core.inspect.TestPki;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Merge;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.core.merge.Policy;
import org.junit.jupiter.api.Test;

class PairTest {
  private static final TlsPair PAIR =
      TestPki.pair("shop.example.com", NOW.plus(Duration.ofDays(60)));

  private static MergePlan plan(String... keys) {
    List<Offer> offers =
        List.of(keys).stream()
            .<Offer>map(key -> new Offer.Content(key, "ns/" + key, new Accepted(PAIR, List.of())))
            .toList();
    return Merge.plan(offers, Current.none(), Policy.DEFAULT, NOW);
  }

  @Test
  void each_key_has_two_files() {
    Map<String, byte[]> data = Pair.data(plan("b", "a.b"));
    assertThat(data).containsOnlyKeys("a.b.crt", "a.b.key", "b.crt", "b.key");
    assertThat(data.get("b.crt")).isEqualTo(PAIR.certificatePem());
    assertThat(data.get("b.key")).isEqualTo(PAIR.privateKeyPem());
  }

  @Test
  void the_files_have_the_bytes_that_were_planned() {
    MergePlan plan = plan("a", "b");
    assertThat(Pair.data(plan).values().stream().mapToInt(bytes -> bytes.length).sum())
        .isEqualTo(plan.bytes());
  }

  @Test
  void what_was_written_is_read_back() {
    assertThat(Pair.pairs(Pair.data(plan("a", "b.crt")), Acceptance.envoy()))
        .isEqualTo(Map.of("a", PAIR, "b.crt", PAIR));
  }

  @Test
  void a_key_with_one_file_is_no_pair() {
    Map<String, byte[]> data = new HashMap<>(Pair.data(plan("a")));
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
