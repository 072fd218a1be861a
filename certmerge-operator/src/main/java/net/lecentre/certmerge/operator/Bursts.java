package net.lecentre.certmerge.operator;

import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Gathers what changes while many sources do. As long as few change each CertMerge is reconciled at
 * once. In a burst, as when an issuer renews everything, it waits until the burst is over, but no
 * longer than {@link #LONGEST}, so that its target is written once for many renewals and not once
 * for each: every write takes from the API server what it needs to take the renewals.
 *
 * <p>What we write comes back as events too. Those make no burst, or its end would put itself off.
 */
final class Bursts implements RateLimiter<Bursts.Turn> {
  /** So many sources that change within {@link #WITHIN} are a burst. */
  static final int MANY = 10;

  static final Duration WITHIN = Duration.ofSeconds(1);

  /** A burst is over when no source has changed for so long. */
  static final Duration CALM = Duration.ofMillis(150);

  /** How long a CertMerge waits at most. */
  static final Duration LONGEST = Duration.ofSeconds(5);

  /** For so long after the last one that waited had its turn, others may still be at theirs. */
  static final Duration SETTLING = Duration.ofSeconds(2);

  private final InstantSource clock;
  private final Deque<Instant> recent = new ArrayDeque<>(MANY);
  private volatile Instant lastTurn = Instant.EPOCH;

  Bursts(InstantSource clock) {
    this.clock = clock;
  }

  /** Since when a CertMerge waits, if it does. */
  static final class Turn implements RateLimitState {
    private Optional<Instant> since = Optional.empty();
  }

  @Override
  public Turn initState() {
    return new Turn();
  }

  /** Notes that a source that somebody asks for has changed. */
  synchronized void changed() {
    if (recent.size() == MANY) {
      recent.removeFirst();
    }
    recent.addLast(now());
  }

  @Override
  public Optional<Duration> isLimited(RateLimitState state) {
    Turn turn = (Turn) state;
    Instant now = now();
    Instant since = turn.since.orElse(now);
    Instant last = since.plus(LONGEST);
    Optional<Instant> until =
        calmAt(now)
            .map(calm -> calm.isBefore(last) ? calm : last)
            .filter(now::isBefore)
            // A clock that was set back keeps nobody waiting.
            .filter(later -> !now.isBefore(since));
    if (until.isEmpty() && turn.since.isPresent()) {
      lastTurn = now;
    }
    turn.since = until.map(later -> since);
    return until.map(later -> Duration.between(now, later));
  }

  /** Whether those that waited for the end of a burst have their turns. */
  boolean isEnding(Instant now) {
    return now.isBefore(lastTurn.plus(SETTLING));
  }

  /** The SDK counts whole milliseconds: nobody is to ask again too early. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** When a burst will be over, if there is one and nothing else changes. */
  private synchronized Optional<Instant> calmAt(Instant now) {
    return recent.size() == MANY && recent.getFirst().isAfter(now.minus(WITHIN))
        ? Optional.of(recent.getLast().plus(CALM))
        : Optional.empty();
  }
}
