package net.lecentre.certmerge.core.inspect;

import java.util.Objects;

/**
 * Something worth telling about a pair.
 *
 * @param code what kind of finding it is
 * @param message which file and block it concerns and what is wrong; never holds key material, and
 *     what it quotes of a certificate is escaped and cut
 */
public record Finding(Code code, String message) {
  /** Refuses nulls. */
  public Finding {
    Objects.requireNonNull(code);
    Objects.requireNonNull(message);
  }

  /** The severity of its code. */
  public Severity severity() {
    return code.severity();
  }
}
