package net.lecentre.certmerge.reloader.decide;

import java.time.Duration;

/**
 * What the operator of the gateway allows.
 *
 * @param strategy what may be done at all
 * @param sdsGrace how long Envoy has for picking up new files by itself
 * @param minUptime how long an Envoy must have run before it is restarted
 * @param dryRun whether actions are only told
 */
public record Policy(Strategy strategy, Duration sdsGrace, Duration minUptime, boolean dryRun) {}
