package net.lecentre.certmerge.operator.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import net.lecentre.certmerge.operator.api.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsentTest {
  private static final ObjectName SOURCE = new ObjectName("shop", "tls");
  private static final ObjectName TARGET = new ObjectName("istio-system", "merged");
  private static final Consent NOBODY = new Consent(Set.of());
  private static final Consent CERT_MERGE = new Consent(Set.of("cert-merge"));
  private static final Consent EVERYBODY = new Consent(Set.of("*"));

  @Test
  void a_source_in_the_certmerges_own_namespace_needs_no_consent() {
    assertThat(NOBODY.allowsSource("shop", SOURCE, Map.of())).isTrue();
  }

  @Test
  void a_source_elsewhere_needs_consent() {
    assertThat(NOBODY.allowsSource("web", SOURCE, Map.of())).isFalse();
  }

  @Test
  void a_trusted_namespace_reads_everywhere() {
    assertThat(CERT_MERGE.allowsSource("cert-merge", SOURCE, Map.of())).isTrue();
  }

  @Test
  void trust_in_one_namespace_is_not_trust_in_another() {
    assertThat(CERT_MERGE.allowsSource("web", SOURCE, Map.of())).isFalse();
    assertThat(CERT_MERGE.trusts("web")).isFalse();
  }

  @Test
  void a_star_trusts_every_namespace() {
    assertThat(EVERYBODY.allowsSource("web", SOURCE, Map.of())).isTrue();
    assertThat(EVERYBODY.allowsTarget("web", TARGET)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "web,api", "api,web", " api , web ", "web,"})
  void a_source_consents_with_its_annotation(String namespaces) {
    assertThat(NOBODY.allowsSource("web", SOURCE, annotated(namespaces))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "api", "web2", "my-web", "web api", "WEB", "*"})
  void an_annotation_that_does_not_name_the_namespace_is_no_consent(String namespaces) {
    assertThat(NOBODY.allowsSource("web", SOURCE, annotated(namespaces))).isFalse();
  }

  @Test
  void another_annotation_is_no_consent() {
    assertThat(NOBODY.allowsSource("web", SOURCE, Map.of("allowed-namespaces", "web"))).isFalse();
  }

  @Test
  void a_target_in_the_certmerges_own_namespace_needs_no_consent() {
    assertThat(NOBODY.allowsTarget("istio-system", TARGET)).isTrue();
  }

  @Test
  void a_target_elsewhere_needs_a_trusted_namespace() {
    assertThat(CERT_MERGE.allowsTarget("web", TARGET)).isFalse();
    assertThat(CERT_MERGE.allowsTarget("cert-merge", TARGET)).isTrue();
  }

  @Test
  void how_to_allow_a_source_says_what_to_write_where() {
    assertThat(Consent.howToAllowSource("web", SOURCE))
        .contains("namespace shop")
        .contains("certmerge.lecentre.net/allowed-namespaces=web")
        .contains("--trusted-namespaces=web");
  }

  @Test
  void how_to_allow_a_target_says_both_ways() {
    assertThat(Consent.howToAllowTarget("web", TARGET))
        .contains("create this CertMerge in istio-system")
        .contains("--trusted-namespaces=web");
  }

  private static Map<String, String> annotated(String namespaces) {
    return Map.of("certmerge.lecentre.net/allowed-namespaces", namespaces);
  }
}
