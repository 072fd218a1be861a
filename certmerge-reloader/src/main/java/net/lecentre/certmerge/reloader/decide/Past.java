package net.lecentre.certmerge.reloader.decide;

import java.time.Instant;
import java.util.Set;

/**
 * What the reloader itself did before.
 *
 * @param drained whether it took its Envoy out of service and never put it back
 * @param held the keys that it could not prove to be served after a restart, since when it keeps
 *     the gateway unready; empty when it does not
 * @param tried the contents that were on disk when it last restarted Envoy
 * @param notBefore when it may restart Envoy at the earliest, after it called a restart off
 */
public record Past(boolean drained, Set<String> held, Set<String> tried, Instant notBefore) {
  /** Nothing was done. */
  public static final Past NOTHING = new Past(false, Set.of(), Set.of(), Instant.MIN);

  /** Copies the sets. */
  public Past {
    held = Set.copyOf(held);
    tried = Set.copyOf(tried);
  }
}
