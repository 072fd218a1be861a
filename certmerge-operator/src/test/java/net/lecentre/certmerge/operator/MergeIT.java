package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.certMerge;
import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.counts;
import static net.lecentre.certmerge.operator.Cluster.entry;
import static net.lecentre.certmerge.operator.Cluster.events;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.putMismatched;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static net.lecentre.certmerge.operator.Cluster.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MergeIT {
  private static final Map<String, String> LABELLED = Map.of("certmerge", "true");

  private String namespace = "";

  @BeforeEach
  void makeNamespace() {
    namespace = Cluster.newNamespace();
  }

  private void applyList(String... sources) {
    StringBuilder list = new StringBuilder();
    for (String source : sources) {
      list.append("\n  - {name: ").append(source).append('}');
    }
    applySpec("secretlist:" + list);
  }

  private void applySelector() {
    applySpec("selector:\n  - labelselector: {matchLabels: {certmerge: \"true\"}}");
  }

  private void applySpec(String sources) {
    applySpec(sources, "merged");
  }

  private void applySpec(String sources, String target) {
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: all, namespace: %s}
        spec:
          name: %s
          %s
        """
            .formatted(namespace, target, sources));
  }

  @Test
  void listed_secrets_are_merged_under_their_names() {
    IssuedPair shop = issue("shop.example.com");
    IssuedPair blog = issue("blog.example.com");
    put(namespace, "shop", shop);
    put(namespace, "blog", blog);

    applyList("shop", "blog");

    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog));
  }

  @Test
  void a_spec_that_changes_while_the_last_round_is_being_reported_is_followed() {
    IssuedPair shop = issue("shop.example.com");
    IssuedPair blog = issue("blog.example.com");
    put(namespace, "shop", shop);
    applyList("shop");
    for (int round = 0; round < 15; round++) {
      // Two rounds: of the renewal, whose status comes late, and of the new spec.
      put(namespace, "blog", round % 2 == 0 ? blog : shop);
      applyList("blog", "shop");
      applyList("shop");
      eventuallyHolds(namespace, "merged", Map.of("shop", shop));
      put(namespace, "shop", blog);
      put(namespace, "shop", shop);
      applyList("shop", "blog");
      eventuallyHolds(
          namespace, "merged", Map.of("shop", shop, "blog", round % 2 == 0 ? blog : shop));
    }
  }

  @Test
  void the_target_says_whose_it_is() {
    put(namespace, "shop", issue("shop.example.com"));

    applyList("shop");

    eventually(
        namespace,
        "merged",
        target -> {
          assertThat(target.getType()).isEqualTo("Opaque");
          assertThat(target.getMetadata().getLabels())
              .containsEntry("creator", "certmerge-operator")
              .containsEntry("certmerge", "all")
              .containsEntry("app.kubernetes.io/managed-by", "certmerge-operator");
          assertThat(target.getMetadata().getAnnotations())
              .containsEntry("certmerge.lecentre.net/owner", namespace + "/all")
              .containsKey("certmerge.lecentre.net/content-hash");
          assertThat(target.getMetadata().getOwnerReferences())
              .extracting(OwnerReference::getUid)
              .containsExactly(certMerge(namespace, "all").getMetadata().getUid());
        });
  }

  @Test
  void selected_secrets_are_merged_and_others_are_not() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop, LABELLED);
    put(namespace, "other", issue("other.example.com"), Map.of("certmerge", "false"));

    applySelector();

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_secret_that_comes_later_is_merged() {
    applySelector();
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("NoSources"));
    IssuedPair shop = issue("shop.example.com");

    put(namespace, "shop", shop, LABELLED);

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
  }

  @Test
  void a_renewal_reaches_the_target() {
    put(namespace, "shop", issue("shop.example.com"));
    applyList("shop");
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
    IssuedPair renewed = issue("shop.example.com");

    put(namespace, "shop", renewed);

    eventuallyHolds(namespace, "merged", Map.of("shop", renewed));
  }

  @Test
  void a_renewal_that_concerns_many_at_once_is_told_of_at_each() {
    put(namespace, "shop", issue("shop.example.com"));
    List<String> names =
        IntStream.range(0, 2 * Bursts.MANY).mapToObj(number -> "all-" + number).toList();
    names.forEach(
        name ->
            Cluster.apply(namespace, name, "name: in-" + name + ", secretlist: [{name: shop}]"));
    eventually(() -> assertThat(events(namespace, "Merged")).hasSameSizeAs(names));
    List<String> versions = versions(names);
    IssuedPair renewed = issue("shop.example.com");

    put(namespace, "shop", renewed);

    names.forEach(name -> eventuallyHolds(namespace, "in-" + name, Map.of("shop", renewed)));
    eventually(() -> assertThat(versions(names)).doesNotContainAnyElementsOf(versions));
    eventually(() -> assertThat(events(namespace, "Merged")).hasSize(2 * names.size()));
  }

  private List<String> versions(List<String> names) {
    return names.stream().map(name -> String.valueOf(status(namespace, name).version())).toList();
  }

  @Test
  void a_deleted_source_leaves_the_target() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop, LABELLED);
    put(namespace, "blog", issue("blog.example.com"), LABELLED);
    applySelector();
    eventually(namespace, "merged", target -> assertThat(target.getData()).hasSize(4));

    Cluster.delete(namespace, "blog");

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_source_that_loses_its_label_leaves_the_target() {
    IssuedPair shop = issue("shop.example.com");
    IssuedPair blog = issue("blog.example.com");
    put(namespace, "shop", shop, LABELLED);
    put(namespace, "blog", blog, LABELLED);
    applySelector();
    eventually(namespace, "merged", target -> assertThat(target.getData()).hasSize(4));

    put(namespace, "blog", blog, Map.of());

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_broken_pair_never_reaches_the_target() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    putMismatched(namespace, "broken", "broken.example.com");

    applyList("broken", "shop");

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void status_and_event_say_which_source_is_broken_and_why() {
    put(namespace, "shop", issue("shop.example.com"));
    putMismatched(namespace, "broken", "broken.example.com");

    applyList("broken", "shop");

    eventually(
        () -> {
          CertMergeStatus status = status(namespace, "all");
          CertMergeStatus.Entry broken = entry(status, namespace + "/broken");
          assertThat(broken.state()).isEqualTo("Excluded");
          assertThat(broken.reason()).isEqualTo("KEY_MISMATCH");
          assertThat(broken.message()).isNotBlank().doesNotContain("PRIVATE KEY");
          assertThat(counts(namespace, "all").merged()).isEqualTo(1);
          assertThat(counts(namespace, "all").problems()).isEqualTo(1);
          assertThat(events(namespace, "SourceExcluded"))
              .singleElement()
              .satisfies(
                  event -> {
                    assertThat(event.getType()).isEqualTo("Warning");
                    assertThat(event.getMessage()).contains(namespace + "/broken", "KEY_MISMATCH");
                  });
        });
  }

  @Test
  void a_broken_renewal_does_not_displace_the_good_pair() {
    IssuedPair good = issue("shop.example.com");
    put(namespace, "shop", good);
    applyList("shop");
    eventuallyHolds(namespace, "merged", Map.of("shop", good));

    putMismatched(namespace, "shop", "shop.example.com");

    eventually(
        () -> {
          CertMergeStatus.Entry kept = entry(status(namespace, "all"), namespace + "/shop");
          assertThat(kept.state()).isEqualTo("Kept");
          assertThat(kept.reason()).isEqualTo("KEY_MISMATCH");
        });
    eventuallyHolds(namespace, "merged", Map.of("shop", good));
  }

  @Test
  void a_source_that_is_mended_is_merged_again() {
    put(namespace, "shop", issue("shop.example.com"));
    applyList("shop");
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
    putMismatched(namespace, "shop", "shop.example.com");
    eventually(() -> assertThat(counts(namespace, "all").kept()).isEqualTo(1));
    IssuedPair mended = issue("shop.example.com");

    put(namespace, "shop", mended);

    eventuallyHolds(namespace, "merged", Map.of("shop", mended));
    eventually(() -> assertThat(events(namespace, "SourceRecovered")).hasSize(1));
  }

  @Test
  void dropping_invalid_sources_takes_the_last_good_pair_out() {
    IssuedPair blog = issue("blog.example.com");
    put(namespace, "blog", blog);
    put(namespace, "shop", issue("shop.example.com"));
    applySpec("secretlist: [{name: shop}, {name: blog}]\n  onInvalid: Drop");
    eventually(namespace, "merged", target -> assertThat(target.getData()).hasSize(4));

    putMismatched(namespace, "shop", "shop.example.com");

    eventuallyHolds(namespace, "merged", Map.of("blog", blog));
  }

  @Test
  void the_last_good_pair_survives_a_restart_of_the_operator() {
    IssuedPair good = issue("shop.example.com");
    put(namespace, "shop", good);
    applyList("shop");
    eventuallyHolds(namespace, "merged", Map.of("shop", good));

    Cluster.withoutOperator(() -> putMismatched(namespace, "shop", "shop.example.com"));

    eventually(() -> assertThat(counts(namespace, "all").kept()).isEqualTo(1));
    eventuallyHolds(namespace, "merged", Map.of("shop", good));
  }

  @Test
  void a_deletion_while_the_operator_is_down_is_followed_up() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    put(namespace, "blog", issue("blog.example.com"));
    applyList("shop", "blog");
    eventually(namespace, "merged", target -> assertThat(target.getData()).hasSize(4));

    Cluster.withoutOperator(() -> Cluster.delete(namespace, "blog"));

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void an_edited_target_is_put_right() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applyList("shop");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));

    client()
        .secrets()
        .inNamespace(namespace)
        .withName("merged")
        .edit(
            target -> {
              target.getData().put("shop.crt", "YnJva2Vu");
              target.getData().put("planted.crt", "cGxhbnRlZA==");
              return target;
            });

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_deleted_target_is_made_anew() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applyList("shop");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    String uid = secret(namespace, "merged").getMetadata().getUid();

    Cluster.delete(namespace, "merged");

    eventually(
        namespace, "merged", target -> assertThat(target.getMetadata().getUid()).isNotEqualTo(uid));
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_change_that_changes_nothing_writes_nothing() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applyList("shop");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    Secret before = secret(namespace, "merged");

    put(namespace, "shop", shop, Map.of("touched", "yes"));
    putMismatched(namespace, "marker", "marker.example.com");
    applyList("shop", "marker");
    eventually(() -> assertThat(counts(namespace, "all").sources()).isEqualTo(2));

    assertThat(secret(namespace, "merged").getMetadata().getResourceVersion())
        .isEqualTo(before.getMetadata().getResourceVersion());
  }

  @Test
  void a_renamed_target_takes_the_place_of_the_old_one() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applyList("shop");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));

    applySpec("secretlist: [{name: shop}]", "merged-anew");

    eventuallyHolds(namespace, "merged-anew", Map.of("shop", shop));
    eventually(
        () ->
            assertThat(client().secrets().inNamespace(namespace).withName("merged").get())
                .isNull());
  }

  @Test
  void a_reconciliation_without_news_leaves_the_status_alone() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applyList("shop");
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
    String version = certMerge(namespace, "all").getMetadata().getResourceVersion();

    put(namespace, "shop", shop, Map.of("touched", "yes"));
    IssuedPair marker = issue("marker.example.com");
    put(namespace, "marker", marker);
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: later, namespace: %s}
        spec: {name: merged-later, secretlist: [{name: marker}]}
        """
            .formatted(namespace));
    eventuallyHolds(namespace, "merged-later", Map.of("marker", marker));

    assertThat(certMerge(namespace, "all").getMetadata().getResourceVersion()).isEqualTo(version);
  }

  @Test
  void the_garbage_collector_takes_a_target_with_its_certmerge() {
    put(namespace, "shop", issue("shop.example.com"));
    applyList("shop");
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));

    client().resource(certMerge(namespace, "all")).delete();

    // The collector looks for new kinds of resources every 30 s only.
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(
            () ->
                assertThat(client().secrets().inNamespace(namespace).withName("merged").get())
                    .isNull());
  }

  @Test
  void a_spec_that_passes_admission_and_makes_no_sense_is_reported_with_its_field() {
    applySpec("selector: [{labelselector: {matchExpressions: [{key: env, operator: In}]}}]");

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("InvalidSpec"));
    assertThat(status(namespace, "all").conditions())
        .singleElement()
        .satisfies(
            ready ->
                assertThat(ready.getMessage())
                    .contains("spec.selector[0].labelselector.matchExpressions[0].values"));
  }

  @Test
  void a_certmerge_that_is_made_anew_at_once_is_followed() {
    put(namespace, "shop", issue("shop.example.com"));
    for (int round = 0; round < 20; round++) {
      applyList("shop");
      client().resource(certMerge(namespace, "all")).delete();
    }
    applyList("shop");
    IssuedPair renewed = issue("shop.example.com");
    put(namespace, "shop", renewed);

    eventuallyHolds(namespace, "merged", Map.of("shop", renewed));
  }
}
