package net.lecentre.certmerge.operator.health;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the API server answers, as far as is known. Each question has it asked anew in the
 * background: a probe must not wait.
 */
public final class ApiPing implements BooleanSupplier {
  /** An answer is worth that much time. */
  static final Duration FRESH = Duration.ofMinutes(1);

  private final BooleanSupplier ask;
  private final Executor background;
  private final InstantSource clock;
  private boolean asking;
  private @Nullable Instant answered;

  /**
   * Asks nothing yet.
   *
   * @param ask asks the API server, and waits
   * @param background where to wait
   */
  public ApiPing(BooleanSupplier ask, Executor background, InstantSource clock) {
    this.ask = ask;
    this.background = background;
    this.clock = clock;
  }

  @Override
  public boolean getAsBoolean() {
    boolean now;
    synchronized (this) {
      now = !asking;
      asking = true;
    }
    if (now) {
      background.execute(this::ask);
    }
    return isFresh();
  }

  private void ask() {
    boolean good = false;
    try {
      good = ask.getAsBoolean();
    } finally {
      note(good);
    }
  }

  private synchronized void note(boolean good) {
    asking = false;
    answered = good ? clock.instant() : null;
  }

  private synchronized boolean isFresh() {
    return answered != null && answered.plus(FRESH).isAfter(clock.instant());
  }
}
