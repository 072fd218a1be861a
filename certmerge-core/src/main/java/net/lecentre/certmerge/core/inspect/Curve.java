package net.lecentre.certmerge.core.inspect;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECFieldElement;
import org.bouncycastle.math.ec.ECPoint;

/** The curves that Envoy serves. */
// Bouncy Castle's types are immutable, but do not say so.
@SuppressWarnings("ImmutableEnumChecker")
enum Curve {
  P256("P-256", X9ObjectIdentifiers.prime256v1),
  P384("P-384", SECObjectIdentifiers.secp384r1),
  P521("P-521", SECObjectIdentifiers.secp521r1);

  private final String title;
  private final ASN1ObjectIdentifier oid;
  private final X9ECParameters parameters;
  private Optional<BasePoint> basePoint = Optional.empty();

  Curve(String title, ASN1ObjectIdentifier oid) {
    this.title = title;
    this.oid = oid;
    this.parameters = CustomNamedCurves.getByOID(oid);
  }

  static Optional<Curve> of(ASN1ObjectIdentifier oid) {
    return Arrays.stream(values()).filter(curve -> curve.oid.equals(oid)).findFirst();
  }

  String title() {
    return title;
  }

  X9ECParameters parameters() {
    return parameters;
  }

  /** How many bytes a coordinate or a private key has. */
  int size() {
    return (parameters.getN().bitLength() + 7) / 8;
  }

  /** The public point of a private key between 1 and n − 1. */
  ECPoint publicPoint(BigInteger privateKey) {
    return basePoint().multiply(privateKey).normalize();
  }

  /**
   * Whether a point is the public one of a private key between 1 and n − 1. Spares the division
   * that {@link #publicPoint} ends with: x is X / Z² and y is Y / Z³.
   */
  boolean isPublicPoint(ECPoint point, BigInteger privateKey) {
    ECPoint product = basePoint().multiply(privateKey);
    ECFieldElement z = product.getZCoord(0);
    ECFieldElement square = z.square();
    return point.getAffineXCoord().multiply(square).equals(product.getXCoord())
        && point.getAffineYCoord().multiply(square.multiply(z)).equals(product.getYCoord());
  }

  /** Made once, when it is first needed: that takes as long as some dozens of keys. */
  private synchronized BasePoint basePoint() {
    if (basePoint.isEmpty()) {
      basePoint = Optional.of(new BasePoint(parameters));
    }
    return basePoint.get();
  }

  /**
   * A point written compressed or not; hybrid ones and infinity are not taken.
   *
   * @throws IllegalArgumentException when the bytes are no point of the curve
   */
  ECPoint point(byte[] bytes) {
    if (bytes.length == 0 || bytes[0] < 2 || bytes[0] > 4) {
      throw new IllegalArgumentException("not a point");
    }
    return parameters.getCurve().decodePoint(bytes).normalize();
  }
}
