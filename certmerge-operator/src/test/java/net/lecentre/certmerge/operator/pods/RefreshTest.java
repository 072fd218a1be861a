package net.lecentre.certmerge.operator.pods;

import static net.lecentre.certmerge.operator.Samples.certMerge;
import static net.lecentre.certmerge.operator.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefreshTest {
  private static final String HASH = "sha256:2";
  private static final Map<String, String> LABELS = Map.of("istio", "ingressgateway");
  private static final Refresh REFRESH =
      refresh("{labelselector: {matchLabels: {istio: ingressgateway}}}");

  @Test
  void a_pod_that_is_selected_is_told() {
    assertThat(REFRESH.due("web", List.of(pod("gateway", LABELS).build())))
        .containsExactly(new ObjectName("web", "gateway"));
  }

  @Test
  void a_pod_that_is_not_selected_is_left_alone() {
    Pod other = pod("other", Map.of("istio", "pilot")).build();
    Pod bare = new PodBuilder().withNewMetadata().withNamespace("web").endMetadata().build();

    assertThat(REFRESH.due("web", List.of(other, bare))).isEmpty();
  }

  @Test
  void a_pod_that_was_told_is_left_alone() {
    assertThat(REFRESH.due("web", List.of(told("gateway", HASH)))).isEmpty();
  }

  @Test
  void a_pod_that_was_told_of_an_earlier_content_is_told_again() {
    assertThat(REFRESH.due("web", List.of(told("gateway", "sha256:1")))).hasSize(1);
  }

  @Test
  void a_pod_that_is_terminating_is_left_alone() {
    Pod terminating =
        pod("gateway", LABELS)
            .editMetadata()
            .withDeletionTimestamp("2027-01-01T00:00:00Z")
            .endMetadata()
            .build();

    assertThat(REFRESH.due("web", List.of(terminating))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Succeeded", "Failed"})
  void a_pod_that_is_finished_is_left_alone(String phase) {
    Pod finished = pod("gateway", LABELS).withNewStatus().withPhase(phase).endStatus().build();

    assertThat(REFRESH.due("web", List.of(finished))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Pending", "Running"})
  void a_pod_that_lives_is_told(String phase) {
    Pod living = pod("gateway", LABELS).withNewStatus().withPhase(phase).endStatus().build();

    assertThat(REFRESH.due("web", List.of(living))).hasSize(1);
  }

  @Test
  void a_pod_that_two_selectors_select_is_told_once() {
    Refresh twice =
        refresh("{labelselector: {}}, {labelselector: {matchLabels: {istio: ingressgateway}}}");

    assertThat(twice.due("web", List.of(pod("gateway", LABELS).build()))).hasSize(1);
  }

  @Test
  void operators_that_kubernetes_does_not_have_are_understood() {
    Refresh newer =
        refresh("{labelselector: {matchExpressions: [{key: tier, operator: GT, values: ['2']}]}}");

    assertThat(
            newer.due(
                "web",
                List.of(
                    pod("three", Map.of("tier", "3")).build(),
                    pod("two", Map.of("tier", "2")).build())))
        .containsExactly(new ObjectName("web", "three"));
  }

  @Test
  void pods_of_the_certmerges_own_namespace_may_be_told() {
    assertThat(REFRESH.obstacle("web", new Consent(Set.of()))).isEmpty();
  }

  @Test
  void pods_of_another_namespace_may_be_told_by_who_is_trusted() {
    assertThat(REFRESH.obstacle("istio-system", new Consent(Set.of("web")))).isEmpty();
  }

  @Test
  void pods_of_another_namespace_are_not_told_without_trust() {
    assertThat(REFRESH.obstacle("istio-system", new Consent(Set.of())))
        .hasValueSatisfying(
            message ->
                assertThat(message)
                    .contains("may not touch pods in namespace istio-system")
                    .contains("--trusted-namespaces=web"));
  }

  @Test
  void pods_of_a_namespace_that_the_operator_does_not_work_in_are_not_told() {
    Consent consent = new Consent(Set.of("web"), Set.of("web"), (reader, source) -> false);
    assertThat(REFRESH.obstacle("istio-system", consent))
        .hasValueSatisfying(message -> assertThat(message).contains("--namespaces"));
  }

  private static Refresh refresh(String pods) {
    CertMerge certMerge = certMerge("name: merged\nrefreshPods: [" + pods + "]\n");
    return Refresh.of(certMerge, spec(certMerge), HASH);
  }

  private static PodBuilder pod(String name, Map<String, String> labels) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("web")
        .withName(name)
        .withLabels(labels)
        .endMetadata();
  }

  private static Pod told(String name, String hash) {
    return pod(name, LABELS)
        .editMetadata()
        .addToAnnotations("certmerge.lecentre.net/refresh", hash)
        .endMetadata()
        .build();
  }
}
