package net.lecentre.certmerge.reloader.restart;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time as the procedure sees it: it can be asked, and it can be let pass. */
public interface Pace extends InstantSource {

  /** Lets time pass. */
  void pause(Duration duration) throws InterruptedException;

  /** The system's clock. */
  static Pace system() {
    return new Pace() {
      @Override
      public Instant instant() {
        return Instant.now();
      }

      @Override
      public void pause(Duration duration) throws InterruptedException {
        Thread.sleep(duration.toMillis());
      }
    };
  }
}
