package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Samples.NOW;
import static net.lecentre.certmerge.operator.Samples.issueUntil;
import static net.lecentre.certmerge.operator.Samples.missingOffer;
import static net.lecentre.certmerge.operator.Samples.offer;
import static net.lecentre.certmerge.operator.Samples.plan;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.operator.status.Outcome;
import org.junit.jupiter.api.Test;

class NextLookTest {
  private static final Duration RESYNC = Duration.ofHours(1);

  private static Duration afterMerging(MergePlan plan) {
    return CertMergeReconciler.nextLook(
        new Outcome.Merged(plan, "sha256:0", false, Map.of()), NOW, RESYNC);
  }

  @Test
  void a_certificate_that_ends_first_is_looked_at_when_it_ends() {
    MergePlan plan =
        plan(
            offer(
                "shop",
                "web/shop",
                issueUntil("shop.example.com", NOW.plus(Duration.ofMinutes(10)))));

    assertThat(afterMerging(plan)).isLessThanOrEqualTo(Duration.ofMinutes(11));
  }

  @Test
  void a_certificate_that_lasts_is_looked_at_every_resync() {
    MergePlan plan =
        plan(
            offer(
                "shop", "web/shop", issueUntil("shop.example.com", NOW.plus(Duration.ofDays(90)))));

    assertThat(afterMerging(plan)).isEqualTo(RESYNC);
  }

  @Test
  void a_source_that_is_missing_is_looked_for_again_soon() {
    assertThat(afterMerging(plan(missingOffer("shop", "web/shop"))))
        .isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void what_is_in_the_way_is_looked_at_again_soon() {
    Outcome refused = new Outcome.Refused("TargetConflict", "somebody else's", Optional.empty());

    assertThat(CertMergeReconciler.nextLook(refused, NOW, RESYNC)).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void a_target_that_may_be_written_at_a_certain_time_is_looked_at_then() {
    Outcome refused =
        new Outcome.Refused(
            "TargetConflict", "again", Optional.empty(), Optional.of(NOW.plusSeconds(4)));

    assertThat(CertMergeReconciler.nextLook(refused, NOW, RESYNC)).isEqualTo(Duration.ofSeconds(4));
  }
}
