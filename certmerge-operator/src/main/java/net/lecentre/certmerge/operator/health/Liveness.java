package net.lecentre.certmerge.operator.health;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the process should go on. It should not when something is wrong that a restart may mend:
 * a watch that does not come back, a reconciliation that does not end. An API server that does not
 * answer is nothing that a restart mends, and it would cost the caches of every replica: while it
 * is so, nothing counts against the process, and afterwards everything has its full time anew.
 */
public final class Liveness implements BooleanSupplier {
  private static final Logger LOG = LoggerFactory.getLogger(Liveness.class);

  /** How long something may be wrong while the API server answers. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  private final List<Watched> watched;
  private final Supplier<Optional<String>> stuck;
  private final BooleanSupplier apiAnswers;
  private final InstantSource clock;
  private @Nullable Instant since;
  private boolean told;

  /**
   * Watches over some things.
   *
   * @param watched what has to be alive
   * @param stuck what else does not move, if something does not
   * @param apiAnswers whether the API server answers; asked only while something is wrong
   */
  public Liveness(
      List<Watched> watched,
      Supplier<Optional<String>> stuck,
      BooleanSupplier apiAnswers,
      InstantSource clock) {
    this.watched = List.copyOf(watched);
    this.stuck = stuck;
    this.apiAnswers = apiAnswers;
    this.clock = clock;
  }

  @Override
  public synchronized boolean getAsBoolean() {
    Optional<String> trouble = trouble();
    if (trouble.isEmpty() || !apiAnswers.getAsBoolean()) {
      since = null;
      told = false;
      return true;
    }
    Instant now = clock.instant();
    if (since == null) {
      since = now;
    }
    boolean live = Duration.between(since, now).compareTo(TOLERANCE) < 0;
    if (!live && !told) {
      told = true;
      LOG.atError()
          .addKeyValue("reason", "NotLive")
          .log(
              "{}, though the API server answers; this process asks to be restarted",
              trouble.get());
    }
    return live;
  }

  private Optional<String> trouble() {
    return watched.stream()
        .filter(one -> !one.alive().getAsBoolean())
        .findFirst()
        .map(one -> "the watch of " + one.name() + " is broken")
        .or(stuck);
  }
}
