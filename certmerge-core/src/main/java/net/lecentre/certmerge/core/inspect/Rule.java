package net.lecentre.certmerge.core.inspect;

import java.util.List;

/** One thing that is looked at in a pair whose files could be read. */
@FunctionalInterface
interface Rule {
  /** What there is to tell; nothing when the pair is as it should be. */
  List<Finding> check(Candidate pair);

  /** A finding about a certificate. */
  static List<Finding> found(Code code, X509 certificate, String what) {
    return List.of(new Finding(code, certificate.where() + " " + what));
  }

  /** A finding about a certificate when something is so. */
  static List<Finding> when(boolean so, Code code, X509 certificate, String what) {
    return so ? found(code, certificate, what) : List.of();
  }
}
