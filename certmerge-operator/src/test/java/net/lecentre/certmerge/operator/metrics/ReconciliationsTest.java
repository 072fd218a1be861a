package net.lecentre.certmerge.operator.metrics;

import static net.lecentre.certmerge.operator.Samples.NOW;
import static net.lecentre.certmerge.operator.Samples.certMerge;
import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import net.lecentre.certmerge.operator.TestClock;
import net.lecentre.certmerge.operator.api.CertMerge;
import org.junit.jupiter.api.Test;

class ReconciliationsTest {
  private static final CertMerge EDGE = certMerge("name: merged");
  private static final CertMerge OTHER = certMerge("web", "other", "name: merged");
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final TestClock clock = new TestClock(NOW);
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Reconciliations queue = new Reconciliations(registry, clock);

  @Test
  void what_waits_and_what_runs_is_counted() {
    submit(EDGE);
    submit(OTHER);
    start(EDGE);

    assertThat(registry.scrape())
        .contains("certmerge_reconciliations_waiting 1.0", "certmerge_reconciliations_running 1.0");
  }

  @Test
  void what_is_over_is_not_counted_any_more_and_was_measured() {
    submit(EDGE);
    start(EDGE);
    clock.pass(Duration.ofSeconds(2));
    finish(EDGE);

    assertThat(registry.scrape())
        .contains(
            "certmerge_reconciliations_waiting 0.0",
            "certmerge_reconciliations_running 0.0",
            "certmerge_reconciliation_seconds_count 1",
            "certmerge_reconciliation_seconds_sum 2.0");
  }

  @Test
  void a_certmerge_that_went_before_it_was_reconciled_does_not_wait_for_ever() {
    submit(EDGE);
    finish(EDGE);

    assertThat(registry.scrape()).contains("certmerge_reconciliations_waiting 0.0");
  }

  @Test
  void a_certmerge_that_is_due_again_while_it_is_finished_waits() {
    submit(EDGE);
    start(EDGE);
    submit(EDGE);
    finish(EDGE);

    assertThat(registry.scrape()).contains("certmerge_reconciliations_waiting 1.0");
  }

  @Test
  void retries_are_counted() {
    queue.reconciliationSubmitted(
        EDGE,
        new RetryInfo() {
          @Override
          public int getAttemptCount() {
            return 1;
          }

          @Override
          public boolean isLastAttempt() {
            return false;
          }
        },
        Map.of());

    assertThat(registry.scrape()).contains("certmerge_retries_total 1.0");
  }

  @Test
  void no_series_is_about_one_certmerge() {
    submit(EDGE);
    start(EDGE);
    finish(EDGE);

    assertThat(registry.scrape()).doesNotContain("edge");
  }

  @Test
  void an_operator_with_nothing_to_do_is_not_stuck() {
    clock.pass(Duration.ofDays(1));

    assertThat(queue.stuck(PATIENCE)).isEmpty();
  }

  @Test
  void a_reconciliation_that_does_not_end_is_stuck() {
    submit(EDGE);
    start(EDGE);
    clock.pass(PATIENCE);
    assertThat(queue.stuck(PATIENCE)).isEmpty();

    clock.pass(Duration.ofSeconds(1));

    assertThat(queue.stuck(PATIENCE)).hasValueSatisfying(it -> assertThat(it).contains("running"));
  }

  @Test
  void a_queue_that_stands_still_is_stuck() {
    submit(EDGE);
    clock.pass(PATIENCE.plusSeconds(1));

    assertThat(queue.stuck(PATIENCE)).hasValueSatisfying(it -> assertThat(it).contains("wait"));
  }

  @Test
  void a_long_queue_that_moves_is_not_stuck() {
    submit(EDGE);
    submit(OTHER);
    clock.pass(PATIENCE);
    start(OTHER);
    finish(OTHER);
    clock.pass(Duration.ofSeconds(1));

    assertThat(queue.stuck(PATIENCE)).isEmpty();
  }

  private void submit(CertMerge certMerge) {
    queue.reconciliationSubmitted(certMerge, null, Map.of());
  }

  private void start(CertMerge certMerge) {
    queue.reconciliationStarted(certMerge, Map.of());
  }

  private void finish(CertMerge certMerge) {
    queue.reconciliationFinished(certMerge, null, Map.of());
  }
}
