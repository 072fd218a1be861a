package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Objects;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import org.junit.jupiter.api.Test;

class BareCertMergeTest {
  private static final String SPEC_AND_STATUS =
      """
      spec:
        name: gateway-certs
        secretlist: [{name: shop-tls}]
        selector: [{labelselector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]}}]
      status:
        observedGeneration: 2
        conditions: [{type: Ready, status: "True", reason: Merged, message: 1 certificate}]
        counts: {sources: 1, merged: 1}
        nextExpiry: "2027-01-20T10:00:00Z"
        entries:
        - {key: shop-tls, source: web/shop-tls, state: Merged, dnsNames: [shop.example.com]}
        uptodate: true
        version: sha256:12
        items: [web/shop-tls]
      """;

  private final KubernetesSerialization serialization = BareCertMerge.serialization();

  private CertMerge read(String metadata) {
    return serialization.unmarshal(document(metadata), CertMerge.class);
  }

  private static String document(String metadata) {
    return """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {%s}
        %s"""
        .formatted(metadata, SPEC_AND_STATUS);
  }

  @Test
  void spec_and_status_are_what_they_were() {
    KubernetesSerialization all = new KubernetesSerialization();
    String metadata = "name: gateway, namespace: web, uid: 4b1e, finalizers: [a.example/b]";
    CertMerge whole = all.unmarshal(document(metadata), CertMerge.class);

    CertMerge bare = read(metadata);

    assertThat(bare.getSpec()).isEqualTo(whole.getSpec());
    assertThat(bare.getStatus()).isEqualTo(whole.getStatus());
    assertThat(all.asYaml(bare)).isEqualTo(all.asYaml(whole));
  }

  @Test
  void who_wrote_what_and_what_others_annotated_is_not_kept() {
    CertMerge bare =
        read(
            """
            name: gateway, namespace: web, labels: {team: web},
            managedFields: [{manager: kubectl, operation: Apply}],
            annotations: {certmerge.lecentre.net/release: "12", note: long}
            """);

    assertThat(bare.getMetadata().getManagedFields()).isEmpty();
    assertThat(bare.getMetadata().getLabels()).isEmpty();
    assertThat(bare.getMetadata().getAnnotations())
        .containsOnlyKeys("certmerge.lecentre.net/release");
    assertThat(bare.released()).contains("12");
  }

  @Test
  void what_two_of_them_say_alike_is_kept_once() {
    CertMerge one = read("name: one, namespace: web");
    CertMerge other = read("name: other, namespace: web");

    assertThat(textsOf(one).get(0)).isSameAs(textsOf(other).get(0));
    assertThat(textsOf(one).get(1)).isSameAs(textsOf(other).get(1));
  }

  @Test
  void a_status_that_somebody_left_things_out_of_is_read() {
    CertMerge odd =
        serialization.unmarshal(
            """
            apiVersion: certmerge.lecentre.net/v1alpha1
            kind: CertMerge
            metadata: {name: gateway, namespace: web}
            spec: {name: merged}
            status: {entries: [{reason: odd}], conditions: [{type: Ready}]}
            """,
            CertMerge.class);

    assertThat(odd.getStatus().entries())
        .extracting(CertMergeStatus.Entry::key)
        .containsExactly("");
  }

  private static List<String> textsOf(CertMerge certMerge) {
    CertMergeStatus status = certMerge.getStatus();
    return List.of(
        Objects.requireNonNull(status.entries()).get(0).source(),
        Objects.requireNonNull(status.conditions()).get(0).getMessage());
  }
}
