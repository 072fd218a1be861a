package net.lecentre.certmerge.operator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is told to go on. */
public final class TestClock implements InstantSource {
  private Instant now;

  /** Stands at an instant. */
  public TestClock(Instant now) {
    this.now = now;
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Goes on. */
  public void pass(Duration time) {
    now = now.plus(time);
  }
}
