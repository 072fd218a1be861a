package net.lecentre.certmerge.core.inspect;

import java.util.Optional;
import java.util.stream.Stream;

/** One thing that is looked at in a pair whose files could be read. */
@FunctionalInterface
interface Rule {
  /** What there is to tell; nothing when the pair is as it should be. */
  Stream<Finding> check(Candidate pair);

  /** A finding when something is so. */
  static Stream<Finding> when(boolean so, Code code, String message) {
    return so ? Stream.of(new Finding(code, message)) : Stream.empty();
  }

  /** A finding about the first of some certificates, if there is one. */
  static Stream<Finding> about(Optional<X509> certificate, Code code, String message) {
    return certificate.stream().map(it -> new Finding(code, it.where() + " " + message));
  }
}
