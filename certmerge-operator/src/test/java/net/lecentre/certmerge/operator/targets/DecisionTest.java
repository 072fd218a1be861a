package net.lecentre.certmerge.operator.targets;

import static net.lecentre.certmerge.operator.Samples.NOW;
import static net.lecentre.certmerge.operator.Samples.accepted;
import static net.lecentre.certmerge.operator.Samples.certMerge;
import static net.lecentre.certmerge.operator.Samples.issue;
import static net.lecentre.certmerge.operator.Samples.offer;
import static net.lecentre.certmerge.operator.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Merge;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.core.merge.Policy;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;

class DecisionTest {
  private static final CertMerge EDGE = certMerge("name: merged\nshards: 3");
  private static final IssuedPair PAIR = issue("shop.example.com");
  private static final int SIZE = PAIR.crtBytes().length + PAIR.keyBytes().length;
  private static final Offer A = offer("a", "web/a", PAIR);
  private static final Offer B = offer("b", "web/b", PAIR);
  private static final Offer C = offer("c", "web/c", PAIR);
  private static final ObjectName MERGED = new ObjectName("web", "merged");
  private static final ObjectName MERGED_1 = new ObjectName("web", "merged-1");
  private static final Rivals NONE = new Rivals(List.of(), Optional.empty());

  @Test
  void each_shard_is_a_step_with_what_it_holds() {
    Decision.Write write = written(decide(none(), Current.none(), A, B, C));

    assertThat(write.steps()).extracting(Decision.Step::target).containsExactly(MERGED, MERGED_1);
    assertThat(write.steps())
        .extracting(step -> step.pairs().keySet().toString())
        .containsExactly("[a, b]", "[c]");
    assertThat(write.steps()).extracting(Decision.Step::bytes).containsExactly(2 * SIZE, SIZE);
    assertThat(write.changes()).isTrue();
  }

  @Test
  void what_is_as_planned_is_no_change() {
    Decision.Write first = written(decide(none(), Current.none(), A, B, C));
    Decision.Write again =
        written(decide(Present.of(created(first)), held(Map.of("a", 0, "b", 0, "c", 1)), A, B, C));

    assertThat(again.changes()).isFalse();
    assertThat(again.version()).isEqualTo(first.version());
  }

  @Test
  void an_entry_is_written_to_where_it_moves_before_it_leaves() {
    // All of them are in the first shard, where two have room.
    Decision.Write write = written(decide(none(), held(Map.of("a", 0, "b", 0, "c", 0)), A, B, C));

    assertThat(write.steps()).extracting(Decision.Step::shard).containsExactly(1, 0);
  }

  @Test
  void the_version_does_not_depend_on_the_order_of_the_steps() {
    Decision.Write moved = written(decide(none(), held(Map.of("a", 0, "b", 0, "c", 0)), A, B, C));
    Decision.Write inOrder =
        new Decision.Write(moved.plan(), moved.steps().stream().sorted().toList(), List.of());

    assertThat(moved.steps()).isNotEqualTo(inOrder.steps());
    assertThat(moved.version()).isEqualTo(inOrder.version()).startsWith("sha256:");
  }

  @Test
  void the_version_of_a_single_secret_is_its_own() {
    Decision.Write write = written(decide(none(), Current.none(), A));

    assertThat(write.version()).isEqualTo(write.steps().get(0).write().contentHash());
  }

  @Test
  void a_secret_of_a_former_name_is_left() {
    assertThat(written(decide(Present.of(List.of(secret("former"))), Current.none(), A)).left())
        .containsExactly(new ObjectName("web", "former"));
  }

  @Test
  void a_shard_that_holds_nothing_any_more_is_left() {
    Decision.Write first = written(decide(none(), Current.none(), A, B, C));

    Decision.Write write =
        written(decide(Present.of(created(first)), held(Map.of("a", 0, "b", 0, "c", 1)), A, B));

    assertThat(write.left()).containsExactly(MERGED_1);
  }

  @Test
  void a_strangers_secret_in_the_place_of_a_shard_refuses_all_of_it() {
    Decision.Refuse refuse =
        refused(decide(Present.of(List.of(secret("merged-1"))), Current.none(), A, B, C));

    assertThat(refuse.reason()).isEqualTo("TargetConflict");
    assertThat(refuse.message()).contains("web/merged-1");
    assertThat(refuse.plan()).isPresent();
  }

  @Test
  void what_does_not_fit_is_refused_with_what_it_would_take() {
    Offer[] many =
        IntStream.range(0, 7)
            .mapToObj(number -> offer("key" + number, "web/key" + number, PAIR))
            .toArray(Offer[]::new);

    Decision.Refuse refuse = refused(decide(none(), Current.none(), many));

    assertThat(refuse.reason()).isEqualTo("TargetTooLarge");
    assertThat(refuse.message()).contains(7 * SIZE + " bytes", "3 Secrets take", "spec.shards");
    assertThat(refuse.plan()).isPresent();
  }

  @Test
  void more_names_of_sources_than_annotations_take_are_refused() {
    CertMerge certMerge = certMerge("name: merged");
    // As long as names of Secrets get; the pairs themselves fit.
    List<Offer> many = new ArrayList<>();
    for (int number = 0; number < 600; number++) {
      String key = "%0240d".formatted(number);
      many.add(offer(key, "web/" + key, PAIR));
    }
    MergePlan plan = Merge.plan(many, Current.none(), Policy.DEFAULT, NOW);

    Decision decision =
        Decision.of(certMerge, spec(certMerge), plan, none(), Current.none(), target -> NONE);

    assertThat(refused(decision).reason()).isEqualTo("TargetTooLarge");
    assertThat(refused(decision).message()).contains("annotations");
  }

  /** Decides about shards that take two pairs each. */
  private static Decision decide(Present present, Current current, Offer... offers) {
    Policy policy = Policy.DEFAULT.withShards(3, 2 * SIZE);
    MergePlan plan = Merge.plan(List.of(offers), current, policy, NOW);
    return Decision.of(EDGE, spec(EDGE), plan, present, current, target -> NONE);
  }

  private static Secret secret(String name) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("web")
        .withName(name)
        .endMetadata()
        .withType("Opaque")
        .build();
  }

  private static Present none() {
    return Present.of(List.of());
  }

  private static Current held(Map<String, Integer> shards) {
    Map<String, Current.Entry> entries = new HashMap<>();
    shards.forEach(
        (key, shard) ->
            entries.put(
                key, new Current.Entry("web/" + key, accepted(PAIR), shard, Optional.empty())));
    return new Current(entries);
  }

  private static List<Secret> created(Decision.Write write) {
    return write.steps().stream()
        .map(step -> ((TargetWrite.Create) step.write()).secret())
        .map(
            secret ->
                new SecretBuilder(secret)
                    .editMetadata()
                    .withResourceVersion("17")
                    .endMetadata()
                    .build())
        .toList();
  }

  private static Decision.Write written(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Write.class);
    return (Decision.Write) decision;
  }

  private static Decision.Refuse refused(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Refuse.class);
    return (Decision.Refuse) decision;
  }
}
