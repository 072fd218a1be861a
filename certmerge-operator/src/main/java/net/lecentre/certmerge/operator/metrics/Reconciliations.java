package net.lecentre.certmerge.operator.metrics;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The queue of the operator: what waits to be reconciled and what is being reconciled. The SDK
 * calls it. No series is about a single CertMerge, so none is left over when one goes.
 */
public final class Reconciliations implements Metrics {
  private final InstantSource clock;
  private final Counter retries;
  private final Timer duration;
  private final Map<ResourceID, Instant> waiting = new ConcurrentHashMap<>();

  /** By thread: the next one of a CertMerge may start before the end of the last one is told. */
  private final Map<Thread, Instant> running = new ConcurrentHashMap<>();

  private volatile Instant lastMove;

  /** Registers with a registry. */
  public Reconciliations(MeterRegistry registry, InstantSource clock) {
    this.clock = clock;
    this.lastMove = clock.instant();
    Gauge.builder("certmerge.reconciliations.waiting", waiting, Map::size)
        .description("CertMerges that wait for a thread to reconcile them.")
        .register(registry);
    Gauge.builder("certmerge.reconciliations.running", running, Map::size)
        .description("CertMerges that are being reconciled.")
        .register(registry);
    retries =
        Counter.builder("certmerge.retries")
            .description("Reconciliations that follow one that failed.")
            .register(registry);
    duration =
        Timer.builder("certmerge.reconciliation")
            .description("How long a reconciliation takes once it has started.")
            .serviceLevelObjectives(
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1))
            .register(registry);
  }

  @Override
  public void reconciliationSubmitted(
      HasMetadata resource, @Nullable RetryInfo retry, Map<String, Object> metadata) {
    waiting.put(ResourceID.fromResource(resource), clock.instant());
    if (retry != null) {
      retries.increment();
    }
  }

  @Override
  public void reconciliationStarted(HasMetadata resource, Map<String, Object> metadata) {
    Instant now = clock.instant();
    waiting.remove(ResourceID.fromResource(resource));
    running.put(Thread.currentThread(), now);
    lastMove = now;
  }

  @Override
  public void reconciliationFinished(
      HasMetadata resource, @Nullable RetryInfo retry, Map<String, Object> metadata) {
    Instant now = clock.instant();
    lastMove = now;
    Instant started = running.remove(Thread.currentThread());
    if (started == null) {
      // Its CertMerge went before it began.
      waiting.remove(ResourceID.fromResource(resource));
    } else {
      duration.record(Duration.between(started, now));
    }
  }

  /** What does not move: a reconciliation that runs for so long, or a queue that stands still. */
  public Optional<String> stuck(Duration patience) {
    Instant deadline = clock.instant().minus(patience);
    if (earliest(running.values()).filter(deadline::isAfter).isPresent()) {
      return Optional.of("a reconciliation has been running for more than " + minutes(patience));
    }
    boolean waits = earliest(waiting.values()).filter(deadline::isAfter).isPresent();
    return waits && deadline.isAfter(lastMove)
        ? Optional.of("CertMerges wait and nothing was reconciled for " + minutes(patience))
        : Optional.empty();
  }

  private static Optional<Instant> earliest(Collection<Instant> instants) {
    return instants.stream().min(Instant::compareTo);
  }

  private static String minutes(Duration patience) {
    return patience.toMinutes() + " minutes";
  }
}
