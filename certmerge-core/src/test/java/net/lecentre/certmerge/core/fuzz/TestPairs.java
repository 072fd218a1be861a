package net.lecentre.certmerge.core.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.TlsPair;

/** Three good pairs that are the same in every run. */
final class TestPairs {
  static final TlsPair EC = read("ec");
  static final TlsPair RSA = read("rsa");
  static final TlsPair ED25519 = read("ed25519");
  static final List<TlsPair> ALL = List.of(EC, RSA, ED25519);

  private TestPairs() {}

  private static TlsPair read(String name) {
    return ((Accepted)
            Inspector.inspect(
                resource("pairs/" + name + "/tls.crt"),
                resource("pairs/" + name + "/tls.key"),
                Acceptance.envoy()))
        .pair();
  }

  private static byte[] resource(String name) {
    try (InputStream in = Objects.requireNonNull(TestPairs.class.getResourceAsStream(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
