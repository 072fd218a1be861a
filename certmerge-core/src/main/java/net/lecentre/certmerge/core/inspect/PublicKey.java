package net.lecentre.certmerge.core.inspect;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.math.ec.ECPoint;

/** A public key: that of a certificate, or the one derived from a private key. */
sealed interface PublicKey {
  /** What people call a key of this kind. */
  String name();

  /** RFC 8017. */
  record Rsa(BigInteger modulus, BigInteger exponent) implements PublicKey {
    /** BoringSSL's limits; to compute with larger numbers would cost seconds. */
    static final int MAX_BITS = 16 * 1024;

    static final int MAX_EXPONENT_BITS = 33;

    @Override
    public String name() {
      return "RSA " + modulus.bitLength();
    }
  }

  /** RFC 5480; the point is on the curve and not at infinity. */
  record Ec(Curve curve, ECPoint point) implements PublicKey {
    @Override
    public String name() {
      return "EC " + curve.title();
    }
  }

  /** RFC 8410. */
  // Compared by content below.
  @SuppressWarnings("ArrayRecordComponent")
  record Ed25519(byte[] bytes) implements PublicKey {
    @Override
    public String name() {
      return "Ed25519";
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Ed25519 that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  /** Of a kind that no server of ours could use. */
  record Unsupported(String name) implements PublicKey {}
}
