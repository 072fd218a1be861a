package net.lecentre.certmerge.operator.status;

import static net.lecentre.certmerge.operator.Samples.NOW;
import static net.lecentre.certmerge.operator.Samples.accepted;
import static net.lecentre.certmerge.operator.Samples.brokenOffer;
import static net.lecentre.certmerge.operator.Samples.certMerge;
import static net.lecentre.certmerge.operator.Samples.issue;
import static net.lecentre.certmerge.operator.Samples.missingOffer;
import static net.lecentre.certmerge.operator.Samples.offer;
import static net.lecentre.certmerge.operator.Samples.plan;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.MaxRemovals;
import net.lecentre.certmerge.core.merge.Merge;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.core.merge.Policy;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
  private static final IssuedPair PAIR = issue("shop.example.com");
  private static final Offer GOOD = offer("shop", "web/shop", PAIR);
  private static final Offer BROKEN = brokenOffer("shop", "web/shop");
  private static final Outcome REFUSED =
      new Outcome.Refused("TargetConflict", "it is somebody else's", Optional.empty());

  @Test
  void a_first_merge_is_announced() {
    assertThat(Announcement.of(null, written(plan(GOOD))))
        .containsExactly(
            new Announcement(false, "Merged", "1 certificate: 1 added, 0 changed, 0 removed"));
  }

  @Test
  void nothing_is_announced_when_nothing_was_written() {
    assertThat(Announcement.of(status(written(plan(GOOD))), unchanged(plan(GOOD)))).isEmpty();
  }

  @Test
  void a_renewal_is_announced_as_a_change() {
    MergePlan renewed = plan("shop", "web/shop", issue("shop.example.com"), GOOD);

    assertThat(Announcement.of(status(written(plan(GOOD))), written(renewed)))
        .containsExactly(
            new Announcement(false, "Merged", "1 certificate: 0 added, 1 changed, 0 removed"));
  }

  @Test
  void a_source_that_left_is_announced() {
    MergePlan removal = plan("old", "web/old", issue("old.example.com"), GOOD);

    assertThat(Announcement.of(status(written(plan(GOOD))), written(removal)))
        .contains(
            new Announcement(
                false,
                "SourceRemoved",
                "web/old left the target (key old)",
                Optional.of("web/old"),
                Optional.empty()));
  }

  @Test
  void a_source_that_breaks_while_its_last_pair_stays_is_warned_of() {
    MergePlan kept = plan("shop", "web/shop", PAIR, BROKEN);

    assertThat(Announcement.of(status(written(plan(GOOD))), unchanged(kept)))
        .singleElement()
        .satisfies(
            kind -> {
              assertThat(kind.warning()).isTrue();
              assertThat(kind.reason()).isEqualTo("SourceKept");
              assertThat(kind.message())
                  .startsWith(
                      "web/shop cannot be merged, its last good pair stays served: KEY_MISMATCH, ");
            });
  }

  @Test
  void a_source_that_is_not_merged_is_warned_of() {
    MergePlan excluded = plan(GOOD, missingOffer("old", "web/old"));

    assertThat(Announcement.of(status(written(plan(GOOD))), unchanged(excluded)))
        .containsExactly(
            new Announcement(
                true,
                "SourceExcluded",
                "web/old is not merged: NotFound, there is no Secret web/old; create it",
                Optional.of("web/old"),
                Optional.of("NotFound")));
  }

  @Test
  void a_source_that_is_bad_from_the_start_is_warned_of() {
    assertThat(Announcement.of(null, unchanged(plan(BROKEN))))
        .extracting(Announcement::reason)
        .containsExactly("SourceExcluded");
  }

  @Test
  void a_source_that_stays_broken_is_not_announced_again() {
    assertThat(Announcement.of(status(written(plan(BROKEN))), unchanged(plan(BROKEN)))).isEmpty();
  }

  @Test
  void a_source_that_is_broken_in_another_way_is_announced_again() {
    CertMergeStatus before = status(written(plan(missingOffer("shop", "web/shop"))));

    assertThat(Announcement.of(before, unchanged(plan(BROKEN))))
        .singleElement()
        .satisfies(
            news ->
                assertThat(news.message()).startsWith("web/shop is not merged: KEY_MISMATCH, "));
  }

  @Test
  void a_source_that_is_good_again_is_announced() {
    assertThat(Announcement.of(status(written(plan(BROKEN))), unchanged(plan(GOOD))))
        .containsExactly(
            new Announcement(
                false,
                "SourceRecovered",
                "web/shop is good now and merged",
                Optional.of("web/shop"),
                Optional.empty()));
  }

  @Test
  void a_target_that_is_emptied_is_a_warning() {
    MergePlan emptied = plan("shop", "web/shop", PAIR);

    assertThat(Announcement.of(null, written(emptied)))
        .filteredOn(Announcement::warning)
        .extracting(Announcement::reason)
        .containsExactly("NoSources");
  }

  @Test
  void a_good_new_source_needs_no_announcement_of_its_own() {
    MergePlan more = plan(GOOD, offer("api", "web/api", PAIR));

    assertThat(Announcement.of(status(written(plan(GOOD))), written(more)))
        .extracting(Announcement::reason)
        .containsExactly("Merged");
  }

  @Test
  void problems_that_the_status_has_no_room_for_are_not_announced_again_and_again() {
    MergePlan plan =
        plan(
            IntStream.range(0, 250)
                .mapToObj(number -> missingOffer("old" + number, "web/old" + number))
                .toArray(Offer[]::new));

    assertThat(Announcement.of(status(unchanged(plan)), unchanged(plan))).isEmpty();
  }

  @Test
  void a_new_problem_is_announced_though_the_status_had_no_room_for_its_source() {
    Offer[] offers =
        IntStream.range(0, 250)
            .mapToObj(number -> offer("key" + number, "web/key" + number, PAIR))
            .toArray(Offer[]::new);
    CertMergeStatus before = status(unchanged(plan(offers)));
    offers[99] = missingOffer("key99", "web/key99");

    assertThat(Announcement.of(before, unchanged(plan(offers))))
        .extracting(Announcement::reason)
        .containsExactly("SourceExcluded");
  }

  @Test
  void a_refusal_is_warned_of() {
    assertThat(Announcement.of(status(written(plan(GOOD))), REFUSED))
        .containsExactly(new Announcement(true, "TargetConflict", "it is somebody else's"));
  }

  @Test
  void a_refusal_that_stays_is_not_announced_again() {
    assertThat(Announcement.of(status(REFUSED), REFUSED)).isEmpty();
  }

  @Test
  void a_refusal_for_another_reason_is_announced() {
    Outcome other = new Outcome.Refused("ApiError", "the server is gone", Optional.empty());

    assertThat(Announcement.of(status(REFUSED), other))
        .containsExactly(new Announcement(true, "ApiError", "the server is gone"));
  }

  @Test
  void a_suspension_is_no_warning() {
    Outcome suspended = new Outcome.Refused("Suspended", "as you asked", Optional.empty());

    assertThat(Announcement.of(status(written(plan(GOOD))), suspended))
        .containsExactly(new Announcement(false, "Suspended", "as you asked"));
    assertThat(Announcement.of(status(suspended), suspended)).isEmpty();
  }

  @Test
  void a_removal_that_is_held_back_is_warned_of_once() {
    Outcome held = unchanged(heldBack("old"));

    assertThat(Announcement.of(status(written(plan(GOOD))), held))
        .filteredOn(Announcement::warning)
        .extracting(Announcement::reason)
        .containsExactly("SourceKept", "RemovalHeld");
    assertThat(Announcement.of(status(held), held)).isEmpty();
  }

  @Test
  void a_removal_of_something_else_that_is_held_back_is_warned_of_again() {
    Outcome before = unchanged(heldBack("old"));

    assertThat(Announcement.of(status(before), unchanged(heldBack("old", "older"))))
        .extracting(Announcement::reason)
        .contains("RemovalHeld");
  }

  @Test
  void a_removal_with_keys_so_long_that_they_are_cut_is_warned_of_once_all_the_same() {
    Outcome held =
        unchanged(
            heldBack(
                IntStream.range(0, 9)
                    .mapToObj(number -> Integer.toString(number).repeat(249))
                    .toArray(String[]::new)));

    assertThat(Announcement.of(status(held), held)).isEmpty();
  }

  private static MergePlan heldBack(String... keys) {
    Map<String, Current.Entry> held = new HashMap<>();
    for (String key : keys) {
      held.put(key, new Current.Entry("web/" + key, accepted(PAIR)));
    }
    Policy none = Policy.DEFAULT.with(MaxRemovals.of(0));
    return Merge.plan(List.of(GOOD), new Current(held), none, NOW);
  }

  @Test
  void a_refused_plan_still_tells_of_its_sources() {
    MergePlan plan = plan(GOOD, brokenOffer("api", "web/api"));
    Outcome tooLarge = new Outcome.Refused("TargetTooLarge", "split it", Optional.of(plan));

    assertThat(Announcement.of(null, tooLarge))
        .extracting(Announcement::reason)
        .containsExactly("TargetTooLarge", "SourceExcluded");
  }

  private static Outcome written(MergePlan plan) {
    return new Outcome.Merged(plan, "sha256:1", true, Map.of());
  }

  private static Outcome unchanged(MergePlan plan) {
    return new Outcome.Merged(plan, "sha256:1", false, Map.of());
  }

  private static CertMergeStatus status(Outcome outcome) {
    return StatusFactory.of(certMerge("name: merged"), outcome, NOW);
  }
}
