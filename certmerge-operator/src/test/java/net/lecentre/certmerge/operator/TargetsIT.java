package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.TRUSTED;
import static net.lecentre.certmerge.operator.Cluster.apply;
import static net.lecentre.certmerge.operator.Cluster.certMerge;
import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.counts;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.exists;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.putMismatched;
import static net.lecentre.certmerge.operator.Cluster.ready;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static net.lecentre.certmerge.operator.Cluster.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;

/** The life of a target: whose it is, where it is, and what others do to it. */
class TargetsIT {
  private static final String SHOP = "secretlist: [{name: shop}]";

  private final String namespace = Cluster.newNamespace();

  /** Of a CertMerge in the trusted namespace. */
  private final String name = "for-" + namespace;

  private final IssuedPair shop = issue("shop.example.com");

  private void merge(String spec) {
    put(namespace, "shop", shop);
    apply(namespace, "all", "name: merged, " + SHOP + spec);
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
  }

  private String shopFromHere() {
    return "secretlist: [{name: shop, namespace: %s}]".formatted(namespace);
  }

  private void mergeFromElsewhere(String spec) {
    put(namespace, "shop", shop);
    apply(TRUSTED, name, "name: merged, namespace: " + namespace + ", " + shopFromHere() + spec);
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    eventually(() -> assertThat(readyReason(TRUSTED, name)).isEqualTo("Merged"));
  }

  private static void eventuallyGone(String certMergeNamespace, String certMerge) {
    client().resource(certMerge(certMergeNamespace, certMerge)).delete();
    eventually(
        () ->
            assertThat(
                    client()
                        .resources(net.lecentre.certmerge.operator.api.CertMerge.class)
                        .inNamespace(certMergeNamespace)
                        .withName(certMerge)
                        .get())
                .isNull());
  }

