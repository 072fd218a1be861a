package net.lecentre.certmerge.operator.check;

import java.io.Serial;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;

/**
 * A pair that was found somewhere.
 *
 * @param path where, as people would look for it
 * @param inspection what was found out about it
 */
record FoundPair(String path, Inspection inspection) {
  static FoundPair of(String path, byte[] crt, byte[] key) {
    return new FoundPair(path, Inspector.inspect(crt, key, Acceptance.envoy()));
  }

  /** Says why a path could not be checked, and what to give instead. */
  static final class Unreadable extends Exception {
    @Serial private static final long serialVersionUID = 1;

    Unreadable(String message) {
      super(message, null, false, false);
    }
  }
}
