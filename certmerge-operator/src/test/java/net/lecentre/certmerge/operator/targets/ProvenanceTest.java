package net.lecentre.certmerge.operator.targets;

import static net.lecentre.certmerge.operator.Samples.brokenOffer;
import static net.lecentre.certmerge.operator.Samples.issue;
import static net.lecentre.certmerge.operator.Samples.missingOffer;
import static net.lecentre.certmerge.operator.Samples.offer;
import static net.lecentre.certmerge.operator.Samples.plan;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProvenanceTest {
  private static final IssuedPair PAIR = issue("shop.example.com");

  @Test
  void it_names_the_source_of_each_written_key_in_the_order_of_the_keys() {
    Provenance provenance =
        Provenance.of(plan(offer("z", "shop/z", PAIR), offer("a", "web/a", PAIR)), 0);

    assertThat(provenance.text()).isEqualTo("{\"a\":\"web/a\",\"z\":\"shop/z\"}");
  }

  @Test
  void it_does_not_name_sources_that_are_not_written() {
    Provenance provenance =
        Provenance.of(
            plan(
                offer("tls", "shop/tls", PAIR),
                missingOffer("gone", "shop/gone"),
                brokenOffer("bad", "shop/bad")),
            0);

    assertThat(provenance.origins()).containsOnlyKeys("tls");
  }

  @Test
  void it_names_the_source_of_a_kept_pair() {
    Provenance provenance =
        Provenance.of(plan("tls", "shop/tls", PAIR, brokenOffer("tls", "shop/tls")), 0);

    assertThat(provenance.text()).isEqualTo("{\"tls\":\"shop/tls\"}");
  }

  @Test
  void what_is_written_is_read_again() {
    Provenance written = Provenance.of(plan(offer("tls", "shop/tls", PAIR)), 0);

    assertThat(Provenance.read(written.text())).isEqualTo(written);
  }

  @Test
  void it_remembers_since_when_a_source_is_gone() {
    Provenance read = Provenance.read("{\"tls\":\"shop/tls 2027-01-01T00:00:00Z\"}");

    assertThat(read.of("tls"))
        .contains(
            new Provenance.Origin("shop/tls", Optional.of(Instant.parse("2027-01-01T00:00:00Z"))));
    assertThat(Provenance.read(read.text())).isEqualTo(read);
  }

  @Test
  void a_damaged_time_is_none() {
    assertThat(Provenance.read("{\"tls\":\"shop/tls soon\"}").of("tls"))
        .contains(new Provenance.Origin("shop/tls", Optional.empty()));
  }

  @Test
  void a_key_that_it_does_not_name_has_no_source() {
    assertThat(Provenance.read("{\"tls\":\"shop/tls\"}").of("other")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{", "[]", "\"text\"", "null", "{\"tls\":[]}", "{\"tls\":null}"})
  void a_missing_or_damaged_annotation_names_no_source(String text) {
    assertThat(Provenance.read(text).of("tls")).isEmpty();
  }
}
