package net.lecentre.certmerge.core.merge;

import static net.lecentre.certmerge.core.inspect.TestPki.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.format.Format;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Rejected;
import net.lecentre.certmerge.core.inspect.TestPki;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.MergePlan.Change;
import net.lecentre.certmerge.core.merge.MergePlan.Entry;
import net.lecentre.certmerge.core.merge.MergePlan.Shard;
import net.lecentre.certmerge.core.merge.MergePlan.State;
import net.lecentre.certmerge.core.merge.Offer.Absent;
import net.lecentre.certmerge.core.merge.Offer.Content;
import net.lecentre.certmerge.core.merge.Offer.Reason;
import net.lecentre.certmerge.core.merge.Offer.Withdrawn;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What holds for every merge, shown on histories of random sources under random policies; on more
 * of them with {@code -Dcertmerge.seeds=N}.
 */
class MergePropertiesTest {
  private static final List<TlsPair> GOOD =
      IntStream.range(0, 12)
          .mapToObj(i -> TestPki.pair("h" + i + ".example.com", NOW.plus(Duration.ofDays(90))))
          .toList();

  private static final Rejected BROKEN =
      new Rejected(List.of(new Finding(Code.KEY_MISMATCH, "tls.key: the wrong one")));

  private static final int STEPS = 25;

  /** One planning: what went in and what came out. */
  private record Step(
      List<Offer> offers, Current current, Policy policy, Instant now, MergePlan plan) {
    /** What it takes to look at one again. */
    @Override
    public String toString() {
      return "the step at " + now;
    }

    Optional<Offer> offer(String source) {
      return offers.stream().filter(offer -> offer.source().equals(source)).findFirst();
    }

    Map<String, Entry> written() {
      return plan.written().collect(Collectors.toMap(Entry::key, entry -> entry));
    }

    boolean withdrawn(String source) {
      return offer(source)
          .filter(
              offer ->
                  offer instanceof Withdrawn
                      || (offer instanceof Absent absent && absent.reason() == Reason.NOT_ALLOWED))
          .isPresent();
    }

    /** What the target holds when the plan was carried out. */
    Current after() {
      if (plan.tooLarge()) {
        return current;
      }
      Map<String, Current.Entry> entries = new HashMap<>();
      Map<String, Entry> written = written();
      for (int shard = 0; shard < plan.shards().size(); shard++) {
        for (var held : plan.shards().get(shard).pairs().entrySet()) {
          Entry entry = written.get(held.getKey());
          assertThat(entry).as("an entry for what a shard holds").isNotNull();
          entries.put(
              held.getKey(),
              new Current.Entry(entry.source(), held.getValue(), shard, entry.goneSince()));
        }
      }
      return new Current(entries);
    }
  }

  /** A history of sources that come, go, break, move and are renewed. */
  private static Stream<Step> history(long seed) {
    Random random = new Random(seed);
    Policy policy = policy(random);
    List<Step> steps = new ArrayList<>();
    Current current = Current.none();
    Instant now = NOW;
    for (int i = 0; i < STEPS; i++) {
      List<Offer> offers = offers(random);
      Step step = new Step(offers, current, policy, now, Merge.plan(offers, current, policy, now));
      steps.add(step);
      current = step.after();
      now = now.plus(Duration.ofMinutes(random.nextInt(90)));
    }
    return steps.stream();
  }

  private static Policy policy(Random random) {
    List<Layout> layouts =
        List.of(
            Layout.PAIRS,
            new Layout(EnumSet.of(Format.COMBINED_PEM), "/certs"),
            new Layout(EnumSet.allOf(Format.class), "/certs"));
    Layout layout = layouts.get(random.nextInt(layouts.size()));
    return Policy.DEFAULT
        .with(random.nextInt(4) == 0 ? OnInvalid.DROP : OnInvalid.KEEP)
        .withGrace(Duration.ofHours(random.nextInt(3)))
        .with(
            random.nextBoolean()
                ? MaxRemovals.of(random.nextInt(4))
                : MaxRemovals.percent(random.nextInt(5) * 25))
        .with(layout)
        .withShards(
            1 + random.nextInt(4), layout.size("key-0", GOOD.get(0)) * (2 + random.nextInt(6)));
  }

