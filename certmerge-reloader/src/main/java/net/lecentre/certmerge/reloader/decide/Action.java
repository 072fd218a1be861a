package net.lecentre.certmerge.reloader.decide;

import java.time.Instant;
import java.util.List;

/** What is to be done next. */
public sealed interface Action {

  /** Why, as a sentence. */
  String reason();

  /** An action that changes something. */
  sealed interface Change extends Action {
    /** Its name in the status document and the metrics. */
    String name();
  }

  /** Nothing: every certificate is served. */
  record None() implements Action {
    @Override
    public String reason() {
      return "Every certificate is served as it is on disk.";
    }
  }

  /**
   * Look again.
   *
   * @param until when at the latest
   * @param reason what is waited for
   */
  record Wait(Instant until, String reason) implements Action {}

  /**
   * Wait for this replica's turn, and look again.
   *
   * @param reason what would be done then, and what is waited for
   */
  record AwaitTurn(String reason) implements Action {}

  /**
   * Tell it; the reloader may not or must not do anything about it.
   *
   * @param reason what is wrong and why nothing is done
   */
  record Report(String reason) implements Action {}

  /**
   * Take Envoy out of service, have it start again and verify it.
   *
   * @param keys the keys that are served outdated
   * @param reason why
   */
  record Restart(List<String> keys, String reason) implements Change {
    /** Copies the list. */
    public Restart {
      keys = List.copyOf(keys);
    }

    @Override
    public String name() {
      return "restart";
    }
  }

  /** Put an Envoy back into service that the reloader itself took out and then forgot. */
  record Undrain() implements Change {
    @Override
    public String name() {
      return "undrain";
    }

    @Override
    public String reason() {
      return "Envoy is still out of service by this reloader's own hand.";
    }
  }

  /**
   * Give readiness back that was withheld, and forget why it was.
   *
   * @param reason why
   */
  record Rejoin(String reason) implements Change {
    @Override
    public String name() {
      return "rejoin";
    }
  }

  /**
   * Tell what would be done.
   *
   * @param change what that is
   */
  record DryRun(Change change) implements Action {
    @Override
    public String reason() {
      return "Dry run, would " + change.name() + ": " + change.reason();
    }
  }
}
