package net.lecentre.certmerge.reloader.decide;

import java.time.Instant;
import java.util.List;

/**
 * The world as one pass saw it.
 *
 * @param now when
 * @param keys every key of the mount
 * @param problems what kept the pass from seeing everything, as sentences
 * @param envoy what Envoy said of itself
 * @param refused why Envoy may hold better certificates than a restarted one would get by SDS, as
 *     clauses; only asked for when a restart for such a one is conceivable
 * @param past what the reloader did before
 */
public record Observation(
    Instant now,
    List<KeyStatus> keys,
    List<String> problems,
    EnvoyState envoy,
    List<String> refused,
    Past past) {
  /** Copies the lists. */
  public Observation {
    keys = List.copyOf(keys);
    problems = List.copyOf(problems);
    refused = List.copyOf(refused);
  }
}
