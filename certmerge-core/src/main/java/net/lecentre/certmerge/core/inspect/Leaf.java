package net.lecentre.certmerge.core.inspect;

import java.time.Instant;
import java.util.List;

/**
 * The certificate a server presents as its own.
 *
 * @param subject the subject's distinguished name, escaped and cut for display; may be empty
 * @param serialHex the serial number in lower-case hexadecimal without leading zeros
 * @param sha256 the lower-case hexadecimal SHA-256 digest of its DER
 * @param notBefore the first instant of its validity
 * @param notAfter the last instant of its validity
 * @param dnsNames the DNS names of its subject alternative name extension; the subject's common
 *     name when there is no such extension at all
 */
public record Leaf(
    String subject,
    String serialHex,
    String sha256,
    Instant notBefore,
    Instant notAfter,
    List<String> dnsNames) {
  /** Copies the list. */
  public Leaf {
    dnsNames = List.copyOf(dnsNames);
  }
}
