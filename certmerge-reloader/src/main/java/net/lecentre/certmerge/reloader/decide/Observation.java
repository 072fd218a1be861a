package net.lecentre.certmerge.reloader.decide;

import java.time.Instant;
import java.util.List;

/**
 * The world as one pass saw it.
 *
 * @param now when
 * @param keys every key of the mount
 * @param problems what kept the pass from seeing everything, as sentences
 * @param advice how restarts could be spared, as sentences
 * @param envoy what Envoy said of itself
 * @param refused why Envoy may hold better certificates than a restarted one would get by SDS, as
 *     clauses; only asked for when a restart for such a one is conceivable
 * @param supervisor who would start Envoy again; only asked for when a restart is conceivable
 * @param past what the reloader did before
 * @param turn whether this replica may restart its Envoy
 */
public record Observation(
    Instant now,
    List<KeyStatus> keys,
    List<String> problems,
    List<String> advice,
    EnvoyState envoy,
    List<String> refused,
    Supervisor supervisor,
    Past past,
    Turn turn) {
  /** Copies the lists. */
  public Observation {
    keys = List.copyOf(keys);
    problems = List.copyOf(problems);
    advice = List.copyOf(advice);
    refused = List.copyOf(refused);
  }
}
