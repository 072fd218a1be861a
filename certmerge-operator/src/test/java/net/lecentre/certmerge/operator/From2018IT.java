package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users of the 2018 operator have. */
class From2018IT {
  private final String namespace = Cluster.newNamespace();

  private void apply(String spec) {
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: old, namespace: %s}
        spec: %s
        """
            .formatted(namespace, spec));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{key: env, operator: in, values: [dev, prod]}",
        "{key: env, operator: IN, values: [dev]}",
        "{key: env, operator: \"=\", values: [dev]}",
        "{key: env, operator: \"==\", values: [dev]}",
        "{key: env, operator: \"!=\", values: [prod]}",
        "{key: env, operator: notin, values: [prod]}",
        "{key: env, operator: exists}",
        "{key: internal, operator: \"!\"}",
        "{key: internal, operator: doesNotExist}",
        "{key: weight, operator: gt, values: [\"4\"]}",
        "{key: weight, operator: lt, values: [\"6\"]}"
      })
  void expressions_select_in_every_spelling(String expression) {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop, Map.of("env", "dev", "weight", "5"));
    put(
        namespace,
        "decoy",
        issue("decoy.example.com"),
        Map.of("env", "prod", "weight", "5", "internal", "yes", "skip", "yes"));

    apply(
        ("{name: merged, namespace: %s, selector: [{namespace: %s, labelselector:"
                + " {matchExpressions: [%s, {key: skip, operator: DoesNotExist}]}}]}")
            .formatted(namespace, namespace, expression));

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_selector_on_the_label_that_targets_carry_does_not_merge_targets() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop, Map.of("certmerge", "true"));

    apply(
        ("{name: merged, namespace: %s, selector: [{namespace: %s, labelselector:"
                + " {matchExpressions: [{key: certmerge, operator: exists}]}}]}")
            .formatted(namespace, namespace));

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_listed_secret_need_not_exist_yet() {
    IssuedPair shop = issue("shop.example.com");
    apply("{name: merged, secretlist: [{name: shop}, {name: never}]}");
    eventually(() -> assertThat(readyReason(namespace, "old")).isEqualTo("NoSources"));

    put(namespace, "shop", shop);

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_target_that_the_2018_operator_left_is_taken_over_and_its_stale_keys_go() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("merged")
                .withNamespace(namespace)
                .addToLabels("creator", "certmerge-operator")
                .addToLabels("certmerge", "old")
                .endMetadata()
                .withType("Opaque")
                .addToStringData("shop.crt", "an older certificate")
                .addToStringData("shop.key", "an older key")
                .addToStringData("deleted.crt", "of a source that is gone")
                .addToStringData("deleted.key", "of a source that is gone")
                .build())
        .create();
    String uid = secret(namespace, "merged").getMetadata().getUid();

    apply("{name: merged, secretlist: [{name: shop}]}");

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    assertThat(secret(namespace, "merged").getMetadata().getUid()).isEqualTo(uid);
  }

  @Test
  void a_key_of_a_taken_over_target_goes_when_its_source_goes() {
    IssuedPair shop = issue("shop.example.com");
    IssuedPair blog = issue("blog.example.com");
    put(namespace, "shop", shop);
    put(namespace, "blog", blog);
    client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("merged")
                .withNamespace(namespace)
                .addToLabels("creator", "certmerge-operator")
                .addToLabels("certmerge", "old")
                .endMetadata()
                .withType("Opaque")
                .addToStringData("shop.crt", shop.crtPem())
                .addToStringData("shop.key", shop.keyPem())
                .addToStringData("blog.crt", blog.crtPem())
                .addToStringData("blog.key", blog.keyPem())
                .build())
        .create();
    apply("{name: merged, secretlist: [{name: shop}, {name: blog}]}");
    eventually(() -> assertThat(readyReason(namespace, "old")).isEqualTo("Merged"));

    Cluster.delete(namespace, "blog");

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  /** As that operator left it: written with Update, owned by its CertMerge, its 2018 status. */
  private void leftBy2018(Map<String, IssuedPair> merged) {
    CertMerge owner = Cluster.certMerge(namespace, "old");
    SecretBuilder target =
        new SecretBuilder()
            .withNewMetadata()
            .withName("merged")
            .withNamespace(namespace)
            .addToLabels("creator", "certmerge-operator")
            .addToLabels("certmerge", "old")
            .addNewOwnerReference()
            .withApiVersion(owner.getApiVersion())
            .withKind(owner.getKind())
            .withName("old")
            .withUid(owner.getMetadata().getUid())
            .withController(true)
            .withBlockOwnerDeletion(true)
            .endOwnerReference()
            .endMetadata()
            .withType("Opaque");
    merged.forEach(
        (key, pair) ->
            target
                .addToStringData(key + ".crt", pair.crtPem())
                .addToStringData(key + ".key", pair.keyPem()));
    client().resource(target.build()).create();
  }

  @Test
  void the_cluster_that_the_2018_operator_left_is_taken_over_with_nothing_served_changed() {
    IssuedPair shop = issue("shop.example.com");
    IssuedPair blog = issue("blog.example.com");
    IssuedPair before = issue("renewed.example.com");
    Cluster.withoutOperator(
        () -> {
          put(namespace, "shop", shop, Map.of("certmerge", "true"));
          put(namespace, "blog", blog, Map.of("certmerge", "true"));
          // It was renewed badly since.
          Cluster.putMismatched(namespace, "renewed", "renewed.example.com");
          apply(
              "{name: merged, namespace: %s, secretlist: [{name: renewed, namespace: %s}], selector:"
                      .formatted(namespace, namespace)
                  + " [{labelselector: {matchLabels: {certmerge: \"true\"}}, namespace: %s}]}"
                      .formatted(namespace));
          leftBy2018(Map.of("shop", shop, "blog", blog, "renewed", before));
        });
    String uid = secret(namespace, "merged").getMetadata().getUid();

    eventually(() -> assertThat(readyReason(namespace, "old")).isEqualTo("Merged"));

    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog, "renewed", before));
    assertThat(secret(namespace, "merged").getMetadata().getUid()).isEqualTo(uid);
    assertThat(Cluster.entry(Cluster.status(namespace, "old"), namespace + "/renewed").state())
        .isEqualTo("Kept");
  }

  @Test
  void the_fields_of_the_2018_status_are_kept() {
    put(namespace, "shop", issue("shop.example.com"));

    apply("{name: merged, secretlist: [{name: shop}]}");

    eventually(
        () -> {
          CertMergeStatus status = Cluster.status(namespace, "old");
          assertThat(status.uptodate()).isTrue();
          assertThat(status.version()).startsWith("sha256:");
          assertThat(status.items()).containsExactly(namespace + "/shop");
          assertThat(status.updatedTimestamp()).isNotBlank();
        });
  }
}
