package net.lecentre.certmerge.reloader.report;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.State;

/** The metrics of the reloader, in Prometheus' text format. */
public final class Metrics {
  private static final double MILLIS = 1000.0;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Gauge notAfter =
      gauge("files_not_after_seconds", "End of validity of the leaf on disk, in Unix time");
  private final Gauge served =
      gauge("served", "1 when a handshake proved that the certificate on disk is served");
  private final Gauge unserved =
      gauge(
          "unserved_seconds",
          "How long the certificate has been on disk without being proved to be served");
  private final Gauge invalid =
      gauge("invalid_files", "1 when the files would not be loaded, or should not be served");
  private final Counter actions =
      Counter.builder()
          .name("certmerge_reloader_actions_total")
          .help("What the reloader did, and what became of it")
          .labelNames("action", "result")
          .withoutExemplars()
          .register(registry);
  private Set<String> shown = Set.of();

  private Gauge gauge(String name, String help) {
    return Gauge.builder()
        .name("certmerge_reloader_" + name)
        .help(help)
        .labelNames("key")
        .withoutExemplars()
        .register(registry);
  }

  /** Shows these keys, and no others any more. */
  public void show(List<KeyStatus> keys, Instant now) {
    Set<String> gone = new HashSet<>(shown);
    Set<String> names = new HashSet<>();
    for (KeyStatus key : keys) {
      String name = key.key();
      names.add(name);
      if (key.disk() == null) {
        notAfter.remove(name);
      } else {
        notAfter.labelValues(name).set((double) key.disk().notAfter().getEpochSecond());
      }
      boolean proved = key.state() == State.Served;
      boolean broken = key.state() == State.Invalid;
      served.labelValues(name).set(proved ? 1 : 0);
      invalid.labelValues(name).set(broken ? 1 : 0);
      unserved
          .labelValues(name)
          .set(proved || broken ? 0 : Duration.between(key.appeared(), now).toMillis() / MILLIS);
    }
    gone.removeAll(names);
    for (String name : gone) {
      List.of(notAfter, served, unserved, invalid).forEach(gauge -> gauge.remove(name));
    }
    shown = names;
  }

  /** Counts an action. */
  public void count(String action, String result) {
    actions.labelValues(action, result).inc();
  }

  /** Writes everything in Prometheus' text format: as one text it would be a lot of garbage. */
  public void writeTo(OutputStream out) throws IOException {
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
  }
}
