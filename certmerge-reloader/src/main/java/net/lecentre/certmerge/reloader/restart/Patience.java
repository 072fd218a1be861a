package net.lecentre.certmerge.reloader.restart;

import java.time.Duration;

/**
 * How long the procedure waits.
 *
 * @param drain for the connections to end, at most
 * @param unready how long the pod must have been unready before Envoy is asked to quit, so that
 *     everybody has heard of it; no longer than {@code drain}
 * @param quiet how long there must be none before Envoy counts as left by its clients
 * @param verify for Envoy to be back and to serve what is on disk
 * @param step between two looks
 */
public record Patience(
    Duration drain, Duration unready, Duration quiet, Duration verify, Duration step) {}
