package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.TRUSTED;
import static net.lecentre.certmerge.operator.Cluster.apply;
import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.counts;
import static net.lecentre.certmerge.operator.Cluster.entry;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static net.lecentre.certmerge.operator.Cluster.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.file.Path;
import java.util.Map;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How owners of sources elsewhere consent, and withdraw. */
class ConsentIT {
  private static final Path GRANTS = Path.of("src", "test", "resources", "referencegrants.yaml");
  private static final String GRANTS_CRD = "referencegrants.gateway.networking.k8s.io";

  private static final String SELECTED =
      "selector: [{labelselector: {matchLabels: {certmerge: 'true'}}}]";
  private static final Map<String, String> LABELLED = Map.of("certmerge", "true");

  private final String ours = Cluster.newNamespace();
  private final String theirs = Cluster.newNamespace();
  private final IssuedPair own = issue("own.example.com");
  private final IssuedPair shop = issue("shop.example.com");

  @BeforeAll
  static void installGrants() {
    Cluster.withoutOperator(() -> ControlPlane.shared().apply(GRANTS));
  }

  private void putBoth() {
    put(ours, "own", own, LABELLED);
    put(theirs, "shop", shop, LABELLED);
  }

  private String listed() {
    return "name: merged, secretlist: [{name: own}, {name: shop, namespace: %s}]".formatted(theirs);
  }

  private void grant(String reader, String to) {
    Cluster.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1beta1
        kind: ReferenceGrant
        metadata: {name: certmerge, namespace: %s}
        spec:
          from: [{group: certmerge.lecentre.net, kind: CertMerge, namespace: %s}]
          to: [%s]
        """
            .formatted(theirs, reader, to));
  }

  private void withdraw() {
    client()
        .genericKubernetesResources("gateway.networking.k8s.io/v1beta1", "ReferenceGrant")
        .inNamespace(theirs)
        .withName("certmerge")
        .delete();
  }

  private void annotate(String allowed) {
    client()
        .secrets()
        .inNamespace(theirs)
        .withName("shop")
        .edit(
            source ->
                new SecretBuilder(source)
                    .editMetadata()
                    .addToAnnotations("certmerge.lecentre.net/allowed-namespaces", allowed)
                    .endMetadata()
                    .build());
  }

  private void label(String namespace, Map<String, String> labels) {
    client()
        .namespaces()
        .withName(namespace)
        .edit(
            found ->
                new NamespaceBuilder(found)
                    .editMetadata()
                    .withLabels(labels)
                    .endMetadata()
                    .build());
  }

  private void eventuallyOwnAlone() {
    eventuallyHolds(ours, "merged", Map.of("own", own));
  }

  private void eventuallyBoth() {
    eventuallyHolds(ours, "merged", Map.of("own", own, "shop", shop));
  }

  private String reasonOfShop() {
    return String.valueOf(entry(status(ours, "all"), theirs + "/shop").reason());
  }

  @Test
  void a_grant_lets_a_listed_source_be_merged_as_soon_as_it_is_given() {
    putBoth();
    apply(ours, "all", listed());
    eventually(() -> assertThat(reasonOfShop()).isEqualTo("NotAllowed"));

    grant(ours, "{group: '', kind: Secret}");

    eventuallyBoth();
  }

  @Test
  void a_grant_lets_selected_sources_be_merged() {
    putBoth();
    grant(ours, "{group: '', kind: Secret}");

    apply(ours, "all", "name: merged, " + SELECTED);

    eventuallyBoth();
  }

  @Test
  void a_grant_for_one_secret_is_none_for_another() {
    putBoth();
    put(theirs, "blog", issue("blog.example.com"), LABELLED);
    grant(ours, "{group: '', kind: Secret, name: shop}");

    apply(ours, "all", "name: merged, " + SELECTED);

    eventuallyBoth();
    eventually(() -> assertThat(counts(ours, "all").sources()).isEqualTo(2));
  }

  @Test
  void a_grant_for_others_or_for_other_things_is_none() {
    putBoth();
    grant("somebody-else", "{group: '', kind: Secret}");
    Cluster.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1beta1
        kind: ReferenceGrant
        metadata: {name: of-something-else, namespace: %s}
        spec:
          from:
          - {group: certmerge.lecentre.net, kind: CertMerge, namespace: %s}
          - {group: gateway.networking.k8s.io, kind: Gateway, namespace: %s}
          to: [{group: '', kind: Service}]
        """
            .formatted(theirs, ours, ours));

    apply(ours, "all", listed());

