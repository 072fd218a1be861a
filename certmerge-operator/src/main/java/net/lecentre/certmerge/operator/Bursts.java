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
 * Gathers what changes while much does. As long as little happens each CertMerge is reconciled at
 * once. In a burst, as when an issuer renews everything, it waits until the burst is over, but no
 * longer than {@link #LONGEST}, so that its target is written once for many renewals and not once
 * for each: every write takes from the API server what it needs to take the renewals.
 *
 * <p>The SDK asks under a lock of its own, for one CertMerge after the other: when something
 * happens that concerns it, and again when it has waited as long as it was told to.
 */
final class Bursts implements RateLimiter<Bursts.Turn> {
  /** So many events within {@link #WITHIN} are a burst. */
  static final int MANY = 25;

  static final Duration WITHIN = Duration.ofSeconds(1);

  /** A burst is over when nothing has happened for so long. */
  static final Duration CALM = Duration.ofMillis(250);

  /** How long a CertMerge waits at most. */
  static final Duration LONGEST = Duration.ofSeconds(4);

  /** For so long after the last one that waited had its turn, others may still be at theirs. */
  static final Duration SETTLING = Duration.ofSeconds(2);

  private final InstantSource clock;
  private final Deque<Instant> recent = new ArrayDeque<>(MANY);
  private volatile Instant lastTurn = Instant.EPOCH;

  Bursts(InstantSource clock) {
    this.clock = clock;
  }

  /** What a CertMerge waits for, if it does. */
  static final class Turn implements RateLimitState {
    private Optional<Wait> wait = Optional.empty();
  }

  /**
   * A wait.
   *
   * @param since when it began
   * @param until when to ask again
   */
  private record Wait(Instant since, Instant until) {}

  @Override
  public Turn initState() {
    return new Turn();
  }

  @Override
  public Optional<Duration> isLimited(RateLimitState state) {
    Turn turn = (Turn) state;
    // The SDK counts whole milliseconds: nobody is to ask again too early.
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    // Whoever asks again after its wait is no event.
    if (turn.wait.map(wait -> now.isBefore(wait.until())).orElse(true)) {
      note(now);
    }
    Instant since = turn.wait.map(Wait::since).orElse(now);
    Instant last = since.plus(LONGEST);
    boolean waits = isBurst(now) && now.isBefore(last) && !now.isBefore(since);
    Instant calm = now.plus(CALM);
    if (!waits && turn.wait.isPresent()) {
      lastTurn = now;
    }
    turn.wait =
        waits ? Optional.of(new Wait(since, calm.isBefore(last) ? calm : last)) : Optional.empty();
    return turn.wait.map(wait -> Duration.between(now, wait.until()));
  }

  /** Whether those that waited for the end of a burst have their turns. */
  boolean isEnding(Instant now) {
    return now.isBefore(lastTurn.plus(SETTLING));
  }

  private void note(Instant now) {
    if (recent.size() == MANY) {
      recent.removeFirst();
    }
    recent.addLast(now);
  }

  private boolean isBurst(Instant now) {
    return recent.size() == MANY
        && recent.getFirst().isAfter(now.minus(WITHIN))
        && recent.getLast().isAfter(now.minus(CALM));
  }
}