  private static List<Offer> offers(Random random) {
    List<Offer> offers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String source = "ns/s" + i;
      // Some sources want each other's keys, and some change theirs.
      String key = "key-" + (random.nextInt(10) == 0 ? random.nextInt(8) : i);
      switch (random.nextInt(10)) {
        case 0 -> offers.add(new Content(key, source, BROKEN));
        case 1 -> offers.add(new Absent(key, source, reason(random), "why"));
        case 2 -> offers.add(new Withdrawn(key, source));
        case 3 -> {
          // Neither offered nor withdrawn: deleted, or not selected.
        }
        default ->
            offers.add(
                new Content(
                    key, source, new Accepted(GOOD.get(random.nextInt(GOOD.size())), List.of())));
      }
    }
    Collections.shuffle(offers, random);
    return offers;
  }

  private static Reason reason(Random random) {
    return List.of(Reason.values()).get(random.nextInt(Reason.values().length));
  }

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("certmerge.seeds", 40));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void only_good_pairs_are_ever_written(long seed) {
    assertThat(history(seed))
        .allSatisfy(step -> assertThat(step.written().values()).allMatch(it -> isGood(it)));
  }

  private static boolean isGood(Entry entry) {
    return entry.pair().filter(GOOD::contains).isPresent();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_good_source_is_merged_unless_another_one_has_its_key(long seed) {
    assertThat(history(seed))
        .allSatisfy(
            step ->
                step.offers().stream()
                    .filter(Content.class::isInstance)
                    .map(Content.class::cast)
                    .filter(content -> content.inspection() instanceof Accepted)
                    .forEach(
                        content -> {
                          Entry owner = step.written().get(content.key());
                          assertThat(owner).isNotNull();
                          if (owner.source().equals(content.source())) {
                            assertThat(owner.pair()).isEqualTo(pair(content));
                            assertThat(owner.state()).isEqualTo(State.MERGED);
                          }
                        }));
  }

  private static Optional<TlsPair> pair(Content content) {
    return Optional.of(((Accepted) content.inspection()).pair());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_good_entry_is_never_lost_to_a_bad_source(long seed) {
    assertThat(history(seed))
        .filteredOn(step -> step.policy().onInvalid() == OnInvalid.KEEP)
        .allSatisfy(
            step ->
                step.current()
                    .entries()
                    .forEach(
                        (key, held) -> {
                          Optional<Offer> offer = step.offer(held.source());
                          boolean broke =
                              offer
                                  .filter(
                                      it ->
                                          it.key().equals(key)
                                              && it instanceof Content content
                                              && content.inspection() instanceof Rejected)
                                  .isPresent();
                          if (broke) {
                            Entry entry = step.written().get(key);
                            assertThat(entry).isNotNull();
                            if (entry.source().equals(held.source())) {
                              assertThat(entry.pair()).contains(held.pair());
                            } else {
                              // Then a good source that comes first has the key.
                              assertThat(isGood(entry)).isTrue();
                            }
                          }
                        }));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void no_more_leave_at_once_than_may(long seed) {
    assertThat(history(seed))
        .allSatisfy(
            step -> {
              long left =
                  step.plan().removed().stream()
                      .filter(removed -> !step.withdrawn(removed.source()))
                      .count();
              assertThat(step.policy().maxRemovals().allows((int) left, heldOrWritten(step)))
                  .isTrue();
            });
  }

  private static int heldOrWritten(Step step) {
    Set<String> keys = new HashSet<>(step.current().entries().keySet());
    keys.addAll(step.written().keySet());
    return keys.size();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothing_stays_without_its_owners_consent(long seed) {
    assertThat(history(seed))
        .allSatisfy(
            step ->
                assertThat(step.written().values()).noneMatch(it -> step.withdrawn(it.source())));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void planning_again_changes_nothing(long seed) {
    assertThat(history(seed))
        .filteredOn(step -> !step.plan().tooLarge())
        .allSatisfy(
            step -> {
              MergePlan again = Merge.plan(step.offers(), step.after(), step.policy(), step.now());
              assertThat(again.shards()).isEqualTo(step.plan().shards());
              assertThat(again.removed()).isEmpty();
              assertThat(again.written()).allMatch(it -> it.change() == Change.UNCHANGED);
              assertThat(again.nextChange()).isEqualTo(step.plan().nextChange());
            });
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void the_order_of_offers_matters_only_to_those_that_want_the_same_key(long seed) {
    assertThat(history(seed))
        .filteredOn(
            step ->
                step.offers().stream().map(Offer::key).distinct().count() == step.offers().size())
        .allSatisfy(
            step -> {
              List<Offer> reversed = new ArrayList<>(step.offers());
              Collections.reverse(reversed);
              MergePlan other = Merge.plan(reversed, step.current(), step.policy(), step.now());
              assertThat(other.shards()).isEqualTo(step.plan().shards());
              assertThat(new HashSet<>(other.entries()))
                  .isEqualTo(new HashSet<>(step.plan().entries()));
            });
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void shards_hold_each_entry_once_and_never_exceed_the_limit(long seed) {
    assertThat(history(seed))
        .filteredOn(step -> !step.plan().tooLarge())
        .allSatisfy(
            step -> {
              List<Shard> shards = step.plan().shards();
              assertThat(shards).hasSizeBetween(1, step.policy().shards());
              assertThat(shards.stream().flatMap(shard -> shard.pairs().keySet().stream()))
                  .containsExactlyInAnyOrderElementsOf(step.written().keySet());
              assertThat(shards)
                  .allSatisfy(
                      shard -> {
                        assertThat(shard.bytes())
                            .isLessThanOrEqualTo(step.policy().maxBytes())
                            .isEqualTo(size(step.policy().layout(), shard));
                      });
            });
  }

  private static int size(Layout layout, Shard shard) {
    return layout.files(shard.pairs()).values().stream().mapToInt(bytes -> bytes.length).sum();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void what_is_written_reads_back_as_the_same_pairs(long seed) {
    assertThat(history(seed).limit(3))
        .allSatisfy(
            step ->
                assertThat(step.plan().shards())
                    .allSatisfy(
                        shard ->
                            assertThat(
                                    Layout.read(
                                        step.policy().layout().files(shard.pairs()),
                                        Acceptance.envoy()))
                                .isEqualTo(shard.pairs())));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void an_entry_that_stays_in_one_of_several_shards_does_not_move_without_need(long seed) {
    assertThat(history(seed))
        .filteredOn(step -> !step.plan().tooLarge())
        .allSatisfy(
            step -> {
              Set<String> moved = new HashSet<>();
              Map<String, Current.Entry> after = step.after().entries();
              step.current()
                  .entries()
                  .forEach(
                      (key, held) -> {
                        Current.Entry now = after.get(key);
                        if (now != null && now.shard() != held.shard()) {
                          moved.add(key);
                        }
                      });
              if (fitsWhereItIs(step)) {
                assertThat(moved).isEmpty();
              }
            });
  }

  /** Whether the entries that were there, as large as they are now, still fit, and the new ones. */
  private static boolean fitsWhereItIs(Step step) {
    int[] used = new int[step.policy().shards()];
    int fresh = 0;
    for (Entry entry : step.written().values()) {
      int size = step.policy().layout().size(entry.key(), entry.pair().orElseThrow());
      Current.Entry held = step.current().entries().get(entry.key());
      if (held == null) {
        fresh += size;
      } else {
        used[held.shard()] += size;
      }
    }
    int roomiest = 0;
    for (int bytes : used) {
      if (bytes > step.policy().maxBytes()) {
        return false;
      }
      roomiest = Math.max(roomiest, step.policy().maxBytes() - bytes);
    }
    return fresh <= roomiest;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_grace_period_is_never_longer_than_it_is(long seed) {
    assertThat(history(seed))
        .filteredOn(step -> step.plan().held().isEmpty())
        .allSatisfy(
            step ->
                assertThat(step.written().values())
                    .allSatisfy(
                        entry ->
                            entry
                                .goneSince()
                                .ifPresent(
                                    gone ->
                                        assertThat(gone.plus(step.policy().grace()))
                                            .isAfter(step.now()))));
  }
}
