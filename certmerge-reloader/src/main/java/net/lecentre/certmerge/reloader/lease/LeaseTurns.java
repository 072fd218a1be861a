package net.lecentre.certmerge.reloader.lease;

import java.util.function.Supplier;
import net.lecentre.certmerge.reloader.decide.Turn;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns by a Lease in Kubernetes. Its client is large and restarts are rare, so it is loaded only
 * when a turn is asked for.
 */
public final class LeaseTurns implements Turns {
  private static final Logger log = LoggerFactory.getLogger(LeaseTurns.class);

  private final Supplier<Election> start;
  private @Nullable Election election;
  private @Nullable String failure;

  /** Does not connect yet. */
  public LeaseTurns(LeaseSettings settings) {
    this(() -> Election.start(settings));
  }

  LeaseTurns(Supplier<Election> start) {
    this.start = start;
  }

  @Override
  public synchronized Turn now() {
    if (failure != null) {
      return new Turn.Others(failure);
    }
    return election == null ? new Turn.NotAsked() : election.turn();
  }

  @Override
  public synchronized void ask() {
    if (election != null && election.isOver()) {
      giveBack();
    }
    if (election != null) {
      return;
    }
    try {
      election = start.get();
      failure = null;
    } catch (RuntimeException e) {
      // A configuration of the client that cannot be read, for one: it may be put right.
      log.debug("the Lease cannot be asked for", e);
      failure = "the Lease cannot be asked for: " + e;
    }
  }

  @Override
  public synchronized void giveBack() {
    failure = null;
    if (election != null) {
      election.close();
      election = null;
    }
  }

  @Override
  public void close() {
    giveBack();
  }
}
