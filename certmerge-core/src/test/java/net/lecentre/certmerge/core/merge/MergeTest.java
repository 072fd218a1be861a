package net.lecentre.certmerge.core.merge;

import static net.lecentre.certmerge.core.inspect.TestPki.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import net.lecentre.certmerge.core.merge.MergePlan.State;
import net.lecentre.certmerge.core.merge.Offer.Absent;
import net.lecentre.certmerge.core.merge.Offer.Content;
import net.lecentre.certmerge.core.merge.Offer.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
  private static final Policy DROP =
      new Policy(OnInvalid.DROP, Policy.MAX_SECRET_BYTES, Policy.DEFAULT_EXPIRY_WARNING);

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
        key, source, State.MERGED, Optional.of(pair), Optional.empty(), List.of(), change);
  }

  @Test
  void nothing_offered_and_nothing_held_is_nothing_to_do() {
    MergePlan plan = plan(Current.none());
    assertThat(plan).isEqualTo(new MergePlan(List.of(), List.of(), 0, false, Optional.empty()));
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
                Change.NONE));
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
                Change.UNCHANGED));
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
                Change.NONE));
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
                Change.NONE));
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
    Policy fits = new Policy(OnInvalid.KEEP, NEW.size(), Policy.DEFAULT_EXPIRY_WARNING);
    Policy tight = new Policy(OnInvalid.KEEP, NEW.size() - 1, Policy.DEFAULT_EXPIRY_WARNING);
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
}