    eventuallyOwnAlone();
    eventually(() -> assertThat(reasonOfShop()).isEqualTo("NotAllowed"));
  }

  @Test
  void an_annotation_taken_back_takes_out_what_only_the_grace_period_keeps() {
    putBoth();
    annotate(ours);
    apply(ours, "all", listed() + ", deletedSourceGracePeriod: 24h");
    eventuallyBoth();
    apply(ours, "all", "name: merged, secretlist: [{name: own}], deletedSourceGracePeriod: 24h");
    eventually(() -> assertThat(reasonOfShop()).isEqualTo("NotFound"));

    annotate("nobody");

    eventuallyOwnAlone();
  }

  @Test
  void a_grant_that_is_withdrawn_takes_the_entry_out_at_once() {
    putBoth();
    grant(ours, "{group: '', kind: Secret}");
    apply(ours, "all", listed() + ", deletedSourceGracePeriod: 1h, maxRemovals: 0");
    eventuallyBoth();

    withdraw();

    eventuallyOwnAlone();
    eventually(() -> assertThat(reasonOfShop()).isEqualTo("NotAllowed"));
  }

  @Test
  void a_grant_that_is_withdrawn_takes_what_was_selected_out_at_once_and_tells_nothing() {
    putBoth();
    grant(ours, "{group: '', kind: Secret}");
    apply(ours, "all", "name: merged, deletedSourceGracePeriod: 1h, maxRemovals: 0, " + SELECTED);
    eventuallyBoth();

    withdraw();

    eventuallyOwnAlone();
    eventually(() -> assertThat(counts(ours, "all").sources()).isEqualTo(1));
  }

  @Test
  void a_grant_that_names_somebody_else_from_now_on_is_withdrawn() {
    putBoth();
    grant(ours, "{group: '', kind: Secret}");
    apply(ours, "all", listed());
    eventuallyBoth();

    grant("somebody-else", "{group: '', kind: Secret}");

    eventuallyOwnAlone();
  }

  @Test
  void a_grant_that_is_withdrawn_while_the_operator_is_down_takes_the_entry_out() {
    putBoth();
    grant(ours, "{group: '', kind: Secret}");
    apply(ours, "all", listed() + ", deletedSourceGracePeriod: 1h");
    eventuallyBoth();

    Cluster.withoutOperator(this::withdraw);

    eventuallyOwnAlone();
  }

  @Test
  void a_restart_of_the_operator_does_not_lose_what_was_granted() {
    putBoth();
    grant(ours, "{group: '', kind: Secret}");
    apply(ours, "all", listed());
    eventuallyBoth();
    String before = secret(ours, "merged").getMetadata().getResourceVersion();

    Cluster.withoutOperator(() -> apply(ours, "all", listed() + ", maxRemovals: 99%"));

    eventually(() -> assertThat(status(ours, "all").observedGeneration()).isEqualTo(2));
    assertThat(secret(ours, "merged").getMetadata().getResourceVersion()).isEqualTo(before);
  }

  @Test
  void grants_are_found_where_their_kind_is_installed_after_the_operator_started() {
    Cluster.withoutOperator(
        () -> {
          client().apiextensions().v1().customResourceDefinitions().withName(GRANTS_CRD).delete();
          eventually(
              () ->
                  assertThat(
                          client()
                              .apiextensions()
                              .v1()
                              .customResourceDefinitions()
                              .withName(GRANTS_CRD)
                              .get())
                      .isNull());
        });
    putBoth();
    apply(ours, "all", listed());
    eventually(() -> assertThat(reasonOfShop()).isEqualTo("NotAllowed"));

    ControlPlane.shared().apply(GRANTS);
    grant(ours, "{group: '', kind: Secret}");

    eventuallyBoth();
  }

  @Test
  void an_annotation_lets_a_source_be_merged_as_soon_as_it_is_there() {
    putBoth();
    apply(ours, "all", "name: merged, " + SELECTED);
    eventuallyOwnAlone();

    annotate(ours);

    eventuallyBoth();
  }

  @Test
  void an_annotation_that_is_taken_off_takes_the_entry_out_at_once_and_tells_nothing() {
    putBoth();
    annotate(ours);
    apply(ours, "all", "name: merged, deletedSourceGracePeriod: 1h, maxRemovals: 0, " + SELECTED);
    eventuallyBoth();

    annotate("somebody-else");

    eventuallyOwnAlone();
    eventually(() -> assertThat(counts(ours, "all").sources()).isEqualTo(1));
  }

  @Test
  void namespaces_are_selected_by_their_labels_as_soon_as_these_change() {
    putBoth();
    String name = "labels-" + ours;
    apply(
        TRUSTED,
        name,
        ("name: merged, namespace: %s, selector: [{namespaceSelector: {matchLabels: {team: %s}},"
                + " labelselector: {}}]")
            .formatted(ours, ours));
    eventually(() -> assertThat(readyReason(TRUSTED, name)).isEqualTo("NoSources"));

    label(theirs, Map.of("team", ours));
    eventuallyHolds(ours, "merged", Map.of("shop", shop));
    label(ours, Map.of("team", ours));
    eventuallyBoth();
    label(theirs, Map.of("team", "another"));
    eventuallyOwnAlone();
  }

  @Test
  void the_labels_of_a_namespace_are_no_consent() {
    putBoth();
    label(ours, Map.of("team", ours));
    label(theirs, Map.of("team", ours));

    apply(
        ours,
        "all",
        "name: merged, selector: [{namespaceSelector: {matchLabels: {team: %s}}, labelselector: {}}]"
            .formatted(ours));

    eventuallyOwnAlone();
    eventually(() -> assertThat(counts(ours, "all").sources()).isEqualTo(1));
  }

  private void becomesOpaque() {
    Cluster.delete(ours, "shop");
    client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(ours)
                .withName("shop")
                .withLabels(LABELLED)
                .endMetadata()
                .withType("Opaque")
                .addToStringData("tls.crt", shop.crtPem())
                .addToStringData("tls.key", shop.keyPem())
                .build())
        .create();
  }

  @Test
  void a_listed_secret_that_is_no_tls_secret_any_more_leaves() {
    put(ours, "own", own);
    put(ours, "shop", shop);
    apply(ours, "all", "name: merged, secretlist: [{name: own}, {name: shop}]");
    eventuallyBoth();

    Cluster.withoutOperator(this::becomesOpaque);

    eventuallyOwnAlone();
    eventually(
        () -> assertThat(entry(status(ours, "all"), ours + "/shop").reason()).isEqualTo("NotTls"));
  }

  @Test
  void a_selected_secret_that_is_no_tls_secret_any_more_leaves() {
    put(ours, "own", own, LABELLED);
    put(ours, "shop", shop, LABELLED);
    apply(ours, "all", "name: merged, " + SELECTED);
    eventuallyBoth();

    becomesOpaque();

    eventuallyOwnAlone();
    eventually(() -> assertThat(counts(ours, "all").sources()).isEqualTo(1));
  }
}
