package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.certMerge;
import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.delete;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.keys;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.putMismatched;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static net.lecentre.certmerge.operator.Cluster.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.lecentre.certmerge.operator.status.StatusFactory;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of target Secrets. */
class TargetsIT {
  private String namespace = "";

  @BeforeEach
  void makeNamespace() {
    namespace = Cluster.newNamespace();
  }

  private void applySpec(String spec) {
    applySpec("all", spec);
  }

  private void applySpec(String name, String spec) {
    applySpec(namespace, name, spec);
  }

  private static void applySpec(String namespace, String name, String spec) {
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: %s, namespace: %s}
        spec: %s
        """
            .formatted(name, namespace, spec));
  }

  private SecretBuilder foreign(String name) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withType("Opaque")
        .addToStringData("theirs", "kept");
  }

  private static boolean exists(String namespace, String name) {
    return client().secrets().inNamespace(namespace).withName(name).get() != null;
  }

  private static String readyMessage(String certMerge) {
    return Objects.requireNonNull(status(Cluster.TRUSTED, certMerge).conditions()).stream()
        .filter(condition -> condition.getType().equals(StatusFactory.READY))
        .map(Condition::getMessage)
        .findFirst()
        .orElseThrow();
  }

  private void deleteCertMerge(String name) {
    client().resource(certMerge(namespace, name)).delete();
  }

  @Test
  void a_retained_target_outlives_its_certmerge() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applySpec("{name: merged, deletionPolicy: Retain, secretlist: [{name: shop}]}");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));

    assertThat(secret(namespace, "merged").getMetadata().getOwnerReferences()).isEmpty();
    deleteCertMerge("all");

    eventually(() -> assertThat(certMerge(namespace, "all")).isNull());
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_target_is_retained_as_soon_as_the_policy_says_so() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applySpec("{name: merged, secretlist: [{name: shop}]}");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    assertThat(secret(namespace, "merged").getMetadata().getOwnerReferences()).hasSize(1);

    applySpec("{name: merged, deletionPolicy: Retain, secretlist: [{name: shop}]}");

    eventually(
        () -> assertThat(secret(namespace, "merged").getMetadata().getOwnerReferences()).isEmpty());
  }

  @Test
  void a_retained_target_elsewhere_needs_no_finalizer() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    String name = namespace;
    applySpec(
        Cluster.TRUSTED,
        name,
        "{name: merged, namespace: %s, deletionPolicy: Retain, secretlist: [{name: shop, namespace: %s}]}"
            .formatted(namespace, namespace));
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));

    assertThat(certMerge(Cluster.TRUSTED, name).getMetadata().getFinalizers()).isEmpty();
    client().resource(certMerge(Cluster.TRUSTED, name)).delete();

    eventually(() -> assertThat(certMerge(Cluster.TRUSTED, name)).isNull());
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_secret_of_somebody_else_is_taken_over_where_that_is_asked_for() {
    client().resource(foreign("merged").build()).create();
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);

    applySpec("{name: merged, adopt: true, secretlist: [{name: shop}]}");

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    assertThat(secret(namespace, "merged").getMetadata().getLabels())
        .containsEntry("creator", "certmerge-operator");
  }

  @Test
  void an_immutable_target_is_reported_and_left_alone() {
    client()
        .resource(
            foreign("merged")
                .editMetadata()
                .addToAnnotations("certmerge.lecentre.net/owner", namespace + "/all")
                .endMetadata()
                .withImmutable(true)
                .build())
        .create();
    put(namespace, "shop", issue("shop.example.com"));

    applySpec("{name: merged, secretlist: [{name: shop}]}");

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("TargetImmutable"));
    assertThat(keys(secret(namespace, "merged"))).containsExactly("theirs");
  }

  @Test
  void a_target_of_another_type_is_reported_and_left_alone() {
    put(namespace, "shop", issue("shop.example.com"));
    put(namespace, "merged", issue("other.example.com"));

    applySpec("{name: merged, adopt: true, secretlist: [{name: shop}]}");

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("TargetConflict"));
    assertThat(keys(secret(namespace, "merged"))).containsExactly("tls.crt", "tls.key");
  }

  @Test
  void a_renamed_target_takes_along_what_it_served_of_a_broken_source() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applySpec("{name: merged, secretlist: [{name: shop}]}");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    putMismatched(namespace, "shop", "shop.example.com");
    eventually(() -> assertThat(Cluster.counts(namespace, "all").kept()).isEqualTo(1));

    applySpec("{name: merged-anew, secretlist: [{name: shop}]}");

    eventuallyHolds(namespace, "merged-anew", Map.of("shop", shop));
    eventually(() -> assertThat(exists(namespace, "merged")).isFalse());
  }

  @Test
  void a_target_that_moves_to_another_namespace_leaves_the_old_one() {
    String other = Cluster.newNamespace();
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    String spec = "{name: %s, namespace: %s, secretlist: [{name: shop, namespace: %s}]}";
    String name = namespace;
    applySpec(Cluster.TRUSTED, name, spec.formatted(name, namespace, namespace));
    eventuallyHolds(namespace, name, Map.of("shop", shop));

    applySpec(Cluster.TRUSTED, name, spec.formatted(name, other, namespace));

    eventuallyHolds(other, name, Map.of("shop", shop));
    eventually(() -> assertThat(exists(namespace, name)).isFalse());
  }

  @Test
  void keys_of_a_source_that_goes_after_a_renewal_go_too() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    put(namespace, "blog", issue("blog.example.com"));
    applySpec("{name: merged, secretlist: [{name: shop}, {name: blog}]}");
    eventually(namespace, "merged", target -> assertThat(keys(target)).hasSize(4));
    IssuedPair renewed = issue("blog.example.com");
    put(namespace, "blog", renewed);
    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", renewed));

    delete(namespace, "blog");

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_key_that_somebody_adds_goes() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applySpec("{name: merged, secretlist: [{name: shop}]}");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));

    client()
        .secrets()
        .inNamespace(namespace)
        .withName("merged")
        .edit(secret -> new SecretBuilder(secret).addToData("more", "bW9yZQ==").build());

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_target_waits_for_its_namespace() {
    String missing = namespace + "-later";
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    String name = namespace;
    applySpec(
        Cluster.TRUSTED,
        name,
        "{name: merged, namespace: %s, secretlist: [{name: shop, namespace: %s}]}"
            .formatted(missing, namespace));
    eventually(
        () -> {
          assertThat(readyReason(Cluster.TRUSTED, name)).isEqualTo("ApiError");
          assertThat(readyMessage(name)).contains("namespaces \"" + missing + "\" not found");
        });

    client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(missing).endMetadata().build())
        .create();

    eventuallyHolds(missing, "merged", Map.of("shop", shop));
  }

  @Test
  void a_namespace_that_is_being_terminated_is_told_and_holds_up_nobody() {
    String ending = Cluster.newNamespace();
    client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(ending)
                .withName("lingers")
                .withFinalizers("example.com/test")
                .endMetadata()
                .build())
        .create();
    client().namespaces().withName(ending).delete();
    put(namespace, "shop", issue("shop.example.com"));
    String name = namespace;

    applySpec(
        Cluster.TRUSTED,
        name,
        "{name: merged, namespace: %s, secretlist: [{name: shop, namespace: %s}]}"
            .formatted(ending, namespace));

    eventually(
        () -> {
          assertThat(readyReason(Cluster.TRUSTED, name)).isEqualTo("ApiError");
          assertThat(readyMessage(name)).contains("being terminated");
        });
    client().resource(certMerge(Cluster.TRUSTED, name)).delete();
    eventually(() -> assertThat(certMerge(Cluster.TRUSTED, name)).isNull());
    client()
        .configMaps()
        .inNamespace(ending)
        .withName("lingers")
        .edit(
            map -> {
              map.getMetadata().setFinalizers(List.of());
              return map;
            });
  }

  @Test
  void a_target_holds_the_files_that_are_asked_for() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);

    applySpec(
        "{name: merged, formats: [CombinedPEM, EnvoySDS], mountPath: /certs, secretlist: [{name: shop}]}");

    eventually(
        namespace,
        "merged",
        target -> {
          assertThat(keys(target))
              .containsExactly("shop.crt", "shop.key", "shop.pem", "shop.sds.yaml");
          assertThat(Cluster.text(target, "shop.pem")).isEqualTo(shop.keyPem() + shop.crtPem());
          assertThat(Cluster.text(target, "shop.sds.yaml")).contains("\"/certs/shop.crt\"");
        });
  }

  @Test
  void what_is_only_looked_at_is_not_written() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applySpec("{name: merged, secretlist: [{name: shop}]}");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    Secret before = secret(namespace, "merged");

    for (int round = 0; round < 3; round++) {
      applySpec(
          "{name: merged, onInvalid: %s, secretlist: [{name: shop}]}"
              .formatted(round % 2 == 0 ? "Drop" : "Keep"));
      long generation = certMerge(namespace, "all").getMetadata().getGeneration();
      eventually(
          () -> assertThat(status(namespace, "all").observedGeneration()).isEqualTo(generation));
    }

    assertThat(secret(namespace, "merged").getMetadata().getResourceVersion())
        .isEqualTo(before.getMetadata().getResourceVersion());
  }
}
