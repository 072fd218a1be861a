package net.lecentre.certmerge.core.inspect;

import java.time.Instant;

/**
 * A certificate of the chain after the leaf.
 *
 * @param subject the subject's distinguished name, escaped and cut for display; may be empty
 * @param notBefore the first instant of its validity
 * @param notAfter the last instant of its validity
 */
public record Issuer(String subject, Instant notBefore, Instant notAfter) {}
