package net.lecentre.certmerge.core.inspect;

import java.math.BigInteger;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Reads the subject public key of a certificate (RFC 5280 4.1.2.7). */
final class PublicKeyReader {
  private static final Der DER = new Der(Code.CRT_ASN1);

  private PublicKeyReader() {}

  static PublicKey read(ASN1Encodable element) throws Flaw {
    ASN1Sequence info = DER.sequence(element, "the subject public key");
    if (info.size() != 2) {
      throw DER.flaw("the subject public key has " + info.size() + " elements instead of 2");
    }
    ASN1Sequence algorithm = DER.sequence(info.getObjectAt(0), "the public key's algorithm");
    if (algorithm.size() < 1 || algorithm.size() > 2) {
      throw DER.flaw("the public key's algorithm has " + algorithm.size() + " elements");
    }
    ASN1ObjectIdentifier oid =
        DER.as(ASN1ObjectIdentifier.class, algorithm.getObjectAt(0), "the public key's algorithm");
    Optional<ASN1Encodable> parameters =
        algorithm.size() == 2 ? Optional.of(algorithm.getObjectAt(1)) : Optional.empty();
    ASN1BitString bits = DER.as(ASN1BitString.class, info.getObjectAt(1), "the public key");
    if (bits.getPadBits() != 0) {
      throw DER.flaw("the public key is not a whole number of bytes");
    }
    byte[] key = bits.getOctets();
    if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return rsa(parameters, key);
    }
    if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return ec(parameters, key);
    }
    if (oid.equals(EdECObjectIdentifiers.id_Ed25519)) {
      if (parameters.isPresent() || key.length != 32) {
        throw DER.flaw("the Ed25519 public key is not 32 bytes without parameters");
      }
      return new PublicKey.Ed25519(key);
    }
    return new PublicKey.Unsupported(KeyKinds.name(oid));
  }

  private static PublicKey rsa(Optional<ASN1Encodable> parameters, byte[] key) throws Flaw {
    if (parameters.isEmpty() || !(parameters.get() instanceof ASN1Null)) {
      throw DER.flaw("the RSA public key's algorithm lacks its NULL parameters (RFC 3279 2.3.1)");
    }
    ASN1Sequence numbers = DER.sequence(DER.exactly(key), "the RSA public key");
    if (numbers.size() != 2) {
      throw DER.flaw("the RSA public key has " + numbers.size() + " numbers instead of 2");
    }
    BigInteger modulus = DER.natural(numbers.getObjectAt(0), "the RSA modulus");
    BigInteger exponent = DER.natural(numbers.getObjectAt(1), "the RSA exponent");
    if (modulus.signum() == 0) {
      throw DER.flaw("the RSA modulus is 0");
    }
    return new PublicKey.Rsa(modulus, exponent);
  }

  private static PublicKey ec(Optional<ASN1Encodable> parameters, byte[] key) throws Flaw {
    if (parameters.isPresent() && parameters.get() instanceof ASN1Sequence) {
      return new PublicKey.Unsupported("EC with its curve spelt out instead of named");
    }
    if (parameters.isEmpty() || !(parameters.get() instanceof ASN1ObjectIdentifier oid)) {
      throw DER.flaw("the EC public key names no curve (RFC 5480 2.1.1)");
    }
    Optional<Curve> curve = Curve.of(oid);
    if (curve.isEmpty()) {
      return new PublicKey.Unsupported("EC on " + KeyKinds.curveName(oid));
    }
    try {
      return new PublicKey.Ec(curve.get(), curve.get().point(key));
    } catch (RuntimeException e) {
      throw DER.flaw("the EC public key is no point of " + curve.get().title());
    }
  }
}
