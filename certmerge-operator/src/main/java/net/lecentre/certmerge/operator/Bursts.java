package net.lecentre.certmerge.operator;

import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Gathers what changes while much does. As long as little happens each CertMerge is reconciled at
 * once. In a burst, as when an issuer renews everything, one that has just had its turn waits a
 * little, so that its target is written once for many renewals and not once for each; one that had
 * none lately still has it at once.
 *
 * <p>The SDK asks under a lock of its own, for one CertMerge after the other.
 */
final class Bursts implements RateLimiter<Bursts.Turn> {
  /** So many events within {@link #WITHIN} are a burst. */
  static final int MANY = 25;

  static final Duration WITHIN = Duration.ofSeconds(1);

  /** How long after its last turn a CertMerge waits in a burst. */
  static final Duration APART = Duration.ofSeconds(2);

  private final InstantSource clock;
  private final Deque<Instant> recent = new ArrayDeque<>(MANY);

  Bursts(InstantSource clock) {
    this.clock = clock;
  }

  /** When a CertMerge had its last turn. */
  static final class Turn implements RateLimitState {
    private Instant last = Instant.MIN;
  }

  @Override
  public Turn initState() {
    return new Turn();
  }

  @Override
  public Optional<Duration> isLimited(RateLimitState state) {
    Turn turn = (Turn) state;
    Instant now = clock.instant();
    boolean burst = isBurst(now);
    boolean early = turn.last.isAfter(now.minus(APART)) && !turn.last.isAfter(now);
    if (burst && early) {
      return Optional.of(Duration.between(now, turn.last.plus(APART)));
    }
    turn.last = now;
    return Optional.empty();
  }

  private boolean isBurst(Instant now) {
    boolean burst = recent.size() == MANY && recent.getFirst().isAfter(now.minus(WITHIN));
    if (recent.size() == MANY) {
      recent.removeFirst();
    }
    recent.addLast(now);
    return burst;
  }
}
