package net.lecentre.certmerge.operator.metrics;

import static net.lecentre.certmerge.operator.Samples.NOW;
import static net.lecentre.certmerge.operator.Samples.brokenOffer;
import static net.lecentre.certmerge.operator.Samples.issue;
import static net.lecentre.certmerge.operator.Samples.issueUntil;
import static net.lecentre.certmerge.operator.Samples.missingOffer;
import static net.lecentre.certmerge.operator.Samples.offer;
import static net.lecentre.certmerge.operator.Samples.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;

class MergeMetricsTest {
  private static final ObjectName EDGE = new ObjectName("web", "edge");
  private static final ObjectName OTHER = new ObjectName("web", "other");
  private static final Map<ObjectName, Integer> BYTES =
      Map.of(new ObjectName("istio-system", "merged"), 4711);
  private static final IssuedPair PAIR = issue("shop.example.com");
  private static final MergePlan PLAN =
      plan(offer("shop", "web/shop", PAIR), missingOffer("old", "web/old"));
  private static final String OF_EDGE = "certmerge=\"edge\"";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MergeMetrics metrics = new MergeMetrics(registry);

  @Test
  void each_written_certificate_has_its_end() {
    metrics.merged(EDGE, BYTES, PLAN);

    assertThat(
            sample(
                "certmerge_certificate_not_after_seconds",
                OF_EDGE,
                "namespace=\"web\"",
                "key=\"shop\"",
                "source=\"web/shop\""))
        .isEqualTo((double) NOW.plus(Duration.ofDays(90)).getEpochSecond());
  }

  @Test
  void each_written_certificate_has_its_beginning() {
    metrics.merged(EDGE, BYTES, PLAN);

    assertThat(
            sample(
                "certmerge_certificate_not_before_seconds",
                OF_EDGE,
                "namespace=\"web\"",
                "key=\"shop\"",
                "source=\"web/shop\""))
        .isEqualTo((double) NOW.minus(Duration.ofHours(1)).getEpochSecond());
  }

  @Test
  void an_excluded_source_has_no_validity() {
    metrics.merged(EDGE, BYTES, PLAN);

    assertThat(registry.scrape()).doesNotContain("key=\"old\"");
  }

  @Test
  void a_watch_tells_when_it_last_saw_an_event() {
    metrics.watch("sources", () -> NOW);

    assertThat(sample("certmerge_watch_last_event_seconds", "watch=\"sources\""))
        .isEqualTo((double) NOW.getEpochSecond());
  }

  @Test
  void entries_are_counted_by_state() {
    metrics.merged(
        EDGE,
        BYTES,
        plan(
            "api",
            "web/api",
            PAIR,
            brokenOffer("api", "web/api"),
            offer("shop", "web/shop", PAIR),
            missingOffer("old", "web/old"),
            missingOffer("older", "web/older")));

    assertThat(sample("certmerge_entries", OF_EDGE, "namespace=\"web\"", "state=\"Merged\""))
        .isEqualTo(1);
    assertThat(sample("certmerge_entries", OF_EDGE, "state=\"Kept\"")).isEqualTo(1);
    assertThat(sample("certmerge_entries", OF_EDGE, "state=\"Excluded\"")).isEqualTo(2);
  }

  @Test
  void the_size_of_the_target_is_told() {
    metrics.merged(EDGE, BYTES, PLAN);

    assertThat(
            sample(
                "certmerge_target_bytes",
                OF_EDGE,
                "namespace=\"web\"",
                "secret=\"istio-system/merged\""))
        .isEqualTo(4711);
  }

  @Test
  void a_merged_target_is_ready() {
    metrics.merged(EDGE, BYTES, PLAN);

    assertThat(sample("certmerge_ready", OF_EDGE, "namespace=\"web\"")).isEqualTo(1);
  }

  @Test
  void a_target_without_sources_is_not_ready() {
    metrics.merged(EDGE, BYTES, plan());

    assertThat(sample("certmerge_ready", OF_EDGE)).isZero();
  }

