package net.lecentre.certmerge.core.inspect;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * A certificate as {@link X509Reader} took it apart (RFC 5280 4.1).
 *
 * <p>Not Bouncy Castle's own type: that one refuses repeated extensions, which Envoy serves.
 *
 * @param der its bytes; shared, not to be changed
 * @param place where it stands in the file
 * @param serial the serial number, whatever its sign
 * @param signatureAlgorithm what its issuer signed it with
 * @param issuer the issuer's name
 * @param notBefore the first instant of its validity
 * @param notAfter the last instant of its validity
 * @param subject the subject's name
 * @param publicKeyInfo the subject public key, not looked at yet
 * @param extensions in the certificate's order
 */
// Compared by their bytes, below.
@SuppressWarnings("ArrayRecordComponent")
record X509(
    byte[] der,
    Place place,
    BigInteger serial,
    SignatureAlgorithm signatureAlgorithm,
    X500Name issuer,
    Instant notBefore,
    Instant notAfter,
    X500Name subject,
    ASN1Encodable publicKeyInfo,
    List<Extension> extensions) {

  /** An extension, its value not looked at yet. */
  @SuppressWarnings("ArrayRecordComponent")
  record Extension(ASN1ObjectIdentifier oid, boolean critical, byte[] value) {}

  /** The first extension of a kind, which is the one BoringSSL takes when there are several. */
  Optional<Extension> extension(ASN1ObjectIdentifier oid) {
    return all(oid).findFirst();
  }

  Stream<Extension> all(ASN1ObjectIdentifier oid) {
    return extensions.stream().filter(extension -> extension.oid().equals(oid));
  }

  /** Whether the other one's issuer has this one's name. */
  boolean isNamedAsIssuerOf(X509 other) {
    return same(subject, other.issuer);
  }

  /** Issued to itself, by name. */
  boolean isSelfIssued() {
    return same(subject, issuer);
  }

  /** Byte for byte: CAs copy their own name, and Bouncy Castle's looser equality may throw. */
  private static boolean same(X500Name one, X500Name other) {
    return one.toASN1Primitive().equals(other.toASN1Primitive());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof X509 that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  /** How messages refer to it. */
  String where() {
    return place.toString();
  }
}