  private Secret opaque(String type, Map<String, String> data) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName("merged")
        .endMetadata()
        .withType(type)
        .withStringData(data)
        .build();
  }

  @Test
  void a_target_that_is_to_be_retained_has_no_owner_that_takes_it_along() {
    merge(", deletionPolicy: Retain");

    assertThat(secret(namespace, "merged").getMetadata().getOwnerReferences()).isEmpty();
    eventuallyGone(namespace, "all");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void the_owner_reference_goes_when_the_target_is_to_be_retained_and_comes_back() {
    merge("");

    apply(namespace, "all", "name: merged, deletionPolicy: Retain, " + SHOP);
    eventually(
        namespace,
        "merged",
        target -> assertThat(target.getMetadata().getOwnerReferences()).isEmpty());
    apply(namespace, "all", "name: merged, deletionPolicy: Delete, " + SHOP);

    eventually(
        namespace,
        "merged",
        target -> assertThat(target.getMetadata().getOwnerReferences()).hasSize(1));
  }

  @Test
  void a_target_elsewhere_that_is_to_be_retained_stays_when_its_certmerge_goes() {
    mergeFromElsewhere(", deletionPolicy: Retain");

    assertThat(certMerge(TRUSTED, name).getMetadata().getFinalizers()).isEmpty();
    eventuallyGone(TRUSTED, name);
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_target_elsewhere_stays_when_it_is_to_be_retained_in_the_end() {
    mergeFromElsewhere("");
    assertThat(certMerge(TRUSTED, name).getMetadata().getFinalizers()).isNotEmpty();

    apply(
        TRUSTED,
        name,
        "name: merged, deletionPolicy: Retain, namespace: " + namespace + ", " + shopFromHere());
    eventuallyGone(TRUSTED, name);

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_retained_target_goes_on_with_the_next_certmerge_of_its_name() {
    IssuedPair blog = issue("blog.example.com");
    put(namespace, "blog", blog);
    put(namespace, "shop", shop);
    apply(
        namespace,
        "all",
        "name: merged, deletionPolicy: Retain, secretlist: [{name: shop}, {name: blog}]");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog));
    eventuallyGone(namespace, "all");
    putMismatched(namespace, "shop", "shop.example.com");

    apply(namespace, "all", "name: merged, " + SHOP);

    // The last good pair of one source stays, the key of the other one is pruned.
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_secret_that_may_be_adopted_is_taken_over_with_all_of_its_keys() {
    client().resource(opaque("Opaque", Map.of("password", "old", "shop.crt", "old"))).create();
    String uid = secret(namespace, "merged").getMetadata().getUid();

    merge(", adopt: true");

    assertThat(secret(namespace, "merged").getMetadata().getUid()).isEqualTo(uid);
    assertThat(secret(namespace, "merged").getMetadata().getLabels())
        .containsEntry("creator", "certmerge-operator");
  }

  @Test
  void a_secret_of_another_type_is_not_adopted() {
    client()
        .resource(
            opaque("kubernetes.io/tls", Map.of("tls.crt", shop.crtPem(), "tls.key", shop.keyPem())))
        .create();
    put(namespace, "shop", shop);

    apply(namespace, "all", "name: merged, adopt: true, " + SHOP);

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("TargetConflict"));
    assertThat(ready(namespace, "all").getMessage()).contains("kubernetes.io/tls");
    assertThat(Cluster.keys(secret(namespace, "merged"))).containsExactly("tls.crt", "tls.key");
  }

  @Test
  void the_target_of_another_certmerge_is_not_adopted() {
    merge("");

    apply(namespace, "other", "name: merged, adopt: true, secretlist: [{name: none}]");

    eventually(() -> assertThat(readyReason(namespace, "other")).isEqualTo("TargetConflict"));
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void an_immutable_target_is_told_of_and_made_anew_once_it_is_deleted() {
    merge("");
    client()
        .secrets()
        .inNamespace(namespace)
        .withName("merged")
        .edit(target -> new SecretBuilder(target).withImmutable(true).build());
    IssuedPair renewed = issue("shop.example.com");
    put(namespace, "shop", renewed);
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("TargetImmutable"));
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));

    Cluster.delete(namespace, "merged");

    eventuallyHolds(namespace, "merged", Map.of("shop", renewed));
  }

  @Test
  void a_renamed_target_takes_the_last_good_pairs_along() {
    merge("");
    putMismatched(namespace, "shop", "shop.example.com");
    eventually(() -> assertThat(counts(namespace, "all").kept()).isEqualTo(1));

    apply(namespace, "all", "name: renamed, " + SHOP);

    eventuallyHolds(namespace, "renamed", Map.of("shop", shop));
    eventually(() -> assertThat(exists(namespace, "merged")).isFalse());
  }

  @Test
  void a_target_that_is_renamed_while_the_operator_is_down_takes_the_last_good_pairs_along() {
    merge("");

    Cluster.withoutOperator(
        () -> {
          putMismatched(namespace, "shop", "shop.example.com");
          apply(namespace, "all", "name: renamed, " + SHOP);
        });

    eventuallyHolds(namespace, "renamed", Map.of("shop", shop));
    eventually(() -> assertThat(exists(namespace, "merged")).isFalse());
  }

  @Test
  void a_target_that_cannot_be_renamed_stays_where_it_is() {
    merge("");
    client()
        .resource(
            new SecretBuilder(opaque("Opaque", Map.of("password", "mine")))
                .editMetadata()
                .withName("taken")
                .endMetadata()
                .build())
        .create();

    apply(namespace, "all", "name: taken, " + SHOP);

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("TargetConflict"));
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_target_moves_to_another_namespace_and_back_with_the_last_good_pairs() {
    put(namespace, "shop", shop);
    apply(TRUSTED, name, "name: %s, %s".formatted(name, shopFromHere()));
    eventuallyHolds(TRUSTED, name, Map.of("shop", shop));
    putMismatched(namespace, "shop", "shop.example.com");

    apply(TRUSTED, name, "name: merged, namespace: " + namespace + ", " + shopFromHere());
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    eventually(() -> assertThat(exists(TRUSTED, name)).isFalse());
    apply(TRUSTED, name, "name: %s, namespace: %s, %s".formatted(name, TRUSTED, shopFromHere()));

    eventuallyHolds(TRUSTED, name, Map.of("shop", shop));
    eventually(
        () -> {
          assertThat(exists(namespace, "merged")).isFalse();
          assertThat(certMerge(TRUSTED, name).getMetadata().getFinalizers()).isEmpty();
        });
  }

  @Test
  void a_target_without_its_labels_is_put_right() {
    merge("");

    client()
        .secrets()
        .inNamespace(namespace)
        .withName("merged")
        .edit(
            target ->
                new SecretBuilder(target).editMetadata().withLabels(null).endMetadata().build());

    eventually(
        namespace,
        "merged",
        target ->
            assertThat(Objects.requireNonNullElse(target.getMetadata().getLabels(), Map.of()))
                .containsKeys("creator", "certmerge", "app.kubernetes.io/managed-by"));
  }

  @Test
  void a_target_whose_owner_annotation_was_taken_off_is_put_right() {
    merge("");

    client()
        .secrets()
        .inNamespace(namespace)
        .withName("merged")
        .edit(
            target ->
                new SecretBuilder(target)
                    .editMetadata()
                    .withAnnotations(null)
                    .endMetadata()
                    .build());

    eventually(
        namespace,
        "merged",
        target ->
            assertThat(Objects.requireNonNullElse(target.getMetadata().getAnnotations(), Map.of()))
                .containsEntry("certmerge.lecentre.net/owner", namespace + "/all"));
  }

  @Test
  void labels_and_annotations_of_others_stay_on_the_target() {
    merge("");
    client()
        .secrets()
        .inNamespace(namespace)
        .withName("merged")
        .edit(
            target ->
                new SecretBuilder(target)
                    .editMetadata()
                    .addToLabels("team", "web")
                    .addToAnnotations("note", "hello")
                    .endMetadata()
                    .build());
    IssuedPair renewed = issue("shop.example.com");

    put(namespace, "shop", renewed);
    put(namespace, "blog", shop);
    apply(namespace, "all", "name: merged, secretlist: [{name: shop}, {name: blog}]");

    eventuallyHolds(namespace, "merged", Map.of("shop", renewed, "blog", shop));
    assertThat(secret(namespace, "merged").getMetadata().getLabels()).containsEntry("team", "web");
    assertThat(secret(namespace, "merged").getMetadata().getAnnotations())
        .containsEntry("note", "hello");
  }

  @Test
  void keys_whose_values_alone_were_renewed_before_are_pruned_all_the_same() {
    IssuedPair blog = issue("blog.example.com");
    put(namespace, "shop", shop);
    put(namespace, "blog", blog);
    apply(namespace, "all", "name: merged, secretlist: [{name: shop}, {name: blog}]");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog));
    for (int round = 0; round < 3; round++) {
      IssuedPair renewed = issue("shop.example.com");
      put(namespace, "shop", renewed);
      eventuallyHolds(namespace, "merged", Map.of("shop", renewed, "blog", blog));
    }

    Cluster.delete(namespace, "shop");

    eventuallyHolds(namespace, "merged", Map.of("blog", blog));
  }

  @Test
  void a_missing_target_namespace_is_told_of_and_the_target_is_made_when_it_is_there() {
    String missing = namespace + "-later";
    put(namespace, "shop", shop);

    apply(TRUSTED, name, "name: merged, namespace: " + missing + ", " + shopFromHere());
    eventually(
        () -> {
          assertThat(readyReason(TRUSTED, name)).isEqualTo("ApiError");
          assertThat(ready(TRUSTED, name).getMessage()).contains(missing, "not found");
        });
    createNamespace(missing);

    eventuallyHolds(missing, "merged", Map.of("shop", shop));
    eventually(() -> assertThat(readyReason(TRUSTED, name)).isEqualTo("Merged"));
  }

  @Test
  void a_target_namespace_that_is_being_deleted_is_told_of_and_may_come_back() {
    String doomed = namespace + "-doomed";
    createNamespace(doomed);
    client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(doomed)
                .withName("slow")
                .withFinalizers("example.com/slow")
                .endMetadata()
                .build())
        .create();
    put(namespace, "shop", shop);
    apply(TRUSTED, name, "name: merged, namespace: " + doomed + ", " + shopFromHere());
    eventuallyHolds(doomed, "merged", Map.of("shop", shop));

    client().namespaces().withName(doomed).delete();
    eventually(
        () -> {
          assertThat(readyReason(TRUSTED, name)).isEqualTo("ApiError");
          assertThat(ready(TRUSTED, name).getMessage()).contains("being terminated");
        });
    client()
        .configMaps()
        .inNamespace(doomed)
        .withName("slow")
        .edit(
            slow ->
                new ConfigMapBuilder(slow)
                    .editMetadata()
                    .withFinalizers(List.of())
                    .endMetadata()
                    .build());
    eventually(() -> assertThat(client().namespaces().withName(doomed).get()).isNull());
    createNamespace(doomed);

    eventuallyHolds(doomed, "merged", Map.of("shop", shop));
  }

  private static void createNamespace(String name) {
    client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  @Test
  void a_target_with_everything_set_is_not_written_without_a_cause() {
    mergeFromElsewhere(
        ", formats: [Pair], shards: 3, adopt: true, deletedSourceGracePeriod: 1h, maxRemovals: 10%,"
            + " keys: Name");
    String before = secret(namespace, "merged").getMetadata().getResourceVersion();

    for (int round = 1; round <= 3; round++) {
      put(namespace, "shop", shop, Map.of("round", Integer.toString(round)));
      // Its generation proves that it was looked at again.
      apply(
          TRUSTED,
          name,
          ("name: merged, namespace: %s, %s, shards: 3, adopt: true, deletedSourceGracePeriod: 1h,"
                  + " maxRemovals: 1%d%%")
              .formatted(namespace, shopFromHere(), round));
      long generation = round + 1L;
      eventually(
          () -> assertThat(status(TRUSTED, name).observedGeneration()).isEqualTo(generation));
    }

    assertThat(secret(namespace, "merged").getMetadata().getResourceVersion()).isEqualTo(before);
  }
}
