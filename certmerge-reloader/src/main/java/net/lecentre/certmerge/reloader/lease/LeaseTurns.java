package net.lecentre.certmerge.reloader.lease;

import java.util.function.Supplier;
import net.lecentre.certmerge.reloader.decide.Turn;
import org.jspecify.annotations.Nullable;

/**
 * Turns by a Lease in Kubernetes. Its client is large and restarts are rare, so it is loaded only
 * when a turn is asked for.
 */
public final class LeaseTurns implements Turns {
  private final Supplier<Election> start;
  private @Nullable Election election;

  /** Does not connect yet. */
  public LeaseTurns(LeaseSettings settings) {
    this(() -> Election.start(settings));
  }

  LeaseTurns(Supplier<Election> start) {
    this.start = start;
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
      election = start.get();
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
