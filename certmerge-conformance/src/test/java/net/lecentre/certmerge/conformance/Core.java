package net.lecentre.certmerge.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.testbed.IssuedPair;

/** What core makes of a good pair. */
final class Core {
  private Core() {}

  static TlsPair accept(IssuedPair issued) {
    Inspection inspection =
        Inspector.inspect(issued.crtBytes(), issued.keyBytes(), Acceptance.envoy());
    assertThat(inspection).isInstanceOf(Accepted.class);
    return ((Accepted) inspection).pair();
  }
}
