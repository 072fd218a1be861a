package net.lecentre.certmerge.core.inspect;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;

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
    Name issuer,
    Instant notBefore,
    Instant notAfter,
    Name subject,
    ASN1Encodable publicKeyInfo,
    List<Extension> extensions) {

  /** An extension. Its value is read when it is first asked for, and then kept. */
  static final class Extension {
    private static final Der DER = new Der(Code.CRT_ASN1);

    private final ASN1ObjectIdentifier oid;
    private final boolean critical;
    private final byte[] value;
    private Optional<ASN1Primitive> element = Optional.empty();

    Extension(ASN1ObjectIdentifier oid, boolean critical, byte[] value) {
      this.oid = oid;
      this.critical = critical;
      this.value = value;
    }

    ASN1ObjectIdentifier oid() {
      return oid;
    }

    boolean critical() {
      return critical;
    }

    /** Its bytes; shared, not to be changed. */
    byte[] value() {
      return value;
    }

    ASN1Primitive element() throws Flaw {
      if (element.isEmpty()) {
        element = Optional.of(DER.exactly(value));
      }
      return element.get();
    }
  }

  /** The first extension of a kind, which is the one BoringSSL takes when there are several. */
  Optional<Extension> extension(ASN1ObjectIdentifier oid) {
    for (Extension extension : extensions) {
      if (extension.oid().equals(oid)) {
        return Optional.of(extension);
      }
    }
    return Optional.empty();
  }

  /** All extensions of a kind. */
  List<Extension> all(ASN1ObjectIdentifier oid) {
    List<Extension> all = new ArrayList<>();
    for (Extension extension : extensions) {
      if (extension.oid().equals(oid)) {
        all.add(extension);
      }
    }
    return all;
  }

  /** Whether the other one's issuer has this one's name. */
  boolean isNamedAsIssuerOf(X509 other) {
    return subject.isSame(other.issuer);
  }

  /** Issued to itself, by name. */
  boolean isSelfIssued() {
    return isNamedAsIssuerOf(this);
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
