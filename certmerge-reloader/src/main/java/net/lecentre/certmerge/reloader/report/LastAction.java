package net.lecentre.certmerge.reloader.report;

import java.time.Instant;

/**
 * What the reloader last did.
 *
 * @param action {@code restart}, {@code undrain} or {@code rejoin}
 * @param at when it began
 * @param result what became of it; {@code running} until it ended
 * @param reason one sentence
 */
public record LastAction(String action, Instant at, String result, String reason) {}
