package net.lecentre.certmerge.core.inspect;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * What a certificate is signed with.
 *
 * @param oid the algorithm
 * @param parameters its parameters
 */
record SignatureAlgorithm(ASN1ObjectIdentifier oid, Optional<ASN1Encodable> parameters) {
  private static final Der DER = new Der(Code.CRT_ASN1);

  private static final byte[] NONE = {};

  private static final Set<ASN1ObjectIdentifier> WEAK =
      Set.of(
          PKCSObjectIdentifiers.md2WithRSAEncryption,
          PKCSObjectIdentifiers.md4WithRSAEncryption,
          PKCSObjectIdentifiers.md5WithRSAEncryption,
          PKCSObjectIdentifiers.sha1WithRSAEncryption,
          OIWObjectIdentifiers.md5WithRSA,
          OIWObjectIdentifiers.sha1WithRSA,
          OIWObjectIdentifiers.dsaWithSHA1,
          X9ObjectIdentifiers.id_dsa_with_sha1,
          X9ObjectIdentifiers.ecdsa_with_SHA1);

  private static final Set<ASN1ObjectIdentifier> ECDSA =
      Set.of(
          X9ObjectIdentifiers.ecdsa_with_SHA1,
          X9ObjectIdentifiers.ecdsa_with_SHA224,
          X9ObjectIdentifiers.ecdsa_with_SHA256,
          X9ObjectIdentifiers.ecdsa_with_SHA384,
          X9ObjectIdentifiers.ecdsa_with_SHA512);

  static SignatureAlgorithm read(ASN1Encodable element) throws Flaw {
    ASN1Sequence sequence = DER.sequence(element, "the signature algorithm");
    if (sequence.size() < 1 || sequence.size() > 2) {
      throw DER.flaw("the signature algorithm has " + sequence.size() + " elements");
    }
    ASN1ObjectIdentifier oid =
        DER.as(ASN1ObjectIdentifier.class, sequence.getObjectAt(0), "the signature algorithm");
    Optional<ASN1Encodable> parameters =
        sequence.size() == 2 ? Optional.of(sequence.getObjectAt(1)) : Optional.empty();
    if (ECDSA.contains(oid) && parameters.isPresent()) {
      throw DER.flaw("the ECDSA signature algorithm has parameters (RFC 5758 3.2)");
    }
    if (oid.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)
        && !(parameters.isPresent() && parameters.get() instanceof ASN1Sequence)) {
      throw DER.flaw("the RSASSA-PSS signature algorithm lacks its parameters (RFC 4055 3.1)");
    }
    return new SignatureAlgorithm(oid, parameters);
  }

  /** Byte for byte: Bouncy Castle would sort what the parameters hold, in quadratic time. */
  boolean isSame(SignatureAlgorithm other) {
    if (!oid.equals(other.oid)) {
      return false;
    }
    return (hasNull() && other.hasNull())
        || Arrays.equals(
            parameters.map(Der::encoded).orElse(NONE),
            other.parameters.map(Der::encoded).orElse(NONE));
  }

  /** As all RSA algorithms but PSS have it. */
  private boolean hasNull() {
    return parameters.isPresent() && parameters.get() instanceof ASN1Null;
  }

  /** Whether its digest no longer resists collisions. */
  boolean isWeak() {
    return WEAK.contains(oid)
        || (oid.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)
            && parameters.filter(SignatureAlgorithm::hashesWithSha1).isPresent());
  }

  private static boolean hashesWithSha1(ASN1Encodable parameters) {
    try {
      return RSASSAPSSparams.getInstance(parameters)
          .getHashAlgorithm()
          .getAlgorithm()
          .equals(OIWObjectIdentifiers.idSHA1);
    } catch (RuntimeException e) {
      return false;
    }
  }
}
