package net.lecentre.certmerge.operator.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.Samples;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.consent.Grants;
import net.lecentre.certmerge.operator.spec.SpecReading;
import org.junit.jupiter.api.Test;

class RivalsTest {
  private static final Grants NO_GRANTS = (reader, source) -> false;
  private static final Consent UNTRUSTED = new Consent(Set.of());
  private static final String SPEC = "name: merged";
  private static final String NOON = "2026-06-01T12:00:00Z";
  private static final String LATER = "2026-06-01T12:00:01Z";

  private final CertMerge edge = created("web", "edge", NOON, SPEC);

  @Test
  void a_certmerge_is_not_its_own_rival() {
    assertThat(rivals(edge).all()).isEmpty();
    assertThat(rivals(edge).older()).isEmpty();
  }

  @Test
  void a_certmerge_with_another_target_is_no_rival() {
    assertThat(rivals(created("web", "other", NOON, "name: else")).all()).isEmpty();
  }

  @Test
  void the_same_name_in_another_namespace_is_another_target() {
    assertThat(rivals(created("shop", "other", NOON, SPEC)).all()).isEmpty();
  }

  @Test
  void a_certmerge_with_the_same_target_is_a_rival() {
    assertThat(rivals(created("web", "other", LATER, SPEC)).all())
        .containsExactly(new ObjectName("web", "other"));
  }

  @Test
  void a_younger_rival_does_not_come_first() {
    assertThat(rivals(created("web", "other", LATER, SPEC)).older()).isEmpty();
  }

  @Test
  void an_older_rival_comes_first() {
    CertMerge older = created("web", "older", "2026-06-01T11:59:59Z", SPEC);

    assertThat(rivals(older).older()).contains(new ObjectName("web", "older"));
  }

  @Test
  void of_several_older_rivals_the_oldest_comes_first() {
    CertMerge oldest = created("web", "oldest", "2025-01-01T00:00:00Z", SPEC);
    CertMerge older = created("web", "older", "2026-01-01T00:00:00Z", SPEC);

    assertThat(rivals(older, oldest).older()).contains(new ObjectName("web", "oldest"));
  }

  @Test
  void of_two_of_the_same_age_the_first_by_name_comes_first() {
    assertThat(rivals(created("web", "aaa", NOON, SPEC)).older())
        .contains(new ObjectName("web", "aaa"));
    assertThat(rivals(created("web", "zzz", NOON, SPEC)).older()).isEmpty();
  }

  @Test
  void a_rival_that_is_being_deleted_is_none_any_more() {
    CertMerge going = created("web", "going", "2025-01-01T00:00:00Z", SPEC);
    going.getMetadata().setDeletionTimestamp(LATER);

    assertThat(rivals(going).all()).isEmpty();
  }

  @Test
  void a_typo_in_its_spec_does_not_cost_a_certmerge_its_target() {
    CertMerge invalid =
        created("web", "bad", "2025-01-01T00:00:00Z", SPEC + "\nsecretlist: [{namespace: web}]");

    assertThat(rivals(invalid).holds("web/bad")).isTrue();
    assertThat(rivals(invalid).older()).isEmpty();
  }

  @Test
  void a_certmerge_that_may_not_write_the_target_does_not_come_first() {
    CertMerge stranger =
        created("shop", "other", "2025-01-01T00:00:00Z", SPEC + "\nnamespace: web");

    assertThat(rivals(stranger).older()).isEmpty();
  }

  @Test
  void a_target_of_a_namespace_that_is_not_watched_is_not_taken_over() {
    Rivals rivals =
        Rivals.of(
            edge,
            Samples.spec(edge).target(),
            Stream.of(edge),
            new Consent(Set.of(), Set.of("web"), NO_GRANTS),
            SpecReading::of);

    assertThat(rivals.holds("elsewhere/other")).isTrue();
    assertThat(rivals.holds("web/gone")).isFalse();
  }

  @Test
  void a_trusted_certmerge_elsewhere_is_a_rival() {
    CertMerge trusted = created("shop", "other", "2025-01-01T00:00:00Z", SPEC + "\nnamespace: web");

    assertThat(
            Rivals.of(
                    edge,
                    Samples.spec(edge).target(),
                    Stream.of(edge, trusted),
                    new Consent(Set.of("shop")),
                    SpecReading::of)
                .older())
        .contains(new ObjectName("shop", "other"));
  }

  private Rivals rivals(CertMerge... others) {
    return Rivals.of(
        edge,
        Samples.spec(edge).target(),
        Stream.concat(Stream.of(edge), Stream.of(others)),
        UNTRUSTED,
        SpecReading::of);
  }

  private static CertMerge created(String namespace, String name, String timestamp, String spec) {
    CertMerge certMerge = Samples.certMerge(namespace, name, spec);
    certMerge.getMetadata().setCreationTimestamp(timestamp);
    return certMerge;
  }
}
