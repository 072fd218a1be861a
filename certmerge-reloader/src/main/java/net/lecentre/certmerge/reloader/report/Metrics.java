package net.lecentre.certmerge.reloader.report;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.State;

/** The metrics of the reloader, in Prometheus' text format. */
public final class Metrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MultiGauge notAfter =
      gauge("files.not.after.seconds", "End of validity of the leaf on disk, in Unix time");
  private final MultiGauge served =
      gauge("served", "1 when a handshake proved that the certificate on disk is served");
  private final MultiGauge unserved =
      gauge(
          "unserved.seconds",
          "How long the certificate has been on disk without being proved to be served");
  private final MultiGauge invalid =
      gauge("invalid.files", "1 when the files would not be loaded, or should not be served");

  private MultiGauge gauge(String name, String description) {
    return MultiGauge.builder("certmerge.reloader." + name)
        .description(description)
        .register(registry);
  }

  /** Shows these keys, and no others any more. */
  public void show(List<KeyStatus> keys, Instant now) {
    List<Row<?>> ends = new ArrayList<>();
    List<Row<?>> proofs = new ArrayList<>();
    List<Row<?>> delays = new ArrayList<>();
    List<Row<?>> faults = new ArrayList<>();
    for (KeyStatus key : keys) {
      Tags tags = Tags.of("key", key.key());
      if (key.disk() != null) {
        ends.add(Row.of(tags, key.disk().notAfter().getEpochSecond()));
      }
      boolean proved = key.state() == State.Served;
      boolean broken = key.state() == State.Invalid;
      proofs.add(Row.of(tags, proved ? 1 : 0));
      faults.add(Row.of(tags, broken ? 1 : 0));
      delays.add(
          Row.of(
              tags,
              proved || broken ? 0 : Duration.between(key.appeared(), now).toMillis() / 1000.0));
    }
    notAfter.register(ends, true);
    served.register(proofs, true);
    unserved.register(delays, true);
    invalid.register(faults, true);
  }

  /** Counts an action. */
  public void count(String action, String result) {
    Counter.builder("certmerge.reloader.actions")
        .description("What the reloader did, and what became of it")
        .tags("action", action, "result", result)
        .register(registry)
        .increment();
  }

  /** Everything in Prometheus' text format. */
  public String text() {
    return registry.scrape();
  }
}
