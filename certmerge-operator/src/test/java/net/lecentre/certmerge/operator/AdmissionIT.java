package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server itself refuses, by the schema and the rules of the shipped CRD. */
class AdmissionIT {
  private final String namespace = Cluster.newNamespace();

  private void apply(String spec) {
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: all, namespace: %s}
        spec: {%s}
        """
            .formatted(namespace, spec));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          secretlist: []                                    | spec.name: Required value
          name: Merged                                      | spec.name in body should match
          name: merged, secretlist: [{namespace: shop}]     | spec.secretlist[0].name: Required value
          name: merged, formats: [PFX]                      | supported values: "CombinedPEM", "EnvoySDS", "Pair"
          name: merged, formats: []                         | spec.formats in body should have at least 1 items
          name: merged, formats: [Pair, Pair]               | formats names one of them twice
          name: merged, mountPath: certs                    | spec.mountPath in body should match
          name: merged, shards: 0                           | spec.shards in body should be greater than or equal to 1
          name: merged, shards: 101                         | spec.shards in body should be less than or equal to 100
          name: merged, deletedSourceGracePeriod: soon      | spec.deletedSourceGracePeriod in body should match
          name: merged, maxRemovals: -1                     | maxRemovals is a number of entries, as 5, or a share of them, as 20%
          name: merged, maxRemovals: 101%                   | maxRemovals is a number of entries, as 5, or a share of them, as 20%
          name: merged, onInvalid: Ignore                   | supported values: "Drop", "Keep"
          name: merged, deletionPolicy: Orphan              | supported values: "Delete", "Retain"
          name: merged, keys: Uid                           | supported values: "Name", "NamespacedName"
          name: merged, selector: [{namespace: a, namespaceSelector: {}}]                             | a selector has a namespace or a namespaceSelector, not both
          name: merged, selector: [{labelselector: {matchExpressions: [{key: a, operator: like}]}}]   | operator is not one of In, NotIn, Exists, DoesNotExist
          """)
  void nonsense_is_refused_with_a_message_for_people(String spec, String message) {
    assertThatThrownBy(() -> apply(spec)).hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name: merged, maxRemovals: 0",
        "name: merged, maxRemovals: 100%",
        "name: merged, maxRemovals: '3'",
        "name: merged, deletedSourceGracePeriod: 1h30m",
        "name: merged, deletedSourceGracePeriod: PT72H",
        "name: merged, selector: [{namespace: '', namespaceSelector: {matchLabels: {team: web}}}]",
        "name: merged, selector: [{labelselector: {matchExpressions: [{key: a, operator: '!'}]}}]",
        "name: merged, selector: [{labelselector: {matchExpressions: [{key: a, operator: eXists}]}}]"
      })
  void sense_is_admitted(String spec) {
    apply(spec);

    assertThat(Cluster.certMerge(namespace, "all")).isNotNull();
  }

  @Test
  void selectors_with_a_thousand_labels_and_values_in_all_are_admitted_and_with_more_are_refused() {
    String of90 = selector(90);
    String of99 = selector(99);

    apply(
        "name: merged, selector: [%s]"
            .formatted(
                times(
                    10,
                    of90
                        + ", {labelselector: {matchLabels: {a: a, b: b, c: c, d: d, e: e, f: f, g: g, h: h, i: i}}}")));
    assertThatThrownBy(() -> apply("name: merged, selector: [%s]".formatted(times(11, of99))))
        .hasMessageContaining("more than 1,000 labels, expressions and values");
    assertThatThrownBy(
            () ->
                apply(
                    "name: merged, selector: [%s]"
                        .formatted(times(11, of99.replace("labelselector", "namespaceSelector")))))
        .hasMessageContaining("more than 1,000 labels, expressions and values");
    assertThatThrownBy(() -> apply("name: merged, refreshPods: [%s]".formatted(times(11, of99))))
        .hasMessageContaining("more than 1,000 labels, expressions and values");
  }

  /** One expression and so many values. */
  private static String selector(int values) {
    return "{labelselector: {matchExpressions: [{key: a, operator: In, values: [%s]}]}}"
        .formatted(String.join(", ", Collections.nCopies(values, "a")));
  }

  private static String times(int times, String text) {
    return String.join(", ", Collections.nCopies(times, text));
  }

  @Test
  void everything_that_a_spec_can_say_is_admitted_together() {
    apply(
        """
        name: merged, namespace: istio-system, keys: NamespacedName, onInvalid: Drop, adopt: true,
        formats: [Pair, CombinedPEM, EnvoySDS], mountPath: /etc/certs, shards: 4, suspend: true,
        deletedSourceGracePeriod: 0s, maxRemovals: 20%, deletionPolicy: Retain,
        refreshPods: [{namespace: istio-system, labelselector: {matchLabels: {istio: ingress}}}],
        secretlist: [{name: shop, namespace: web}],
        selector: [{namespaceSelector: {matchLabels: {team: web}}, labelselector: {}}]
        """);

    assertThat(Cluster.certMerge(namespace, "all").getSpec().refreshPods()).hasSize(1);
  }
}
