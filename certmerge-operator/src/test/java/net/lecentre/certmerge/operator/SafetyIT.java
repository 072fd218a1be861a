package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.certMerge;
import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.counts;
import static net.lecentre.certmerge.operator.Cluster.delete;
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

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.operator.status.StatusFactory;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What keeps mistakes from emptying a gateway. */
class SafetyIT {
  private String namespace = "";

  @BeforeEach
  void makeNamespace() {
    namespace = Cluster.newNamespace();
  }

  private static final Map<String, String> LABELLED = Map.of("certmerge", "true");
  private static final String SELECTED =
      "selector: [{labelselector: {matchLabels: {certmerge: \"true\"}}}]";

  private void applySpec(String spec) {
    applySpec("all", spec);
  }

  private void applySpec(String name, String spec) {
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: %s, namespace: %s}
        spec: %s
        """
            .formatted(name, namespace, spec));
  }

  private String readyMessage() {
    return Objects.requireNonNull(status(namespace, "all").conditions()).stream()
        .filter(condition -> condition.getType().equals(StatusFactory.READY))
        .map(Condition::getMessage)
        .findFirst()
        .orElseThrow();
  }

  private String heldId() {
    return readyMessage().replaceFirst("(?s).*certmerge.lecentre.net/release=(\\S+).*", "$1");
  }

  private void release(String id) {
    client()
        .resource(certMerge(namespace, "all"))
        .edit(
            certMerge -> {
              certMerge.getMetadata().setAnnotations(Map.of("certmerge.lecentre.net/release", id));
              return certMerge;
            });
  }

  private String sources() {
    return secret(namespace, "merged")
        .getMetadata()
        .getAnnotations()
        .getOrDefault("certmerge.lecentre.net/sources", "");
  }

  @Test
  void a_deleted_source_stays_for_its_grace_period() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applySpec("{name: merged, deletedSourceGracePeriod: 1h, secretlist: [{name: shop}]}");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));

    delete(namespace, "shop");

    eventually(
        () -> {
          CertMergeStatus.Entry entry = entry(status(namespace, "all"), namespace + "/shop");
          assertThat(entry.state()).isEqualTo("Kept");
          assertThat(entry.reason()).isEqualTo("NotFound");
        });
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_source_that_is_no_longer_selected_stays_for_its_grace_period_and_not_longer() {
    IssuedPair shop = issue("shop.example.com");
    IssuedPair blog = issue("blog.example.com");
    put(namespace, "shop", shop, LABELLED);
    put(namespace, "blog", blog, LABELLED);
    applySpec("{name: merged, deletedSourceGracePeriod: 1h, " + SELECTED + "}");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog));

    put(namespace, "shop", shop, Map.of("certmerge", "false"));

    eventually(() -> assertThat(counts(namespace, "all").kept()).isEqualTo(1));
    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog));
    applySpec("{name: merged, deletedSourceGracePeriod: 0s, " + SELECTED + "}");
    eventuallyHolds(namespace, "merged", Map.of("blog", blog));
  }

  @Test
  void a_grace_period_does_not_begin_anew_with_a_restart() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applySpec("{name: merged, deletedSourceGracePeriod: 1h, secretlist: [{name: shop}]}");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    delete(namespace, "shop");
    eventually(() -> assertThat(counts(namespace, "all").kept()).isEqualTo(1));
    String before = sources();

    IssuedPair later = issue("later.example.com");
    Cluster.withoutOperator(() -> put(namespace, "later", later));
    applySpec(
        "{name: merged, deletedSourceGracePeriod: 1h, secretlist: [{name: shop}, {name: later}]}");

    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "later", later));
    assertThat(before).contains(namespace + "/shop 20");
    assertThat(sources()).contains(before.substring(1, before.length() - 1));
  }

  @Test
  void a_removal_of_too_many_is_held_back_and_everything_else_goes_on() {
    IssuedPair one = issue("one.example.com");
    IssuedPair two = issue("two.example.com");
    IssuedPair three = issue("three.example.com");
    put(namespace, "one", one, LABELLED);
    put(namespace, "two", two, LABELLED);
    put(namespace, "three", three, LABELLED);
    applySpec("{name: merged, maxRemovals: 1, " + SELECTED + "}");
    eventuallyHolds(namespace, "merged", Map.of("one", one, "two", two, "three", three));

    Cluster.withoutOperator(
        () -> {
          delete(namespace, "one");
          delete(namespace, "two");
        });

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("RemovalHeld"));
    assertThat(Cluster.events(namespace, "RemovalHeld")).isNotEmpty();
    IssuedPair renewed = issue("three.example.com");
    put(namespace, "three", renewed, LABELLED);
    eventuallyHolds(namespace, "merged", Map.of("one", one, "two", two, "three", renewed));
    assertThat(readyReason(namespace, "all")).isEqualTo("RemovalHeld");
  }

  @Test
  void the_annotation_that_names_a_held_removal_releases_it() {
    IssuedPair one = issue("one.example.com");
    IssuedPair two = issue("two.example.com");
    put(namespace, "one", one, LABELLED);
    put(namespace, "two", two, LABELLED);
    applySpec("{name: merged, maxRemovals: 0, " + SELECTED + "}");
    eventuallyHolds(namespace, "merged", Map.of("one", one, "two", two));
    delete(namespace, "one");
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("RemovalHeld"));

    release(heldId());

    eventuallyHolds(namespace, "merged", Map.of("two", two));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
  }

  @Test
  void a_release_of_one_removal_does_not_release_another() {
    IssuedPair one = issue("one.example.com");
    IssuedPair two = issue("two.example.com");
    put(namespace, "one", one, LABELLED);
    put(namespace, "two", two, LABELLED);
    applySpec("{name: merged, maxRemovals: 0, " + SELECTED + "}");
    eventuallyHolds(namespace, "merged", Map.of("one", one, "two", two));
    delete(namespace, "one");
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("RemovalHeld"));
    String id = heldId();
    delete(namespace, "two");
    eventually(() -> assertThat(heldId()).isNotEqualTo(id));

    release(id);

    IssuedPair three = issue("three.example.com");
    put(namespace, "three", three, LABELLED);
    eventuallyHolds(namespace, "merged", Map.of("one", one, "two", two, "three", three));
    assertThat(readyReason(namespace, "all")).isEqualTo("RemovalHeld");
  }

  @Test
  void a_suspended_certmerge_writes_nothing_and_catches_up_when_it_is_resumed() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    applySpec("{name: merged, secretlist: [{name: shop}]}");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    applySpec("{name: merged, suspend: true, secretlist: [{name: shop}]}");
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Suspended"));
    String version = secret(namespace, "merged").getMetadata().getResourceVersion();

    IssuedPair renewed = issue("shop.example.com");
    put(namespace, "shop", renewed);
    applySpec("witness", "{name: witness, secretlist: [{name: shop}]}");
    eventuallyHolds(namespace, "witness", Map.of("shop", renewed));

    assertThat(secret(namespace, "merged").getMetadata().getResourceVersion()).isEqualTo(version);
    applySpec("{name: merged, suspend: false, secretlist: [{name: shop}]}");
    eventuallyHolds(namespace, "merged", Map.of("shop", renewed));
  }

  @Test
  void a_target_that_would_be_too_large_stays_as_it_is() {
    put(namespace, "large", ShardsIT.large("large.example.com"));
    put(namespace, "larger", ShardsIT.large("larger.example.com"));
    applySpec("{name: merged, secretlist: [{name: large}]}");
    eventually(() -> assertThat(keys(secret(namespace, "merged"))).hasSize(2));
    String version = secret(namespace, "merged").getMetadata().getResourceVersion();

    applySpec("{name: merged, secretlist: [{name: large}, {name: larger}]}");

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("TargetTooLarge"));
    assertThat(secret(namespace, "merged").getMetadata().getResourceVersion()).isEqualTo(version);
    assertThat(Cluster.events(namespace, "TargetTooLarge")).isNotEmpty();
  }

  @Test
  void secrets_of_any_content_stop_nobody() {
    IssuedPair shop = issue("shop.example.com");
    put(namespace, "shop", shop);
    byte[] garbage = new byte[500_000];
    new java.util.Random(1).nextBytes(garbage);
    String encoded = Base64.getEncoder().encodeToString(garbage);
    String text = "-----BEGIN CERTIFICATE-----\n\u0000\u202e\ud83d\ude00\n".repeat(5000);
    String odd =
        Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Map<String, String[]> contents =
        Map.of(
            "empty", new String[] {"", ""},
            "noise", new String[] {encoded, encoded},
            "odd", new String[] {odd, odd});
    contents.forEach(
        (name, content) ->
            client()
                .resource(
                    new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .withType("kubernetes.io/tls")
                        .addToData("tls.crt", content[0])
                        .addToData("tls.key", content[1])
                        .build())
                .create());

    applySpec(
        "{name: merged, secretlist: [{name: empty}, {name: noise}, {name: odd}, {name: shop}]}");

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    eventually(() -> assertThat(counts(namespace, "all").excluded()).isEqualTo(3));
  }
}
