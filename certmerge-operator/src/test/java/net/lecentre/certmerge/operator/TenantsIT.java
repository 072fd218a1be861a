package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.certMerge;
import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.counts;
import static net.lecentre.certmerge.operator.Cluster.entry;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.keys;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static net.lecentre.certmerge.operator.Cluster.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may read and write whose Secrets. */
class TenantsIT {
  private String ours = "";
  private String theirs = "";

  @BeforeEach
  void makeNamespaces() {
    ours = Cluster.newNamespace();
    theirs = Cluster.newNamespace();
  }

  private static void apply(String namespace, String name, String spec) {
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: %s, namespace: %s}
        spec: %s
        """
            .formatted(name, namespace, spec));
  }

  @Test
  void a_certmerge_does_not_read_another_namespace_by_name() {
    put(theirs, "shop", issue("shop.example.com"));

    apply(ours, "thief", "{name: loot, secretlist: [{name: shop, namespace: " + theirs + "}]}");

    eventually(
        () -> {
          CertMergeStatus.Entry entry = entry(status(ours, "thief"), theirs + "/shop");
          assertThat(entry.reason()).isEqualTo("NotAllowed");
          assertThat(entry.message()).contains("certmerge.lecentre.net/allowed-namespaces=" + ours);
        });
    assertThat(keys(secret(ours, "loot"))).isEmpty();
  }

  @Test
  void a_refusal_is_the_same_whether_or_not_the_secret_exists() {
    put(theirs, "shop", issue("shop.example.com"));

    apply(
        ours,
        "thief",
        "{name: loot, secretlist: [{name: shop, namespace: %s}, {name: none, namespace: %s}]}"
            .formatted(theirs, theirs));

    eventually(
        () -> {
          CertMergeStatus status = status(ours, "thief");
          CertMergeStatus.Entry there = entry(status, theirs + "/shop");
          CertMergeStatus.Entry missing = entry(status, theirs + "/none");
          assertThat(there.reason()).isEqualTo(missing.reason());
          assertThat(there.message()).isEqualTo(missing.message());
        });
  }

  @Test
  void a_selector_passes_over_other_namespaces_without_a_word() {
    IssuedPair own = issue("own.example.com");
    put(ours, "own", own, Map.of("certmerge", "true"));
    put(theirs, "shop", issue("shop.example.com"), Map.of("certmerge", "true"));

    apply(
        ours,
        "all",
        "{name: merged, selector: [{labelselector: {matchLabels: {certmerge: \"true\"}}}]}");

    eventuallyHolds(ours, "merged", Map.of("own", own));
    eventually(() -> assertThat(counts(ours, "all").sources()).isEqualTo(1));
  }

  @Test
  void an_annotated_secret_may_be_read() {
    IssuedPair shop = issue("shop.example.com");
    Secret consenting =
        new SecretBuilder(TestSecrets.tls(theirs, "shop", shop, Map.of()))
            .editMetadata()
            .addToAnnotations("certmerge.lecentre.net/allowed-namespaces", "other, " + ours)
            .endMetadata()
            .build();
    client().resource(consenting).create();

    apply(ours, "all", "{name: merged, secretlist: [{name: shop, namespace: " + theirs + "}]}");

    eventuallyHolds(ours, "merged", Map.of("shop", shop));
  }

  @Test
  void withdrawn_consent_takes_the_entry_out() {
    IssuedPair shop = issue("shop.example.com");
    Secret consenting =
        new SecretBuilder(TestSecrets.tls(theirs, "shop", shop, Map.of()))
            .editMetadata()
            .addToAnnotations("certmerge.lecentre.net/allowed-namespaces", ours)
            .endMetadata()
            .build();
    client().resource(consenting).create();
    apply(ours, "all", "{name: merged, secretlist: [{name: shop, namespace: " + theirs + "}]}");
    eventuallyHolds(ours, "merged", Map.of("shop", shop));

    client()
        .secrets()
        .inNamespace(theirs)
        .withName("shop")
        .edit(
            secret -> {
              secret.getMetadata().getAnnotations().clear();
              return secret;
            });

    eventually(ours, "merged", target -> assertThat(keys(target)).isEmpty());
  }

  @Test
  void a_certmerge_does_not_write_to_another_namespace() {
    put(ours, "own", issue("own.example.com"));

    apply(
        ours,
        "planter",
        "{name: planted, namespace: %s, secretlist: [{name: own}]}".formatted(theirs));

    eventually(() -> assertThat(readyReason(ours, "planter")).isEqualTo("NotAllowed"));
    assertThat(client().secrets().inNamespace(theirs).withName("planted").get()).isNull();
  }

  @Test
  void a_secret_that_certmerge_did_not_make_is_not_overwritten() {
    put(ours, "own", issue("own.example.com"));
    Secret foreign =
        new SecretBuilder()
            .withNewMetadata()
            .withName("database")
            .withNamespace(ours)
            .endMetadata()
            .addToStringData("password", "keep me")
            .build();
    client().resource(foreign).create();

    apply(ours, "all", "{name: database, secretlist: [{name: own}]}");

    eventually(() -> assertThat(readyReason(ours, "all")).isEqualTo("TargetConflict"));
    assertThat(keys(secret(ours, "database"))).containsExactly("password");
  }

  @Test
  void of_two_certmerges_with_one_target_the_first_has_it() {
    IssuedPair first = issue("first.example.com");
    put(ours, "first", first);
    put(ours, "second", issue("second.example.com"));
    apply(ours, "one", "{name: merged, secretlist: [{name: first}]}");
    eventuallyHolds(ours, "merged", Map.of("first", first));

    apply(ours, "two", "{name: merged, secretlist: [{name: second}]}");

    eventually(() -> assertThat(readyReason(ours, "two")).isEqualTo("TargetConflict"));
    eventuallyHolds(ours, "merged", Map.of("first", first));
  }

  @Test
  void a_trusted_certmerge_merges_into_another_namespace_without_an_owner_reference() {
    IssuedPair shop = issue("shop.example.com");
    put(theirs, "shop", shop);
    String name = "into-" + theirs;

    apply(
        Cluster.TRUSTED,
        name,
        "{name: merged, namespace: %s, secretlist: [{name: shop, namespace: %s}]}"
            .formatted(theirs, theirs));

    eventuallyHolds(theirs, "merged", Map.of("shop", shop));
    assertThat(secret(theirs, "merged").getMetadata().getOwnerReferences()).isEmpty();
    assertThat(certMerge(Cluster.TRUSTED, name).getMetadata().getFinalizers())
        .containsExactly(CertMergeReconciler.FINALIZER);
  }

  @Test
  void a_target_elsewhere_goes_with_its_certmerge() {
    put(theirs, "shop", issue("shop.example.com"));
    String name = "gone-" + theirs;
    apply(
        Cluster.TRUSTED,
        name,
        "{name: merged, namespace: %s, secretlist: [{name: shop, namespace: %s}]}"
            .formatted(theirs, theirs));
    eventually(theirs, "merged", target -> assertThat(keys(target)).hasSize(2));

    client().resource(certMerge(Cluster.TRUSTED, name)).delete();

    eventually(
        () -> {
          assertThat(client().secrets().inNamespace(theirs).withName("merged").get()).isNull();
          assertThat(certMerge(Cluster.TRUSTED, name)).isNull();
        });
  }

  @Test
  void one_name_in_two_namespaces_goes_to_the_first_and_the_other_is_told() {
    IssuedPair first = issue("first.example.com");
    put(ours, "shop", first);
    put(theirs, "shop", issue("second.example.com"));
    String name = "collision-" + ours;

    apply(
        Cluster.TRUSTED,
        name,
        "{name: merged, namespace: %s, secretlist: [{name: shop, namespace: %s}, {name: shop, namespace: %s}]}"
            .formatted(ours, ours, theirs));

    eventuallyHolds(ours, "merged", Map.of("shop", first));
    eventually(
        () ->
            assertThat(entry(status(Cluster.TRUSTED, name), theirs + "/shop").reason())
                .isEqualTo("Conflict"));
  }

  @Test
  void keys_by_namespace_and_name_do_not_collide() {
    IssuedPair first = issue("first.example.com");
    IssuedPair second = issue("second.example.com");
    put(ours, "shop", first);
    put(theirs, "shop", second);

    apply(
        Cluster.TRUSTED,
        "both-" + ours,
        ("{name: merged, namespace: %s, keys: NamespacedName,"
                + " secretlist: [{name: shop, namespace: %s}, {name: shop, namespace: %s}]}")
            .formatted(ours, ours, theirs));

    eventuallyHolds(ours, "merged", Map.of(ours + "-shop", first, theirs + "-shop", second));
  }

  @Test
  void a_typo_in_its_spec_does_not_hand_a_target_to_another_certmerge() {
    IssuedPair first = issue("first.example.com");
    put(ours, "first", first);
    put(ours, "second", issue("second.example.com"));
    apply(ours, "one", "{name: merged, secretlist: [{name: first}]}");
    eventuallyHolds(ours, "merged", Map.of("first", first));
    apply(ours, "two", "{name: merged, secretlist: [{name: second}]}");
    eventually(() -> assertThat(readyReason(ours, "two")).isEqualTo("TargetConflict"));

    apply(
        ours,
        "one",
        "{name: merged, selector: [{labelselector:"
            + " {matchExpressions: [{key: a, operator: In}]}}]}");
    eventually(() -> assertThat(readyReason(ours, "one")).isEqualTo("InvalidSpec"));
    // Has the other one look again, and proves that it did.
    apply(ours, "two", "{name: merged, secretlist: [{name: second}, {name: another}]}");
    eventually(
        () -> {
          assertThat(status(ours, "two").observedGeneration()).isEqualTo(2);
          assertThat(readyReason(ours, "two")).isEqualTo("TargetConflict");
        });

    eventuallyHolds(ours, "merged", Map.of("first", first));
  }

  @Test
  void a_copy_of_a_target_is_left_alone() {
    put(ours, "shop", issue("shop.example.com"));
    apply(ours, "all", "{name: merged, secretlist: [{name: shop}]}");
    eventually(ours, "merged", target -> assertThat(keys(target)).hasSize(2));
    Secret target = secret(ours, "merged");
    Secret copy =
        new SecretBuilder(target)
            .withNewMetadata()
            .withNamespace(ours)
            .withName("copy")
            .withLabels(target.getMetadata().getLabels())
            .withAnnotations(target.getMetadata().getAnnotations())
            .endMetadata()
            .build();
    client().resource(copy).create();
    IssuedPair renewed = issue("shop.example.com");

    put(ours, "shop", renewed);

    eventuallyHolds(ours, "merged", Map.of("shop", renewed));
    assertThat(keys(secret(ours, "copy"))).hasSize(2);
  }

  @Test
  void a_name_that_would_lead_elsewhere_is_refused_at_admission() {
    assertThatThrownBy(
            () ->
                apply(
                    ours,
                    "climber",
                    "{name: loot, secretlist: [{name: ../../%s/secrets/shop}]}".formatted(theirs)))
        .hasMessageContaining("spec.secretlist[0].name");
  }
}