  @Test
  void a_refused_target_is_no_longer_ready() {
    metrics.merged(EDGE, BYTES, PLAN);

    metrics.refused(EDGE);

    assertThat(sample("certmerge_ready", OF_EDGE)).isZero();
  }

  @Test
  void a_refused_target_still_tells_when_its_certificates_end() {
    metrics.merged(EDGE, BYTES, PLAN);

    metrics.refused(EDGE);

    assertThat(sample("certmerge_certificate_not_after_seconds", OF_EDGE)).isPositive();
  }

  @Test
  void merges_are_counted_by_result() {
    metrics.count(EDGE, "written");
    metrics.count(EDGE, "written");
    metrics.count(EDGE, "refused");

    assertThat(sample("certmerge_merges_total", OF_EDGE, "namespace=\"web\"", "result=\"written\""))
        .isEqualTo(2);
    assertThat(sample("certmerge_merges_total", OF_EDGE, "result=\"refused\"")).isEqualTo(1);
  }

  @Test
  void how_long_a_merge_took_is_a_histogram() {
    metrics.took(Duration.ofMillis(250));

    assertThat(sample("certmerge_merge_seconds_count")).isEqualTo(1);
    assertThat(sample("certmerge_merge_seconds_sum")).isEqualTo(0.25);
    assertThat(sample("certmerge_merge_seconds_bucket", "le=\"+Inf\"")).isEqualTo(1);
  }

  @Test
  void the_series_of_a_source_that_left_disappear() {
    metrics.merged(EDGE, BYTES, PLAN);

    metrics.merged(EDGE, BYTES, plan(offer("api", "web/api", PAIR)));

    assertThat(registry.scrape()).contains("key=\"api\"").doesNotContain("key=\"shop\"");
  }

  @Test
  void a_renewal_moves_the_end_of_its_series() {
    metrics.merged(EDGE, BYTES, PLAN);
    IssuedPair renewed = issueUntil("shop.example.com", NOW.plus(Duration.ofDays(91)));

    metrics.merged(EDGE, BYTES, plan(offer("shop", "web/shop", renewed)));

    assertThat(sample("certmerge_certificate_not_after_seconds", "key=\"shop\""))
        .isEqualTo((double) NOW.plus(Duration.ofDays(91)).getEpochSecond());
  }

  @Test
  void a_certmerge_that_goes_takes_all_of_its_series_along() {
    metrics.merged(EDGE, BYTES, PLAN);
    metrics.count(EDGE, "written");
    metrics.count(EDGE, "refused");

    metrics.forget(EDGE);

    assertThat(registry.scrape()).doesNotContain(OF_EDGE);
  }

  @Test
  void a_certmerge_that_goes_leaves_the_series_of_others() {
    metrics.merged(EDGE, BYTES, PLAN);
    metrics.merged(OTHER, BYTES, PLAN);
    metrics.count(OTHER, "written");

    metrics.forget(EDGE);

    assertThat(sample("certmerge_ready", "certmerge=\"other\"")).isEqualTo(1);
    assertThat(sample("certmerge_merges_total", "certmerge=\"other\"")).isEqualTo(1);
  }

  @Test
  void a_certmerge_that_comes_back_has_its_series_again() {
    metrics.merged(EDGE, BYTES, PLAN);
    metrics.forget(EDGE);

    metrics.merged(EDGE, BYTES, PLAN);

    assertThat(sample("certmerge_ready", OF_EDGE)).isEqualTo(1);
  }

  @Test
  void forgetting_an_unknown_certmerge_does_nothing() {
    metrics.merged(EDGE, BYTES, PLAN);

    metrics.forget(OTHER);

    assertThat(sample("certmerge_ready", OF_EDGE)).isEqualTo(1);
  }

  /** The value of the only sample of this name with these labels. */
  private double sample(String name, String... labels) {
    List<String> lines =
        registry
            .scrape()
            .lines()
            .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
            .filter(line -> List.of(labels).stream().allMatch(line::contains))
            .toList();
    assertThat(lines).as("%s %s in:%n%s", name, List.of(labels), registry.scrape()).hasSize(1);
    String line = lines.get(0);
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }
}
