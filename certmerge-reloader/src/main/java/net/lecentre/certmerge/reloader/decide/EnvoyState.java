package net.lecentre.certmerge.reloader.decide;

import java.time.Duration;
import java.time.Instant;

/** What Envoy's admin interface says of Envoy itself. */
public sealed interface EnvoyState {

  /**
   * It answers.
   *
   * @param state its {@code server_info} state: {@code LIVE}, {@code DRAINING}, {@code
   *     PRE_INITIALIZING} or {@code INITIALIZING}
   * @param uptime how long it runs, in whole seconds
   */
  record Up(String state, Duration uptime) implements EnvoyState {
    /** Whether it takes traffic. */
    public boolean live() {
      return state.equals("LIVE");
    }

    /** Whether its health check was made to fail, by {@code healthcheck/fail}. */
    public boolean draining() {
      return state.equals("DRAINING");
    }

    /** The earliest instant at which it can have started: its uptime is cut to whole seconds. */
    public Instant startedNotBefore(Instant now) {
      return now.minus(uptime).minusSeconds(1);
    }
  }

  /**
   * It does not answer, which says nothing of what it serves.
   *
   * @param reason why, as a clause
   */
  record Unreachable(String reason) implements EnvoyState {}
}
