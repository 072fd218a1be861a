package net.lecentre.certmerge.operator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import net.lecentre.certmerge.core.inspect.Leaf;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.MergePlan.State;
import net.lecentre.certmerge.operator.api.ObjectName;

/** The metrics of every CertMerge; a CertMerge that goes takes its own along. */
public final class MergeMetrics {
  private final MeterRegistry registry;
  private final Map<ObjectName, OfOne> all = new ConcurrentHashMap<>();
  private final Timer mergeSeconds;

  /** Registers with a registry. */
  public MergeMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.mergeSeconds =
        Timer.builder("certmerge.merge")
            .description("From a source's event to the target written.")
            .publishPercentileHistogram()
            .minimumExpectedValue(Duration.ofMillis(1))
            .maximumExpectedValue(Duration.ofMinutes(1))
            .register(registry);
  }

  /**
   * Tells when a watch last saw an event.
   *
   * @param name what is watched
   * @param lastEvent asked at each scrape
   */
  public void watch(String name, Supplier<Instant> lastEvent) {
    Gauge.builder(
            "certmerge.watch.last.event.seconds",
            lastEvent,
            latest -> latest.get().toEpochMilli() / 1e3)
        .description("When a watch last saw an event.")
        .tag("watch", name)
        .strongReference(true)
        .register(registry);
  }

  /**
   * Notes that the target of a CertMerge holds what a plan says.
   *
   * @param bytesOfEach how many bytes the values of each of its Secrets have
   */
  public void merged(ObjectName certMerge, Map<ObjectName, Integer> bytesOfEach, MergePlan plan) {
    of(certMerge).merged(bytesOfEach, plan);
  }

  /** Notes that the target of a CertMerge was left alone. */
  public void refused(ObjectName certMerge) {
    of(certMerge).ready.set(Map.of(of(certMerge).tags, 0.0));
  }

  /** Counts a reconciliation by its result. */
  public void count(ObjectName certMerge, String result) {
    Counter.builder("certmerge.merges")
        .description("Reconciliations by their result.")
        .tags(tags(certMerge).and("result", result))
        .register(registry)
        .increment();
  }

  /** Notes how long a source's event waited for the target to be written. */
  public void took(Duration duration) {
    mergeSeconds.record(duration);
  }

  /** Forgets a CertMerge. */
  public void forget(ObjectName certMerge) {
    OfOne gone = all.remove(certMerge);
    if (gone != null) {
      gone.clear();
    }
    registry.find("certmerge.merges").tags(tags(certMerge)).meters().forEach(registry::remove);
  }

  private OfOne of(ObjectName certMerge) {
    return all.computeIfAbsent(certMerge, name -> new OfOne(registry, tags(name)));
  }

  private static Tags tags(ObjectName certMerge) {
    return Tags.of("namespace", certMerge.namespace(), "certmerge", certMerge.name());
  }

  private static final class OfOne {
    private final Tags tags;
    private final GaugeSet notAfter;
    private final GaugeSet notBefore;
    private final GaugeSet entries;
    private final GaugeSet bytes;
    private final GaugeSet ready;

    private OfOne(MeterRegistry registry, Tags tags) {
      this.tags = tags;
      notAfter =
          new GaugeSet(
              registry,
              "certmerge.certificate.not.after.seconds",
              "When a certificate in the target ends.");
      notBefore =
          new GaugeSet(
              registry,
              "certmerge.certificate.not.before.seconds",
              "When a certificate in the target begins.");
      entries = new GaugeSet(registry, "certmerge.entries", "Sources by what became of them.");
      bytes = new GaugeSet(registry, "certmerge.target.bytes", "What a target Secret holds.");
      ready =
          new GaugeSet(
              registry, "certmerge.ready", "Whether the target holds what the sources say.");
    }

    private void merged(Map<ObjectName, Integer> bytesOfEach, MergePlan plan) {
      Map<Tags, Double> ends = new HashMap<>();
      Map<Tags, Double> starts = new HashMap<>();
      plan.written()
          .forEach(
              entry -> {
                Leaf leaf = entry.pair().orElseThrow().leaf();
                Tags series = tags.and("key", entry.key(), "source", entry.source());
                ends.put(series, seconds(leaf.notAfter()));
                starts.put(series, seconds(leaf.notBefore()));
              });
      notAfter.set(ends);
      notBefore.set(starts);
      entries.set(
          Map.of(
              tags.and("state", "Merged"), inState(plan, State.MERGED),
              tags.and("state", "Kept"), inState(plan, State.KEPT),
              tags.and("state", "Excluded"), inState(plan, State.EXCLUDED)));
      Map<Tags, Double> sizes = new HashMap<>();
      bytesOfEach.forEach(
          (secret, size) -> sizes.put(tags.and("secret", secret.toString()), size.doubleValue()));
      bytes.set(sizes);
      boolean good = plan.written().findAny().isPresent() && plan.held().isEmpty();
      ready.set(Map.of(tags, good ? 1.0 : 0.0));
    }

    private static double inState(MergePlan plan, State state) {
      return plan.entries().stream().filter(entry -> entry.state() == state).count();
    }

    private static double seconds(Instant instant) {
      return instant.getEpochSecond();
    }

    private void clear() {
      for (GaugeSet set : new GaugeSet[] {notAfter, notBefore, entries, bytes, ready}) {
        set.set(Map.of());
      }
    }
  }
}
