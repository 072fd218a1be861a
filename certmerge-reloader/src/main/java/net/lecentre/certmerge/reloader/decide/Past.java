package net.lecentre.certmerge.reloader.decide;

import java.time.Instant;
import java.util.Set;

/**
 * What the reloader itself did before.
 *
 * @param drained whether it took its Envoy out of service and never put it back
 * @param owed what it has not proved since a restart, for which it keeps the gateway unready
 * @param tried the contents that were on disk when it last restarted Envoy
 * @param notBefore when it may restart Envoy at the earliest, after it called a restart off
 */
public record Past(boolean drained, Owed owed, Set<String> tried, Instant notBefore) {
  /** Nothing was done. */
  public static final Past NOTHING = new Past(false, Owed.NOTHING, Set.of(), Instant.MIN);

  /** Copies the set. */
  public Past {
    tried = Set.copyOf(tried);
  }
}
