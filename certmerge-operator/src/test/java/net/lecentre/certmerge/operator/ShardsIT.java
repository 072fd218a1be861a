package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.apply;
import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.exists;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.issueLarge;
import static net.lecentre.certmerge.operator.Cluster.keys;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.ready;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;

/** Targets of more than one Secret: each of them takes 1 MiB. */
class ShardsIT {
  private static final String THREE = "secretlist: [{name: a}, {name: b}, {name: c}]";

  /** Two of them fit in one Secret and three do not. */
  private static final IssuedPair A = issueLarge("a.example.com", 400_000);

  private static final IssuedPair B = issueLarge("b.example.com", 400_000);
  private static final IssuedPair C = issueLarge("c.example.com", 400_000);

  private final String namespace = Cluster.newNamespace();

  private void putThree() {
    put(namespace, "a", A);
    put(namespace, "b", B);
    put(namespace, "c", C);
  }

  /** The largest go first: a and b in one Secret, c in the next. */
  private void spill() {
    putThree();
    apply(namespace, "all", "name: merged, shards: 3, " + THREE);
    eventuallyHolds(namespace, "merged", Map.of("a", A, "b", B));
    eventuallyHolds(namespace, "merged-1", Map.of("c", C));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
  }

  @Test
  void what_does_not_fit_in_the_first_secret_goes_to_the_next() {
    spill();

    assertThat(exists(namespace, "merged-2")).isFalse();
    assertThat(secret(namespace, "merged-1").getMetadata().getAnnotations())
        .containsEntry("certmerge.lecentre.net/owner", namespace + "/all");
  }

  @Test
  void a_renewal_stays_in_its_secret_and_leaves_the_others_alone() {
    spill();
    String before = secret(namespace, "merged").getMetadata().getResourceVersion();
    IssuedPair renewed = issueLarge("c.example.com", 390_000);

    put(namespace, "c", renewed);

    eventuallyHolds(namespace, "merged-1", Map.of("c", renewed));
    assertThat(secret(namespace, "merged").getMetadata().getResourceVersion()).isEqualTo(before);
  }

  @Test
  void an_entry_that_outgrows_its_secret_moves_with_both_of_its_files() {
    spill();
    IssuedPair grown = issueLarge("a.example.com", 700_000);

    put(namespace, "a", grown);

    eventually(
        () -> {
          assertThat(keys(secret(namespace, "merged"))).containsExactly("a.crt", "a.key");
          assertThat(keys(secret(namespace, "merged-1")))
              .containsExactly("b.crt", "b.key", "c.crt", "c.key");
        });
    eventuallyHolds(namespace, "merged", Map.of("a", grown));
  }

  @Test
  void a_further_secret_goes_when_the_last_of_its_sources_does() {
    spill();

    Cluster.delete(namespace, "c");

    eventually(() -> assertThat(exists(namespace, "merged-1")).isFalse());
    eventuallyHolds(namespace, "merged", Map.of("a", A, "b", B));
  }

  @Test
  void a_lower_bound_removes_the_secrets_beyond_it() {
    spill();

    apply(namespace, "all", "name: merged, shards: 1, secretlist: [{name: a}, {name: c}]");

    eventuallyHolds(namespace, "merged", Map.of("a", A, "c", C));
    eventually(() -> assertThat(exists(namespace, "merged-1")).isFalse());
  }

  @Test
  void a_bound_that_is_too_low_changes_nothing() {
    spill();

    apply(namespace, "all", "name: merged, shards: 1, " + THREE);

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("TargetTooLarge"));
    eventuallyHolds(namespace, "merged", Map.of("a", A, "b", B));
    eventuallyHolds(namespace, "merged-1", Map.of("c", C));
  }

  @Test
  void the_last_good_pair_in_a_further_secret_survives_a_restart() {
    spill();

    Cluster.withoutOperator(() -> Cluster.putMismatched(namespace, "c", "c.example.com"));

    eventually(() -> assertThat(Cluster.counts(namespace, "all").kept()).isEqualTo(1));
    eventuallyHolds(namespace, "merged-1", Map.of("c", C));
  }

  @Test
  void a_strangers_secret_in_the_place_of_a_further_one_is_not_touched() {
    client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("merged-1")
                .endMetadata()
                .addToStringData("password", "keep me")
                .build())
        .create();
    Secret before = secret(namespace, "merged-1");
    putThree();

    apply(namespace, "all", "name: merged, shards: 3, " + THREE);

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("TargetConflict"));
    assertThat(ready(namespace, "all").getMessage()).contains(namespace + "/merged-1");
    assertThat(secret(namespace, "merged-1")).isEqualTo(before);
    assertThat(exists(namespace, "merged")).isFalse();
  }

  @Test
  void a_further_secret_that_is_another_certmerges_target_stays_that_ones() {
    IssuedPair own = issue("own.example.com");
    put(namespace, "own", own);
    apply(namespace, "first", "name: merged-1, secretlist: [{name: own}]");
    eventuallyHolds(namespace, "merged-1", Map.of("own", own));
    putThree();

    apply(namespace, "second", "name: merged, shards: 2, " + THREE);

    eventually(() -> assertThat(readyReason(namespace, "second")).isEqualTo("TargetConflict"));
    assertThat(ready(namespace, "second").getMessage()).contains(namespace + "/first");
    eventuallyHolds(namespace, "merged-1", Map.of("own", own));
  }

  @Test
  void the_place_of_a_further_secret_is_the_older_certmerges_though_it_does_not_need_it_yet() {
    put(namespace, "a", A);
    apply(namespace, "first", "name: merged, shards: 2, secretlist: [{name: a}]");
    eventuallyHolds(namespace, "merged", Map.of("a", A));

    apply(namespace, "second", "name: merged-1, secretlist: [{name: a}]");

    eventually(() -> assertThat(readyReason(namespace, "second")).isEqualTo("TargetConflict"));
    assertThat(exists(namespace, "merged-1")).isFalse();
  }
}
