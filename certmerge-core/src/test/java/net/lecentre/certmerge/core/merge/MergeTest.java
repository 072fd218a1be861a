package net.lecentre.certmerge.core.merge;

import static net.lecentre.certmerge.core.inspect.TestPki.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.format.Format;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Rejected;
import net.lecentre.certmerge.core.inspect.TestPki;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.MergePlan.Change;
import net.lecentre.certmerge.core.merge.MergePlan.Entry;
import net.lecentre.certmerge.core.merge.MergePlan.Problem;
import net.lecentre.certmerge.core.merge.MergePlan.Removed;
import net.lecentre.certmerge.core.merge.MergePlan.Shard;
import net.lecentre.certmerge.core.merge.MergePlan.State;
import net.lecentre.certmerge.core.merge.Offer.Absent;
import net.lecentre.certmerge.core.merge.Offer.Content;
import net.lecentre.certmerge.core.merge.Offer.Reason;
import net.lecentre.certmerge.core.merge.Offer.Withdrawn;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MergeTest {
  private static final Instant FAR = NOW.plus(Duration.ofDays(60));
  private static final TlsPair OLD = TestPki.pair("old.example.com", FAR);
  private static final TlsPair NEW = TestPki.pair("new.example.com", FAR);
  private static final Inspection BROKEN =
      new Rejected(List.of(new Finding(Code.KEY_MISMATCH, "tls.key: the wrong one")));
  private static final Problem MISMATCH =
      new Problem(
          "KEY_MISMATCH",
          "tls.key: the wrong one. Put the key that the certificate was issued for into tls.key, and"
              + " the leaf first into tls.crt.");
  private static final Policy DROP = Policy.DEFAULT.with(OnInvalid.DROP);

  private static Content good(String key, String source, TlsPair pair) {
    return new Content(key, source, new Accepted(pair, List.of()));
  }

  private static Content broken(String key, String source) {
    return new Content(key, source, BROKEN);
  }

  private static Absent absent(String key, String source) {
    return new Absent(key, source, Reason.NOT_FOUND, "there is no such Secret");
  }

  private static Current holds(String key, String source, TlsPair pair) {
    return new Current(Map.of(key, new Current.Entry(source, pair)));
  }

  private static MergePlan plan(Current current, Offer... offers) {
    return Merge.plan(List.of(offers), current, Policy.DEFAULT, NOW);
  }

  private static Entry merged(String key, String source, TlsPair pair, Change change) {
    return new Entry(
        key,
        source,
        State.MERGED,
        Optional.of(pair),
        Optional.empty(),
        List.of(),
        change,
        Optional.empty());
  }

  @Test
  void nothing_offered_and_nothing_held_is_nothing_to_do() {
    MergePlan plan = plan(Current.none());
    assertThat(plan)
        .isEqualTo(
            new MergePlan(
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(new Shard(new TreeMap<>(), 0)),
                0,
                false,
                Optional.empty()));
    assertThat(plan.nextExpiry()).isEmpty();
  }

  @Test
  void a_good_pair_is_added() {
    assertThat(plan(Current.none(), good("a", "ns/a", NEW)).entries())
        .containsExactly(merged("a", "ns/a", NEW, Change.ADDED));
  }

  @Test
  void a_renewed_pair_replaces_the_one_that_is_held() {
    assertThat(plan(holds("a", "ns/a", OLD), good("a", "ns/a", NEW)).entries())
        .containsExactly(merged("a", "ns/a", NEW, Change.CHANGED));
  }

  @Test
  void the_pair_that_is_held_is_no_change() {
    assertThat(plan(holds("a", "ns/a", OLD), good("a", "ns/a", OLD)).entries())
        .containsExactly(merged("a", "ns/a", OLD, Change.UNCHANGED));
  }

  @Test
  void entries_come_in_the_order_of_the_offers() {
    assertThat(
            plan(
                    Current.none(),
                    good("b", "ns/b", NEW),
                    absent("c", "ns/c"),
                    good("a", "ns/a", OLD))
                .entries())
        .extracting(Entry::key)
        .containsExactly("b", "c", "a");
  }

  @Test
  void a_broken_pair_never_enters() {
    assertThat(plan(Current.none(), broken("a", "ns/a")).entries())
        .containsExactly(
            new Entry(
                "a",
                "ns/a",
                State.EXCLUDED,
                Optional.empty(),
                Optional.of(MISMATCH),
                BROKEN.findings(),
                Change.NONE,
                Optional.empty()));
  }

  @Test
  void a_broken_pair_never_displaces_a_good_one() {
    MergePlan plan = plan(holds("a", "ns/a", OLD), broken("a", "ns/a"));
    assertThat(plan.entries())
        .containsExactly(
            new Entry(
                "a",
                "ns/a",
                State.KEPT,
                Optional.of(OLD),
                Optional.of(MISMATCH),
                BROKEN.findings(),
                Change.UNCHANGED,
                Optional.empty()));
    assertThat(plan.removed()).isEmpty();
  }

  @Test
  void a_broken_source_is_dropped_when_the_policy_says_so() {
    MergePlan plan = Merge.plan(List.of(broken("a", "ns/a")), holds("a", "ns/a", OLD), DROP, NOW);
    assertThat(plan.entries()).extracting(Entry::state).containsExactly(State.EXCLUDED);
    assertThat(plan.removed()).containsExactly(new Removed("a", "ns/a"));
  }

  @Test
  void a_pair_of_another_source_is_never_kept() {
    MergePlan plan = plan(holds("a", "other/a", OLD), broken("a", "ns/a"));
    assertThat(plan.entries()).extracting(Entry::state).containsExactly(State.EXCLUDED);
    assertThat(plan.removed()).containsExactly(new Removed("a", "other/a"));
  }

  @Test
  void a_kept_pair_stays_though_it_has_expired() {
    TlsPair expired = TestPki.pair("old.example.com", NOW.minusSeconds(1));
    assertThat(plan(holds("a", "ns/a", expired), broken("a", "ns/a")).entries())
        .extracting(Entry::state)
        .containsExactly(State.KEPT);
  }

  @Test
  void a_pair_that_expires_where_it_is_stays_and_is_reported() {
    TlsPair expired = TestPki.pair("old.example.com", NOW.minusSeconds(1));
    assertThat(plan(holds("a", "ns/a", expired), good("a", "ns/a", expired)).entries())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.state()).isEqualTo(State.KEPT);
              assertThat(entry.problem()).map(Problem::reason).contains("EXPIRED");
              assertThat(entry.change()).isEqualTo(Change.UNCHANGED);
            });
  }

  @Test
  void a_pair_that_is_not_yet_valid_waits_while_the_old_one_stays() {
    Instant begin = NOW.plusSeconds(60);
    Content early = new Content("a", "ns/a", TestPki.inspection("a.example.com", begin, FAR));
    MergePlan plan = plan(holds("a", "ns/a", OLD), early);
    assertThat(plan.entries())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.state()).isEqualTo(State.KEPT);
              assertThat(entry.pair()).contains(OLD);
              assertThat(entry.problem()).map(Problem::reason).contains("NOT_YET_VALID");
            });
    assertThat(plan.nextChange()).contains(begin);
  }

  @Test
  void the_first_source_has_the_key() {
    assertThat(plan(Current.none(), good("a", "one/a", NEW), good("a", "two/a", OLD)).entries())
        .containsExactly(
            merged("a", "one/a", NEW, Change.ADDED),
            new Entry(
                "a",
                "two/a",
                State.EXCLUDED,
                Optional.empty(),
                Optional.of(
                    new Problem("Conflict", "the key a belongs to one/a, which comes first")),
                List.of(),
                Change.NONE,
                Optional.empty()));
  }

  @Test
  void a_broken_newcomer_does_not_take_the_key_of_a_good_source() {
    MergePlan plan = plan(holds("a", "two/a", OLD), broken("a", "one/a"), good("a", "two/a", OLD));
    assertThat(plan.entries())
        .extracting(Entry::state)
        .containsExactly(State.EXCLUDED, State.MERGED);
    assertThat(plan.entries().get(0).problem()).map(Problem::reason).contains("KEY_MISMATCH");
  }

  @Test
  void a_source_that_breaks_keeps_its_key_with_its_last_good_pair() {
    MergePlan plan = plan(holds("a", "one/a", OLD), broken("a", "one/a"), good("a", "two/a", NEW));
    assertThat(plan.entries()).extracting(Entry::state).containsExactly(State.KEPT, State.EXCLUDED);
    assertThat(plan.entries().get(1).problem()).map(Problem::reason).contains("Conflict");
  }

  @Test
  void an_absent_source_does_not_claim_the_key() {
    assertThat(plan(Current.none(), absent("a", "one/a"), good("a", "two/a", OLD)).entries())
        .extracting(Entry::state)
        .containsExactly(State.EXCLUDED, State.MERGED);
  }

  @Test
  void a_key_may_pass_to_another_source() {
    MergePlan plan = plan(holds("a", "one/a", OLD), absent("a", "one/a"), good("a", "two/a", NEW));
    assertThat(plan.entries().get(1)).isEqualTo(merged("a", "two/a", NEW, Change.CHANGED));
    assertThat(plan.removed()).isEmpty();
  }

  @Test
  void a_source_that_is_offered_twice_counts_once() {
    assertThat(plan(Current.none(), good("a", "ns/a", NEW), good("a", "ns/a", NEW)).entries())
        .containsExactly(merged("a", "ns/a", NEW, Change.ADDED));
  }

  @ParameterizedTest
  @EnumSource
  void an_absent_source_is_excluded_and_nothing_of_it_kept(Reason reason) {
    MergePlan plan =
        plan(holds("a", "ns/a", OLD), new Absent("a", "ns/a", reason, "why and what to do"));
    assertThat(plan.entries())
        .containsExactly(
            new Entry(
                "a",
                "ns/a",
                State.EXCLUDED,
                Optional.empty(),
                Optional.of(new Problem(reason.text(), "why and what to do")),
                List.of(),
                Change.NONE,
                Optional.empty()));
    assertThat(plan.removed()).containsExactly(new Removed("a", "ns/a"));
  }

  @Test
  void what_nobody_offers_any_more_is_removed() {
    Current current =
        new Current(
            Map.of(
                "b", new Current.Entry("ns/b", OLD),
                "a", new Current.Entry("ns/a", OLD),
                "c", new Current.Entry("ns/c", OLD)));
    assertThat(plan(current, good("c", "ns/c", OLD)).removed())
        .containsExactly(new Removed("a", "ns/a"), new Removed("b", "ns/b"));
  }

  @Test
  void bytes_are_those_of_all_values() {
    MergePlan plan = plan(Current.none(), good("a", "ns/a", NEW), good("b", "ns/b", OLD));
    assertThat(plan.bytes())
        .isEqualTo(
            NEW.certificatePem().length
                + NEW.privateKeyPem().length
                + OLD.certificatePem().length
                + OLD.privateKeyPem().length);
  }

  @Test
  void a_plan_is_too_large_from_the_first_byte_over_the_limit() {
    List<Offer> offers = List.of(good("a", "ns/a", NEW));
    Policy fits = Policy.DEFAULT.withShards(1, NEW.size());
    Policy tight = Policy.DEFAULT.withShards(1, NEW.size() - 1);
    assertThat(Merge.plan(offers, Current.none(), fits, NOW).tooLarge()).isFalse();
    assertThat(Merge.plan(offers, Current.none(), tight, NOW).tooLarge()).isTrue();
  }

  @Test
  void the_next_expiry_is_the_first_among_what_is_written() {
    TlsPair soon = TestPki.pair("soon.example.com", NOW.plusSeconds(90));
    MergePlan plan =
        plan(
            holds("kept", "ns/kept", soon),
            good("a", "ns/a", NEW),
            broken("kept", "ns/kept"),
            good("a", "ns/loser", TestPki.pair("loser.example.com", NOW.plusSeconds(30))));
    assertThat(plan.nextExpiry()).contains(NOW.plusSeconds(90));
  }

  @Test
  void the_next_change_is_the_first_warning_or_end() {
    MergePlan warned =
        plan(
            Current.none(),
            good("a", "ns/a", NEW),
            good("b", "ns/b", TestPki.pair("b.example.com", NOW.plus(Duration.ofDays(9)))));
    assertThat(warned.nextChange()).contains(NOW.plus(Duration.ofDays(2)));
    MergePlan ending =
        plan(
            Current.none(),
            good("b", "ns/b", TestPki.pair("b.example.com", NOW.plus(Duration.ofDays(3)))));
    assertThat(ending.nextChange()).contains(NOW.plus(Duration.ofDays(3)).plusNanos(1));
  }

  @Test
  void the_end_of_a_kept_pair_is_a_change_too() {
    TlsPair soon = TestPki.pair("soon.example.com", NOW.plusSeconds(90));
    assertThat(plan(holds("a", "ns/a", soon), broken("a", "ns/a")).nextChange())
        .contains(NOW.plusSeconds(90).plusNanos(1));
  }

  @Test
  void planning_what_was_planned_changes_nothing() {
    MergePlan plan =
        plan(
            new Current(
                Map.of("a", new Current.Entry("ns/a", NEW), "b", new Current.Entry("ns/b", OLD))),
            good("a", "ns/a", NEW),
            broken("b", "ns/b"));
    assertThat(plan.entries()).extracting(Entry::change).containsOnly(Change.UNCHANGED);
    assertThat(plan.removed()).isEmpty();
  }

  @Test
  void a_broken_source_keeps_its_last_good_pair_when_its_key_changes() {
    MergePlan plan = plan(holds("a", "ns/a", OLD), broken("ns-a", "ns/a"));
    assertThat(plan.written()).extracting(Entry::key).containsExactly("ns-a");
    assertThat(plan.written()).extracting(Entry::pair).containsExactly(Optional.of(OLD));
    assertThat(plan.removed()).containsExactly(new Removed("a", "ns/a"));
  }

  @Test
  void a_source_that_is_offered_for_two_keys_has_a_last_good_pair_for_each() {
    MergePlan plan = plan(holds("a", "ns/a", OLD), good("a", "ns/a", OLD), broken("b", "ns/a"));
    assertThat(plan.written()).extracting(Entry::key).containsExactly("a");
  }

  @Test
  void a_pair_whose_source_is_not_known_is_nobodys_last_good_one() {
    assertThat(plan(holds("a", "", OLD), broken("a", "ns/a")).written()).isEmpty();
  }

  @Test
  void a_size_counts_every_file_of_an_entry() {
    Layout both = new Layout(Set.of(Format.PAIR, Format.COMBINED_PEM), "/certs");
    MergePlan plan =
        Merge.plan(List.of(good("a", "ns/a", NEW)), Current.none(), Policy.DEFAULT.with(both), NOW);
    assertThat(plan.bytes()).isEqualTo(2 * NEW.size());
  }

  @Nested
  class Grace {
    private static final Policy HOUR = Policy.DEFAULT.withGrace(Duration.ofHours(1));
    private static final Instant END = NOW.plus(Duration.ofHours(1));

    private static Current goneSince(Instant instant) {
      return new Current(Map.of("a", new Current.Entry("ns/a", OLD, 0, Optional.of(instant))));
    }

    @Test
    void a_source_that_is_not_offered_any_more_stays_and_says_how_long() {
      MergePlan plan = Merge.plan(List.of(), holds("a", "ns/a", OLD), HOUR, NOW);
      assertThat(plan.entries())
          .containsExactly(
              new Entry(
                  "a",
                  "ns/a",
                  State.KEPT,
                  Optional.of(OLD),
                  Optional.of(
                      new Problem(
                          "NotFound",
                          "the source was deleted, or is not selected any more; what the target"
                              + " holds of it stays until 2026-06-01T13:00:00Z")),
                  List.of(),
                  Change.UNCHANGED,
                  Optional.of(NOW)));
      assertThat(plan.nextChange()).contains(END);
    }

    @Test
    void a_listed_source_that_was_deleted_stays_at_its_place() {
      MergePlan plan =
          Merge.plan(
              List.of(absent("a", "ns/a"), good("a", "ns/b", NEW)),
              holds("a", "ns/a", OLD),
              HOUR,
              NOW);
      assertThat(plan.entries())
          .extracting(Entry::state)
          .containsExactly(State.KEPT, State.EXCLUDED);
      assertThat(plan.entries().get(0).problem())
          .map(Problem::message)
          .contains(
              "there is no such Secret; what the target holds of it stays until"
                  + " 2026-06-01T13:00:00Z");
    }

    @Test
    void the_period_begins_when_the_source_was_first_missed() {
      Instant missed = NOW.minus(Duration.ofMinutes(59));
      MergePlan plan = Merge.plan(List.of(), goneSince(missed), HOUR, NOW);
      assertThat(plan.entries()).extracting(Entry::goneSince).containsExactly(Optional.of(missed));
      assertThat(plan.nextChange()).contains(NOW.plus(Duration.ofMinutes(1)));
    }

    @Test
    void at_its_end_the_source_leaves() {
      Current current = goneSince(NOW.minus(Duration.ofHours(1)));
      assertThat(Merge.plan(List.of(), current, HOUR, NOW).removed())
          .containsExactly(new Removed("a", "ns/a"));
      assertThat(Merge.plan(List.of(absent("a", "ns/a")), current, HOUR, NOW).written()).isEmpty();
    }

    @Test
    void a_source_that_comes_back_is_merged_as_if_nothing_had_been() {
      MergePlan plan =
          Merge.plan(List.of(good("a", "ns/a", OLD)), goneSince(NOW.minusSeconds(1)), HOUR, NOW);
      assertThat(plan.entries()).containsExactly(merged("a", "ns/a", OLD, Change.UNCHANGED));
    }

    @Test
    void a_good_source_takes_the_key_of_one_that_is_gone() {
      MergePlan plan =
          Merge.plan(List.of(good("a", "ns/b", NEW)), holds("a", "ns/a", OLD), HOUR, NOW);
      assertThat(plan.entries()).containsExactly(merged("a", "ns/b", NEW, Change.CHANGED));
    }

    @Test
    void a_source_whose_owner_does_not_consent_any_more_leaves_at_once() {
      MergePlan unselected =
          Merge.plan(List.of(new Withdrawn("a", "ns/a")), holds("a", "ns/a", OLD), HOUR, NOW);
      assertThat(unselected.entries()).isEmpty();
      assertThat(unselected.removed()).containsExactly(new Removed("a", "ns/a"));
      MergePlan listed =
          Merge.plan(
              List.of(new Absent("a", "ns/a", Reason.NOT_ALLOWED, "ask the owner")),
              holds("a", "ns/a", OLD),
              HOUR,
              NOW);
      assertThat(listed.written()).isEmpty();
    }

    @Test
    void a_key_whose_source_is_not_known_has_no_grace() {
      assertThat(Merge.plan(List.of(), holds("a", "", OLD), HOUR, NOW).removed()).hasSize(1);
    }

    @Test
    void the_old_key_of_a_source_that_is_there_has_no_grace() {
      MergePlan plan =
          Merge.plan(List.of(good("ns-a", "ns/a", NEW)), holds("a", "ns/a", OLD), HOUR, NOW);
      assertThat(plan.removed()).containsExactly(new Removed("a", "ns/a"));
    }
  }

  @Nested
  class Brake {
    private static final Current FIVE = five();
    private static final Policy ONE = Policy.DEFAULT.with(MaxRemovals.of(1));

    private static Current five() {
      Map<String, Current.Entry> entries = new HashMap<>();
      for (String key : List.of("a", "b", "c", "d", "e")) {
        entries.put(key, new Current.Entry("ns/" + key, OLD));
      }
      return new Current(entries);
    }

    private static List<Offer> allBut(String... missing) {
      return Stream.of("a", "b", "c", "d", "e")
          .filter(key -> !List.of(missing).contains(key))
          .<Offer>map(key -> good(key, "ns/" + key, OLD))
          .toList();
    }

    @Test
    void as_many_as_may_leave_do() {
      MergePlan plan = Merge.plan(allBut("c"), FIVE, ONE, NOW);
      assertThat(plan.removed()).containsExactly(new Removed("c", "ns/c"));
      assertThat(plan.held()).isEmpty();
    }

    @Test
    void of_one_more_none_leaves() {
      MergePlan plan = Merge.plan(allBut("b", "c"), FIVE, ONE, NOW);
      assertThat(plan.removed()).isEmpty();
      assertThat(plan.held())
          .map(MergePlan.Held::removals)
          .contains(List.of(new Removed("b", "ns/b"), new Removed("c", "ns/c")));
      assertThat(plan.written()).extracting(Entry::key).containsExactly("a", "d", "e", "b", "c");
      assertThat(plan.entries().get(4).problem())
          .contains(
              new Problem(
                  "NotFound", "nobody offers this entry any more; its removal is held back"));
    }

    @Test
    void everything_else_goes_on() {
      List<Offer> offers = List.of(good("a", "ns/a", NEW), good("f", "ns/f", NEW));
      MergePlan plan = Merge.plan(offers, FIVE, ONE, NOW);
      assertThat(plan.held()).isPresent();
      assertThat(plan.entries().subList(0, 2))
          .containsExactly(
              merged("a", "ns/a", NEW, Change.CHANGED), merged("f", "ns/f", NEW, Change.ADDED));
    }

    @Test
    void a_source_that_is_dropped_is_told_with_its_own_reason() {
      List<Offer> offers = List.of(broken("a", "ns/a"), broken("b", "ns/b"));
      Current current =
          new Current(
              Map.of("a", new Current.Entry("ns/a", OLD), "b", new Current.Entry("ns/b", OLD)));
      MergePlan plan = Merge.plan(offers, current, ONE.with(OnInvalid.DROP), NOW);
      assertThat(plan.entries()).extracting(Entry::state).containsOnly(State.KEPT);
      assertThat(plan.entries().get(0).problem())
          .contains(new Problem("KEY_MISMATCH", MISMATCH.message() + "; its removal is held back"));
      assertThat(plan.entries().get(0).findings()).isEqualTo(BROKEN.findings());
    }

    @Test
    void the_name_of_the_held_removal_lets_it_go() {
      String id = Merge.plan(allBut("b", "c"), FIVE, ONE, NOW).held().orElseThrow().id();
      MergePlan released = Merge.plan(allBut("b", "c"), FIVE, ONE.withRelease(id), NOW);
      assertThat(released.removed()).extracting(Removed::key).containsExactly("b", "c");
      assertThat(released.held()).isEmpty();
    }

    @Test
    void the_name_of_another_removal_does_not() {
      String id = Merge.plan(allBut("b", "c"), FIVE, ONE, NOW).held().orElseThrow().id();
      MergePlan other = Merge.plan(allBut("b", "d"), FIVE, ONE.withRelease(id), NOW);
      assertThat(other.held()).map(MergePlan.Held::id).isPresent().get().isNotEqualTo(id);
      assertThat(other.removed()).isEmpty();
    }

    @Test
    void no_consent_outweighs_the_brake() {
      List<Offer> offers = new ArrayList<>(allBut("a", "b", "c"));
      offers.add(new Withdrawn("a", "ns/a"));
      offers.add(new Absent("b", "ns/b", Reason.NOT_ALLOWED, "ask the owner"));
      MergePlan one = Merge.plan(offers, FIVE, ONE, NOW);
      assertThat(one.removed()).extracting(Removed::key).containsExactly("a", "b", "c");
      MergePlan none = Merge.plan(offers, FIVE, ONE.with(MaxRemovals.of(0)), NOW);
      assertThat(none.removed()).extracting(Removed::key).containsExactly("a", "b");
      assertThat(none.written()).extracting(Entry::key).containsExactlyInAnyOrder("c", "d", "e");
    }

    @Test
    void when_a_grace_period_has_ended_it_does_not_begin_again() {
      Instant gone = NOW.minus(Duration.ofHours(2));
      Current current =
          new Current(Map.of("a", new Current.Entry("ns/a", OLD, 0, Optional.of(gone))));
      Policy policy = ONE.with(MaxRemovals.of(0)).withGrace(Duration.ofHours(1));
      assertThat(Merge.plan(List.of(), current, policy, NOW).entries())
          .extracting(Entry::goneSince)
          .containsExactly(Optional.of(gone));
    }

    @ParameterizedTest
    @CsvSource({
      "0, 0, 5, true",
      "0, 1, 5, false",
      "10, 1, 5, false",
      "20, 1, 5, true",
      "40, 2, 5, true",
      "40, 3, 5, false",
      "99, 5, 5, false",
      "100, 5, 5, true",
      "1, 50, 5000, true",
      "1, 51, 5000, false",
      "100, 0, 0, true"
    })
    void a_share_is_taken_at_its_word(int percent, int removals, int entries, boolean allowed) {
      assertThat(MaxRemovals.percent(percent).allows(removals, entries)).isEqualTo(allowed);
    }
  }
}
