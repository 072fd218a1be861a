package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.entry;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.keys;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.file.Path;
import java.util.Map;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who lets whom read, by label of a namespace, by grant and by annotation. */
class ConsentIT {
  private String ours = "";
  private String theirs = "";

  /** After the operator started: it finds the kind of resource by itself. */
  @BeforeAll
  static void installGrants() {
    Cluster.client();
    ControlPlane.shared()
        .apply(Path.of("src/test/resources/gateway.networking.k8s.io_referencegrants.yaml"));
  }

  @BeforeEach
  void makeNamespaces() {
    ours = Cluster.newNamespace();
    theirs = Cluster.newNamespace();
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

  private void grant(String to) {
    Cluster.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1beta1
        kind: ReferenceGrant
        metadata: {name: to-us, namespace: %s}
        spec:
          from: [{group: certmerge.lecentre.net, kind: CertMerge, namespace: %s}]
          to: [%s]
        """
            .formatted(theirs, ours, to));
  }

  private void withdrawGrant() {
    client()
        .genericKubernetesResources("gateway.networking.k8s.io/v1beta1", "ReferenceGrant")
        .inNamespace(theirs)
        .withName("to-us")
        .delete();
  }

  private void label(String namespace, String value) {
    client()
        .namespaces()
        .withName(namespace)
        .edit(
            one ->
                new NamespaceBuilder(one)
                    .editMetadata()
                    .addToLabels("team-it", value)
                    .endMetadata()
                    .build());
  }

  @Test
  void namespaces_are_selected_by_label_and_a_change_of_label_counts_at_once() {
    IssuedPair own = issue("own.example.com");
    IssuedPair other = issue("other.example.com");
    put(ours, "own", own);
    put(theirs, "other", other);
    label(ours, ours);
    String name = ours;
    applySpec(
        Cluster.TRUSTED,
        name,
        "{name: %s, selector: [{namespaceSelector: {matchLabels: {team-it: %s}}, labelselector: {}}]}"
            .formatted(name, ours));
    eventuallyHolds(Cluster.TRUSTED, name, Map.of("own", own));

    label(theirs, ours);
    eventuallyHolds(Cluster.TRUSTED, name, Map.of("own", own, "other", other));

    label(theirs, "elsewhere");
    eventuallyHolds(Cluster.TRUSTED, name, Map.of("own", own));
  }

  @Test
  void a_label_of_a_namespace_is_no_consent() {
    put(theirs, "other", issue("other.example.com"));
    IssuedPair own = issue("own.example.com");
    put(ours, "own", own);
    label(ours, ours);
    label(theirs, ours);

    applySpec(
        ours,
        "all",
        "{name: merged, selector: [{namespaceSelector: {matchLabels: {team-it: %s}}, labelselector: {}}]}"
            .formatted(ours));

    eventuallyHolds(ours, "merged", Map.of("own", own));
  }

  @Test
  void a_grant_lets_a_source_be_merged() {
    IssuedPair shop = issue("shop.example.com");
    put(theirs, "shop", shop);
    applySpec(
        ours, "all", "{name: merged, secretlist: [{name: shop, namespace: %s}]}".formatted(theirs));
    eventually(
        () ->
            assertThat(entry(status(ours, "all"), theirs + "/shop").reason())
                .isEqualTo("NotAllowed"));

    grant("{group: \"\", kind: Secret}");

    eventuallyHolds(ours, "merged", Map.of("shop", shop));
  }

  @Test
  void a_withdrawn_grant_takes_the_entry_out_whatever_the_grace_period() {
    IssuedPair shop = issue("shop.example.com");
    put(theirs, "shop", shop);
    grant("{group: \"\", kind: Secret}");
    applySpec(
        ours,
        "all",
        "{name: merged, deletedSourceGracePeriod: 24h, secretlist: [{name: shop, namespace: %s}]}"
            .formatted(theirs));
    eventuallyHolds(ours, "merged", Map.of("shop", shop));

    withdrawGrant();

    eventually(ours, "merged", target -> assertThat(keys(target)).isEmpty());
    eventually(() -> assertThat(readyReason(ours, "all")).isEqualTo("NoSources"));
  }

  @Test
  void a_grant_for_one_secret_is_none_for_another() {
    IssuedPair shop = issue("shop.example.com");
    put(theirs, "shop", shop, Map.of("grant-it", "yes"));
    put(theirs, "blog", issue("blog.example.com"), Map.of("grant-it", "yes"));
    grant("{group: \"\", kind: Secret, name: shop}");

    applySpec(
        ours,
        "all",
        "{name: merged, selector: [{namespace: %s, labelselector: {matchLabels: {grant-it: \"yes\"}}}]}"
            .formatted(theirs));

    eventuallyHolds(ours, "merged", Map.of("shop", shop));
  }

  @Test
  void a_withdrawn_annotation_takes_the_entry_out_whatever_the_grace_period() {
    IssuedPair shop = issue("shop.example.com");
    put(theirs, "shop", shop);
    annotate("shop", ours);
    applySpec(
        ours,
        "all",
        "{name: merged, deletedSourceGracePeriod: 24h, selector: [{namespace: %s, labelselector: {}}]}"
            .formatted(theirs));
    eventuallyHolds(ours, "merged", Map.of("shop", shop));

    annotate("shop", "somebody-else");

    eventually(ours, "merged", target -> assertThat(keys(target)).isEmpty());
  }

  private void annotate(String name, String allowed) {
    client()
        .secrets()
        .inNamespace(theirs)
        .withName(name)
        .edit(
            secret ->
                new SecretBuilder(secret)
                    .editMetadata()
                    .addToAnnotations("certmerge.lecentre.net/allowed-namespaces", allowed)
                    .endMetadata()
                    .build());
  }
}
