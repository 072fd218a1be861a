package net.lecentre.certmerge.reloader.lease;

import net.lecentre.certmerge.reloader.decide.Turn;
import org.jspecify.annotations.Nullable;

/**
 * Turns by a Lease in Kubernetes. Its client is large and restarts are rare, so it is loaded only
 * when a turn is asked for.
 */
public final class LeaseTurns implements Turns {
  private final LeaseSettings settings;
  private @Nullable Election election;

  /** Does not connect yet. */
  public LeaseTurns(LeaseSettings settings) {
    this.settings = settings;
  }

  @Override
  public synchronized Turn now() {
    return election == null ? new Turn.NotAsked() : election.turn();
  }

  @Override
  public synchronized void ask() {
    if (election != null && election.isOver()) {
      giveBack();
    }
    if (election == null) {
      election = Election.start(settings);
    }
  }

  @Override
  public synchronized void giveBack() {
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
