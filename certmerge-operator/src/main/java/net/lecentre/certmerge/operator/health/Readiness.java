package net.lecentre.certmerge.operator.health;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Whether this replica could work this very moment: everything was seen once and is being followed.
 * A replica that waits for the Lease is as ready as the leader: its caches are filled, so that it
 * can take over at once, and a rollout does not wait for something that comes only when the old
 * leader has gone.
 *
 * @param watched what has to be alive
 */
public record Readiness(List<Watched> watched) implements BooleanSupplier {
  /** Copies the list. */
  public Readiness {
    watched = List.copyOf(watched);
  }

  @Override
  public boolean getAsBoolean() {
    return watched.stream().allMatch(one -> one.alive().getAsBoolean());
  }
}
