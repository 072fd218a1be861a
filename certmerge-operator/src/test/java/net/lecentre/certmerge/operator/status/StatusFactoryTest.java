package net.lecentre.certmerge.operator.status;

import static net.lecentre.certmerge.operator.Samples.NOW;
import static net.lecentre.certmerge.operator.Samples.accepted;
import static net.lecentre.certmerge.operator.Samples.brokenOffer;
import static net.lecentre.certmerge.operator.Samples.certMerge;
import static net.lecentre.certmerge.operator.Samples.inspected;
import static net.lecentre.certmerge.operator.Samples.issue;
import static net.lecentre.certmerge.operator.Samples.issueUntil;
import static net.lecentre.certmerge.operator.Samples.missingOffer;
import static net.lecentre.certmerge.operator.Samples.offer;
import static net.lecentre.certmerge.operator.Samples.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.MaxRemovals;
import net.lecentre.certmerge.core.merge.Merge;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.core.merge.Policy;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.operator.api.CertMergeStatus.Counts;
import net.lecentre.certmerge.operator.api.CertMergeStatus.Entry;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusFactoryTest {
  private static final Instant LATER = NOW.plus(Duration.ofHours(1));
  private static final String AT_FIRST = "2027-01-01T00:00:00Z";
  private static final String AFTERWARDS = "2027-01-01T01:00:00Z";
  private static final IssuedPair PAIR = issue("shop.example.com");
  private static final Inspection GOOD = inspected(PAIR);
  private static final Offer OFFER = offer("shop", "web/shop", PAIR);

  private final CertMerge certMerge = certMerge("name: merged\nnamespace: istio-system");

  @Test
  void a_written_target_is_ready() {
    Condition ready = ready(merged(plan(OFFER)));

    assertThat(ready.getStatus()).isEqualTo("True");
    assertThat(ready.getReason()).isEqualTo("Merged");
    assertThat(ready.getMessage()).isEqualTo("1 certificate in Secret istio-system/merged");
  }

  @Test
  void a_target_without_a_namespace_is_told_with_the_certmerges_own() {
    CertMergeStatus status =
        StatusFactory.of(
            certMerge("name: merged"),
            new Outcome.Merged(plan(OFFER), "sha256:1", true, Map.of()),
            NOW);

    assertThat(ready(status).getMessage()).isEqualTo("1 certificate in Secret web/merged");
  }

  @Test
  void a_target_without_any_source_is_not_ready() {
    Condition ready = ready(merged(plan()));

    assertThat(ready.getStatus()).isEqualTo("False");
    assertThat(ready.getReason()).isEqualTo("NoSources");
    assertThat(ready.getMessage())
        .isEqualTo("no source: spec.secretlist is empty and no TLS Secret matches spec.selector");
  }

  @Test
  void a_target_without_any_good_source_is_not_ready() {
    Condition ready = ready(merged(plan(brokenOffer("shop", "web/shop"))));

    assertThat(ready.getStatus()).isEqualTo("False");
    assertThat(ready.getReason()).isEqualTo("NoSources");
    assertThat(ready.getMessage()).isEqualTo("none of the 1 sources has a pair that can be merged");
  }

  @Test
  void sources_that_are_all_merged_are_healthy() {
    Condition healthy = healthy(merged(plan(OFFER)));

    assertThat(healthy.getStatus()).isEqualTo("True");
    assertThat(healthy.getReason()).isEqualTo("AllMerged");
  }

  @Test
  void an_excluded_source_is_told_with_its_reason() {
    Condition healthy = healthy(merged(plan(OFFER, missingOffer("old", "web/old"))));

    assertThat(healthy.getStatus()).isEqualTo("False");
    assertThat(healthy.getReason()).isEqualTo("SourcesExcluded");
    assertThat(healthy.getMessage())
        .isEqualTo("1 of 2: web/old NotFound (there is no Secret web/old; create it)");
  }

  @Test
  void a_kept_source_is_told_with_its_reason() {
    Condition healthy = healthy(merged(kept()));

    assertThat(healthy.getStatus()).isEqualTo("False");
    assertThat(healthy.getReason()).isEqualTo("SourcesKept");
    assertThat(healthy.getMessage()).startsWith("1 of 1: web/shop KEY_MISMATCH (");
  }

  @Test
  void an_excluded_source_matters_more_than_a_kept_one() {
    MergePlan plan =
        plan(
            "shop",
            "web/shop",
            PAIR,
            brokenOffer("shop", "web/shop"),
            missingOffer("old", "web/old"));

    Condition healthy = healthy(merged(plan));

    assertThat(healthy.getReason()).isEqualTo("SourcesExcluded");
    assertThat(healthy.getMessage()).startsWith("2 of 2: web/old").contains("web/shop");
  }

  @Test
  void a_source_that_expires_soon_is_told_with_its_end() {
    MergePlan plan =
        plan(OFFER, offer("soon", "web/soon", issueUntil("soon.example.com", days(6))));

    Condition healthy = healthy(merged(plan));

    assertThat(healthy.getStatus()).isEqualTo("False");
    assertThat(healthy.getReason()).isEqualTo("ExpiringSoon");
    assertThat(healthy.getMessage()).isEqualTo("1 of 2: web/soon expires 2027-01-07T00:00:00Z");
  }

  @Test
  void five_sources_are_named_and_the_others_counted() {
    MergePlan plan =
        plan(
            IntStream.rangeClosed(1, 7)
                .mapToObj(number -> missingOffer("old" + number, "web/old" + number))
                .toArray(Offer[]::new));

    assertThat(healthy(merged(plan)).getMessage())
        .startsWith("7 of 7: web/old1 NotFound (")
        .contains("; web/old5 NotFound (")
        .doesNotContain("web/old6")
        .endsWith("; and 2 more");
  }

  @Test
  void a_long_message_is_cut() {
    Outcome outcome = new Outcome.Refused("InvalidSpec", "x".repeat(2000), Optional.empty());

    assertThat(ready(status(outcome, NOW)).getMessage()).hasSize(1024).endsWith("x…");
  }

  @Test
  void a_message_that_fits_is_not_cut() {
    String fits = "x".repeat(1024);
    Outcome outcome = new Outcome.Refused("InvalidSpec", fits, Optional.empty());

    assertThat(ready(status(outcome, NOW)).getMessage()).isEqualTo(fits);
  }

  @Test
  void a_long_message_of_an_entry_is_cut() {
    Offer offer = new Offer.Absent("old", "web/old", Offer.Reason.NOT_FOUND, "x".repeat(2000));

    assertThat(entries(merged(plan(offer))).get(0).message()).hasSize(1024).endsWith("x…");
  }

  @Test
  void the_status_is_about_the_generation_that_was_read() {
    CertMergeStatus status = merged(plan(OFFER));

    assertThat(status.observedGeneration()).isEqualTo(4);
    assertThat(conditions(status)).extracting(Condition::getObservedGeneration).containsOnly(4L);
  }

  @Test
  void a_new_condition_holds_since_now() {
    assertThat(conditions(merged(plan(OFFER))))
        .extracting(Condition::getLastTransitionTime)
        .containsOnly(AT_FIRST);
  }

  @Test
  void a_condition_that_stays_keeps_its_transition_time() {
    certMerge.setStatus(merged(plan(OFFER)));

    assertThat(conditions(status(outcome(plan(OFFER)), LATER)))
        .extracting(Condition::getLastTransitionTime)
        .containsOnly(AT_FIRST);
  }

  @Test
  void a_condition_that_is_false_for_another_reason_keeps_its_transition_time() {
    certMerge.setStatus(merged(plan()));

    Condition ready =
        ready(status(new Outcome.Refused("ApiError", "gone", Optional.empty()), LATER));

    assertThat(ready.getReason()).isEqualTo("ApiError");
    assertThat(ready.getLastTransitionTime()).isEqualTo(AT_FIRST);
  }

  @Test
  void a_condition_that_turns_has_a_new_transition_time() {
    certMerge.setStatus(merged(plan(OFFER)));

    CertMergeStatus status = status(outcome(plan(OFFER, missingOffer("old", "web/old"))), LATER);

    assertThat(healthy(status).getLastTransitionTime()).isEqualTo(AFTERWARDS);
    assertThat(ready(status).getLastTransitionTime()).isEqualTo(AT_FIRST);
  }

  @Test
  void the_same_outcome_later_makes_the_same_status() {
    MergePlan plan = plan(OFFER, missingOffer("old", "web/old"));
    certMerge.setStatus(merged(plan));

    assertThat(status(new Outcome.Merged(plan, "sha256:1", false, Map.of()), LATER))
        .isEqualTo(certMerge.getStatus());
  }

  @Test
  void a_merged_entry_tells_what_is_served() {
    Entry entry = entries(merged(plan(OFFER))).get(0);

    assertThat(entry)
        .isEqualTo(
            new Entry(
                "shop",
                "web/shop",
                "Merged",
                null,
                null,
                "2027-04-01T00:00:00Z",
                List.of("shop.example.com"),
                GOOD.leaf().orElseThrow().sha256(),
                null));
  }

  @Test
  void a_kept_entry_tells_what_is_wrong_and_what_is_still_served() {
    Entry entry = entries(merged(kept())).get(0);

    assertThat(entry.state()).isEqualTo("Kept");
    assertThat(entry.reason()).isEqualTo("KEY_MISMATCH");
    assertThat(entry.message()).isNotBlank();
    assertThat(entry.sha256()).isEqualTo(GOOD.leaf().orElseThrow().sha256());
    assertThat(entry.since()).isEqualTo(AT_FIRST);
  }

  @Test
  void an_excluded_entry_tells_what_is_wrong_alone() {
    assertThat(entries(merged(plan(missingOffer("old", "web/old")))))
        .containsExactly(
            new Entry(
                "old",
                "web/old",
                "Excluded",
                "NotFound",
                "there is no Secret web/old; create it",
                null,
                null,
                null,
                AT_FIRST));
  }

  @Test
  void an_entry_that_stays_keeps_its_since() {
    certMerge.setStatus(merged(plan(missingOffer("old", "web/old"))));

    assertThat(entries(status(outcome(plan(missingOffer("old", "web/old"))), LATER)))
        .extracting(Entry::since)
        .containsExactly(AT_FIRST);
  }

  @Test
  void an_entry_with_another_reason_has_a_new_since() {
    certMerge.setStatus(merged(plan(missingOffer("old", "web/old"))));

    assertThat(entries(status(outcome(plan(brokenOffer("old", "web/old"))), LATER)))
        .extracting(Entry::since)
        .containsExactly(AFTERWARDS);
  }

  @Test
  void an_entry_in_another_state_has_a_new_since() {
    certMerge.setStatus(merged(kept()));

    assertThat(entries(status(outcome(plan(brokenOffer("shop", "web/shop"))), LATER)))
        .extracting(Entry::since)
        .containsExactly(AFTERWARDS);
  }

  @Test
  void problems_come_first_then_keys_in_order() {
    MergePlan plan =
        plan(
            offer("b", "web/b", PAIR),
            offer("a", "web/a", PAIR),
            missingOffer("z", "web/z"),
            missingOffer("y", "web/y"));

    assertThat(entries(merged(plan))).extracting(Entry::key).containsExactly("y", "z", "a", "b");
  }

  @Test
  void at_most_200_entries_are_listed_the_problems_among_them() {
    MergePlan plan = plan(many(250, missingOffer("zzz", "web/zzz")));

    assertThat(entries(merged(plan))).hasSize(200).first().extracting(Entry::key).isEqualTo("zzz");
  }

  @Test
  void a_certificate_of_thousands_of_names_shows_the_first_hundred() {
    String[] hosts =
        IntStream.range(0, 300).mapToObj(i -> "host-" + i + ".example.com").toArray(String[]::new);
    MergePlan plan = plan(offer("shop", "web/shop", issue("shop.example.com", hosts)));

    assertThat(entries(merged(plan)))
        .singleElement()
        .satisfies(
            entry -> assertThat(entry.dnsNames()).hasSize(100).startsWith("shop.example.com"));
  }

  @Test
  void the_names_of_all_entries_together_fit_in_a_status() {
    String[] hosts =
        IntStream.range(0, 99)
            .mapToObj(
                i ->
                    "h"
                        + i
                        + "."
                        + "sixty-three-characters-are-allowed-between-two-dots.".repeat(3)
                        + "com")
            .toArray(String[]::new);
    IssuedPair pair = issue("shop.example.com", hosts);
    Offer[] offers =
        IntStream.range(0, 200)
            .mapToObj(i -> offer("k" + i, "web/k" + i, pair))
            .toArray(Offer[]::new);

    List<Entry> entries = entries(merged(plan(offers)));

    assertThat(entries).hasSize(200);
    assertThat(entries.stream().map(Entry::dnsNames).filter(Objects::nonNull).flatMap(List::stream))
        .satisfies(
            names ->
                assertThat(names.stream().mapToInt(String::length).sum())
                    .isBetween(100_000, 200_000));
  }

  @Test
  void every_source_is_counted_though_not_every_one_is_listed() {
    MergePlan plan = plan(many(250, missingOffer("zzz", "web/zzz")));

    assertThat(merged(plan).counts()).isEqualTo(new Counts(251, 250, 0, 1, 1, 250 * size(PAIR)));
  }

  @Test
  void kept_and_excluded_sources_are_problems() {
    MergePlan plan =
        plan(
            "shop",
            "web/shop",
            PAIR,
            brokenOffer("shop", "web/shop"),
            missingOffer("old", "web/old"),
            offer("api", "web/api", PAIR));

    assertThat(merged(plan).counts()).isEqualTo(new Counts(3, 1, 1, 1, 2, 2 * size(PAIR)));
  }

  @Test
  void the_next_expiry_is_the_first_of_the_written_ones() {
    MergePlan plan =
        plan(OFFER, offer("soon", "web/soon", issueUntil("soon.example.com", days(30))));

    assertThat(merged(plan).nextExpiry()).isEqualTo("2027-01-31T00:00:00Z");
  }

  @Test
  void nothing_written_has_no_next_expiry() {
    assertThat(merged(plan()).nextExpiry()).isNull();
  }

  @Test
  void the_fields_of_2018_tell_of_the_target() {
    CertMergeStatus status = merged(plan(OFFER, missingOffer("old", "web/old")));

    assertThat(status.uptodate()).isTrue();
    assertThat(status.version()).isEqualTo("sha256:1");
    assertThat(status.items()).containsExactly("web/shop");
    assertThat(status.updatedTimestamp()).isEqualTo(AT_FIRST);
  }

  @Test
  void a_target_that_was_not_written_keeps_its_timestamp() {
    certMerge.setStatus(merged(plan(OFFER)));

    assertThat(status(new Outcome.Merged(plan(OFFER), "sha256:1", false, Map.of()), LATER))
        .extracting(CertMergeStatus::updatedTimestamp)
        .isEqualTo(AT_FIRST);
  }

  @Test
  void a_target_that_was_written_has_a_new_timestamp() {
    certMerge.setStatus(merged(plan(OFFER)));

    assertThat(status(new Outcome.Merged(plan(OFFER), "sha256:2", true, Map.of()), LATER))
        .extracting(CertMergeStatus::updatedTimestamp)
        .isEqualTo(AFTERWARDS);
  }

  @Test
  void a_write_whose_status_was_lost_is_told_of_afterwards() {
    certMerge.setStatus(merged(plan(OFFER)));

    assertThat(status(new Outcome.Merged(plan(OFFER), "sha256:2", false, Map.of()), LATER))
        .extracting(CertMergeStatus::updatedTimestamp)
        .isEqualTo(AFTERWARDS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "InvalidSpec",
        "TargetConflict",
        "TargetTooLarge",
        "TargetImmutable",
        "NotAllowed",
        "Suspended",
        "ApiError"
      })
  void a_target_that_was_left_alone_is_not_ready(String reason) {
    CertMergeStatus status =
        status(new Outcome.Refused(reason, "what to do", Optional.empty()), NOW);

    assertThat(ready(status).getStatus()).isEqualTo("False");
    assertThat(ready(status).getReason()).isEqualTo(reason);
    assertThat(ready(status).getMessage()).isEqualTo("what to do");
    assertThat(status.uptodate()).isFalse();
  }

  @Test
  void a_target_that_was_left_alone_holds_what_it_held() {
    CertMergeStatus before = merged(plan(OFFER));
    certMerge.setStatus(before);

    CertMergeStatus status =
        status(new Outcome.Refused("ApiError", "gone", Optional.empty()), LATER);

    assertThat(status.version()).isEqualTo(before.version());
    assertThat(status.items()).isEqualTo(before.items());
    assertThat(status.nextExpiry()).isEqualTo(before.nextExpiry());
    assertThat(status.updatedTimestamp()).isEqualTo(before.updatedTimestamp());
    assertThat(status.counts()).isEqualTo(before.counts());
    assertThat(status.entries()).isEqualTo(before.entries());
  }

  @Test
  void a_refused_plan_still_tells_of_its_sources() {
    MergePlan plan = plan(OFFER, missingOffer("old", "web/old"));

    CertMergeStatus status =
        status(new Outcome.Refused("TargetTooLarge", "split it", Optional.of(plan)), NOW);

    assertThat(healthy(status).getReason()).isEqualTo("SourcesExcluded");
    assertThat(entries(status)).extracting(Entry::key).containsExactly("old", "shop");
  }

  @Test
  void a_removal_that_is_held_back_is_told_with_how_to_let_it_go() {
    MergePlan held = heldBack("old");

    CertMergeStatus status = merged(held);

    assertThat(ready(status).getStatus()).isEqualTo("False");
    assertThat(ready(status).getReason()).isEqualTo("RemovalHeld");
    assertThat(ready(status).getMessage())
        .isEqualTo(
            "1 entry would leave the target at once, more than spec.maxRemovals allows; all stay."
                + " To let them go, annotate the CertMerge with certmerge.lecentre.net/release="
                + held.held().orElseThrow().id()
                + " (old)");
    assertThat(status.uptodate()).isFalse();
  }

  @Test
  void how_to_let_a_removal_go_is_told_however_long_its_keys_are() {
    MergePlan held =
        heldBack(
            IntStream.range(0, 9)
                .mapToObj(number -> Integer.toString(number).repeat(249))
                .toArray(String[]::new));

    assertThat(ready(merged(held)).getMessage())
        .contains("9 entries", "release=" + held.held().orElseThrow().id() + " (")
        .hasSizeLessThanOrEqualTo(1024);
  }

  /** A plan for a target that holds some keys which nobody offers any more, and may lose none. */
  private static MergePlan heldBack(String... keys) {
    Map<String, Current.Entry> held = new HashMap<>();
    for (String key : keys) {
      held.put(key, new Current.Entry("web/" + key, accepted(PAIR)));
    }
    Policy none = Policy.DEFAULT.with(MaxRemovals.of(0));
    return Merge.plan(List.of(OFFER), new Current(held), none, NOW);
  }

  private CertMergeStatus merged(MergePlan plan) {
    return status(outcome(plan), NOW);
  }

  private CertMergeStatus status(Outcome outcome, Instant now) {
    return StatusFactory.of(certMerge, outcome, now);
  }

  private static Outcome outcome(MergePlan plan) {
    return new Outcome.Merged(plan, "sha256:1", true, Map.of());
  }

  private static MergePlan kept() {
    return plan("shop", "web/shop", PAIR, brokenOffer("shop", "web/shop"));
  }

  private static Offer[] many(int good, Offer problem) {
    return Stream.concat(
            IntStream.range(0, good)
                .mapToObj(number -> new Offer.Content("key" + number, "web/key" + number, GOOD)),
            Stream.of(problem))
        .toArray(Offer[]::new);
  }

  private static int size(IssuedPair pair) {
    return pair.crtBytes().length + pair.keyBytes().length;
  }

  private static Instant days(int days) {
    return NOW.plus(Duration.ofDays(days));
  }

  private static List<Condition> conditions(CertMergeStatus status) {
    return Objects.requireNonNull(status.conditions());
  }

  private static List<Entry> entries(CertMergeStatus status) {
    return Objects.requireNonNull(status.entries());
  }

  private static Condition ready(CertMergeStatus status) {
    return condition(status, "Ready");
  }

  private static Condition healthy(CertMergeStatus status) {
    return condition(status, "SourcesHealthy");
  }

  private static Condition condition(CertMergeStatus status, String type) {
    return conditions(status).stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }
}
