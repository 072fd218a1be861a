package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.certMerge;
import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.keys;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A target of several Secrets. */
class ShardsIT {
  private String namespace = "";

  @BeforeEach
  void makeNamespace() {
    namespace = Cluster.newNamespace();
  }

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

  /** A pair of more than half a Secret: its leaf has very many names. */
  static IssuedPair large(String host) {
    return issue(
        host,
        IntStream.range(0, 18_000)
            .mapToObj("host-%05d.example.com"::formatted)
            .toArray(String[]::new));
  }

  private Set<String> keysOf(String name) {
    Secret found = client().secrets().inNamespace(namespace).withName(name).get();
    return found == null ? Set.of("none") : keys(found);
  }

  private void mergeTwoLarge() {
    put(namespace, "one", large("one.example.com"));
    put(namespace, "two", large("two.example.com"));
    applySpec("{name: merged, shards: 3, secretlist: [{name: one}, {name: two}]}");
    eventually(
        () -> {
          assertThat(keysOf("merged")).hasSize(2);
          assertThat(keysOf("merged-1")).hasSize(2);
        });
  }

  @Test
  void what_does_not_fit_goes_into_another_secret_and_the_files_of_an_entry_stay_together() {
    mergeTwoLarge();

    Set<Set<String>> held = Set.of(keysOf("merged"), keysOf("merged-1"));
    assertThat(held).isEqualTo(Set.of(Set.of("one.crt", "one.key"), Set.of("two.crt", "two.key")));
    assertThat(readyReason(namespace, "all")).isEqualTo("Merged");
    assertThat(keysOf("merged-2")).containsExactly("none");
  }

  @Test
  void each_secret_belongs_to_the_certmerge() {
    mergeTwoLarge();

    assertThat(secret(namespace, "merged-1").getMetadata())
        .satisfies(
            metadata -> {
              assertThat(metadata.getAnnotations())
                  .containsEntry("certmerge.lecentre.net/owner", namespace + "/all");
              assertThat(metadata.getOwnerReferences())
                  .singleElement()
                  .satisfies(
                      owner ->
                          assertThat(owner.getUid())
                              .isEqualTo(certMerge(namespace, "all").getMetadata().getUid()));
            });
  }

  @Test
  void a_secret_beyond_a_lowered_bound_is_deleted() {
    mergeTwoLarge();

    applySpec("{name: merged, shards: 1, secretlist: [{name: one}]}");

    eventually(
        () -> {
          assertThat(keysOf("merged")).isEqualTo(new TreeSet<>(Set.of("one.crt", "one.key")));
          assertThat(keysOf("merged-1")).containsExactly("none");
        });
  }

  @Test
  void somebody_elses_secret_in_the_place_of_a_shard_is_left_alone() {
    client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("merged-1")
                .endMetadata()
                .addToStringData("theirs", "kept")
                .build())
        .create();
    put(namespace, "one", large("one.example.com"));
    put(namespace, "two", large("two.example.com"));

    applySpec("{name: merged, shards: 2, secretlist: [{name: one}, {name: two}]}");

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("TargetConflict"));
    assertThat(keysOf("merged-1")).containsExactly("theirs");
    assertThat(keysOf("merged")).containsExactly("none");
  }

  @Test
  void a_secret_that_may_become_a_shard_is_no_other_certmerges_target() {
    mergeTwoLarge();
    put(namespace, "small", issue("small.example.com"));

    applySpec("later", "{name: merged-1, secretlist: [{name: small}]}");

    eventually(() -> assertThat(readyReason(namespace, "later")).isEqualTo("TargetConflict"));
    assertThat(keysOf("merged-1")).doesNotContain("small.crt");
  }
}
