package net.lecentre.certmerge.testbed;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate and its key, as a {@link TestCa} issued them.
 *
 * @param crtPem the chain in PEM, the leaf first, without the root
 * @param keyPem the private key in PEM
 * @param leaf the leaf
 * @param chain what {@code crtPem} holds, the leaf first
 */
public record IssuedPair(
    String crtPem, String keyPem, X509Certificate leaf, List<X509Certificate> chain) {

  /** Copies the chain. */
  public IssuedPair {
    chain = List.copyOf(chain);
  }

  /** {@link #crtPem} as a file's bytes. */
  public byte[] crtBytes() {
    return crtPem.getBytes(StandardCharsets.US_ASCII);
  }

  /** {@link #keyPem} as a file's bytes. */
  public byte[] keyBytes() {
    return keyPem.getBytes(StandardCharsets.US_ASCII);
  }

  /** The leaf's serial number. */
  public BigInteger serial() {
    return leaf.getSerialNumber();
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return leaf.getSubjectX500Principal() + " serial " + serial().toString(16);
  }
}
