package net.lecentre.certmerge.core.inspect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;

/** What is asked of the leaf alone. */
final class LeafRules {
  /** RFC 7633. */
  private static final ASN1ObjectIdentifier TLS_FEATURE =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.24");

  private static final ASN1Integer STATUS_REQUEST = new ASN1Integer(5);

  /** Whom cert-manager names as issuer of a temporary certificate. */
  private static final String STAND_IN = "cert-manager.local";

  private static final int MIN_RSA_BITS = 2048;

  private static final Der DER = new Der(Code.CRT_ASN1);

  /** The extensions that servers and clients evaluate, and what their values must be. */
  private static final Map<ASN1ObjectIdentifier, Consumer<ASN1Primitive>> KNOWN =
      Map.ofEntries(
          Map.entry(Extension.subjectAlternativeName, LeafRules::checkNames),
          Map.entry(Extension.keyUsage, KeyUsage::getInstance),
          Map.entry(Extension.extendedKeyUsage, LeafRules::usages),
          Map.entry(Extension.basicConstraints, BasicConstraints::getInstance),
          Map.entry(Extension.subjectKeyIdentifier, SubjectKeyIdentifier::getInstance),
          Map.entry(Extension.authorityKeyIdentifier, AuthorityKeyIdentifier::getInstance),
          Map.entry(Extension.nameConstraints, NameConstraints::getInstance),
          Map.entry(Extension.certificatePolicies, CertificatePolicies::getInstance),
          Map.entry(Extension.authorityInfoAccess, AuthorityInformationAccess::getInstance),
          Map.entry(Extension.cRLDistributionPoints, CRLDistPoint::getInstance));

  private static final Set<ASN1ObjectIdentifier> UNDERSTOOD_WHEN_CRITICAL =
      Set.of(
          Extension.subjectAlternativeName,
          Extension.keyUsage,
          Extension.extendedKeyUsage,
          Extension.basicConstraints,
          Extension.subjectKeyIdentifier,
          Extension.authorityKeyIdentifier,
          Extension.nameConstraints,
          Extension.certificatePolicies,
          Extension.policyMappings,
          Extension.policyConstraints,
          Extension.inhibitAnyPolicy,
          Extension.cRLDistributionPoints,
          TLS_FEATURE);

  private LeafRules() {}

  static List<Finding> extensionsAreReadable(Candidate pair) {
    for (X509.Extension extension : pair.leaf().extensions()) {
      if (!isReadable(extension)) {
        return about(pair, Code.CRT_ASN1, extension, "whose value is damaged");
      }
    }
    return List.of();
  }

  private static List<Finding> about(
      Candidate pair, Code code, X509.Extension extension, String what) {
    return Rule.found(
        code, pair.leaf(), "has the extension " + Text.shown(extension.oid()) + ", " + what);
  }

  private static boolean isReadable(X509.Extension extension) {
    Consumer<ASN1Primitive> type = KNOWN.get(extension.oid());
    if (type == null) {
      return true;
    }
    try {
      ASN1Primitive value = extension.element();
      type.accept(value);
      // Bits beyond the last one are zero in DER, and BoringSSL looks.
      return !extension.oid().equals(Extension.keyUsage)
          || Arrays.equals(value.getEncoded(ASN1Encoding.DER), extension.value());
    } catch (Flaw | IOException | RuntimeException e) {
      return false;
    }
  }

  /** BoringSSL gives no name at all when one of them is damaged. */
  private static void checkNames(ASN1Primitive value) {
    try {
      for (GeneralName name : GeneralNames.getInstance(value).getNames()) {
        if (name.getTagNo() == GeneralName.directoryName) {
          X509Reader.name(name.getName().toASN1Primitive(), "a directory name");
        } else if (name.getTagNo() == GeneralName.otherName) {
          ASN1Sequence other = DER.sequence(name.getName().toASN1Primitive(), "an other name");
          ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(other.getObjectAt(1));
          if (other.size() != 2 || !tagged.hasContextTag(0) || !tagged.isExplicit()) {
            throw DER.flaw("an other name is not what it should be");
          }
          X509Reader.checkText(tagged.getExplicitBaseObject().toASN1Primitive(), "an other name");
        }
      }
    } catch (Flaw flaw) {
      throw new IllegalArgumentException(flaw);
    }
  }

  /** Envoy refuses a leaf that it can call nothing, and one with an empty first common name. */
  static List<Finding> hasName(Candidate pair) {
    AlternativeNames names = pair.names();
    if (names.commonName().filter(String::isEmpty).isPresent()) {
      return List.of(
          new Finding(Code.NO_NAME, pair.leaf().where() + ": the subject's common name is empty"));
    }
    boolean nameless =
        names.commonName().isEmpty()
            && names.dns().isEmpty()
            && names.addressSizes().isEmpty()
            && names.uris() == 0;
    return Rule.when(
        nameless,
        Code.NO_NAME,
        pair.leaf(),
        "has neither a common name nor a DNS name, IP address or URI as alternative name");
  }

  /**
   * While it waits for an issuer, cert-manager may put a certificate of its own into the Secret.
   */
  static List<Finding> isForGood(Candidate pair) {
    return Rule.when(
        pair.leaf().issuer().commonName().filter(STAND_IN::equals).isPresent(),
        Code.TEMPORARY,
        pair.leaf(),
        "is cert-manager's temporary one, which no client trusts");
  }

  static List<Finding> needsNoStaple(Candidate pair) {
    boolean mustStaple = false;
    if (value(pair.leaf(), TLS_FEATURE).orElse(null) instanceof ASN1Sequence features) {
      for (ASN1Encodable feature : features) {
        mustStaple |= STATUS_REQUEST.equals(feature);
      }
    }
    return Rule.when(
        mustStaple,
        Code.MUST_STAPLE,
        pair.leaf(),
        "demands a stapled OCSP response, which is not served");
  }

  /** BoringSSL checks this for EC leaves only; RFC 8446 4.4.2.2. */
  static List<Finding> ecKeySigns(Candidate pair) {
    return Rule.when(
        pair.publicKey() instanceof PublicKey.Ec
            && !mayBeUsedFor(pair.leaf(), KeyUsage.digitalSignature),
        Code.EC_KEY_USAGE,
        pair.leaf(),
        "has an EC key whose key usage lacks digitalSignature");
  }

  static List<Finding> keyIsSupported(Candidate pair) {
    return pair.publicKey() instanceof PublicKey.Unsupported key
        ? List.of(
            new Finding(
                Code.UNSUPPORTED_KEY, pair.leaf().where() + " has a key that is " + key.name()))
        : List.of();
  }

  static List<Finding> keyIsStrong(Candidate pair) {
    return pair.publicKey() instanceof PublicKey.Rsa key && key.modulus().bitLength() < MIN_RSA_BITS
        ? List.of(
            new Finding(
                Code.WEAK_KEY,
                pair.leaf().where()
                    + " has an RSA key of "
                    + key.modulus().bitLength()
                    + " bits; at least 2048 are needed"))
        : List.of();
  }

  static List<Finding> keyUsageServes(Candidate pair) {
    return Rule.when(
        !(pair.publicKey() instanceof PublicKey.Ec)
            && !mayBeUsedFor(pair.leaf(), KeyUsage.digitalSignature),
        Code.KEY_USAGE,
        pair.leaf(),
        "has a key usage that lacks digitalSignature");
  }

  static List<Finding> isNotSelfSigned(Candidate pair) {
    return Rule.when(
        pair.leaf().isSelfIssued(), Code.SELF_SIGNED, pair.leaf(), "is its own issuer");
  }

  static List<Finding> isNoCa(Candidate pair) {
    return Rule.when(
        value(pair.leaf(), Extension.basicConstraints).filter(LeafRules::isCa).isPresent(),
        Code.LEAF_IS_CA,
        pair.leaf(),
        "is the certificate of a CA");
  }

  private static boolean isCa(ASN1Primitive value) {
    try {
      return BasicConstraints.getInstance(value).isCA();
    } catch (RuntimeException e) {
      return false;
    }
  }

  static List<Finding> hasAlternativeName(Candidate pair) {
    return Rule.when(
        pair.names().dns().isEmpty() && pair.names().addressSizes().isEmpty(),
        Code.NO_SAN,
        pair.leaf(),
        "has no DNS name or IP address as alternative name");
  }

  static List<Finding> alternativeNamesAreHosts(Candidate pair) {
    List<String> malformed = pair.names().malformed();
    if (!malformed.isEmpty()) {
      return List.of(
          new Finding(
              Code.SAN_MALFORMED,
              pair.leaf().where()
                  + " has the DNS name \""
                  + Text.shown(malformed.get(0))
                  + "\", which no client asks for"));
    }
    return Rule.when(
        pair.names().addressSizes().stream().anyMatch(size -> size != 4 && size != 16),
        Code.SAN_MALFORMED,
        pair.leaf(),
        "has an IP address of neither 4 nor 16 bytes");
  }

  static List<Finding> servesTls(Candidate pair) {
    return Rule.when(
        value(pair.leaf(), Extension.extendedKeyUsage)
            .filter(value -> !includesServerAuth(value))
            .isPresent(),
        Code.EKU_NO_SERVER_AUTH,
        pair.leaf(),
        "has an extended key usage without server authentication");
  }

  private static boolean includesServerAuth(ASN1Primitive value) {
    try {
      List<ASN1ObjectIdentifier> usages = usages(value);
      return usages.contains(KeyPurposeId.id_kp_serverAuth.toOID())
          || usages.contains(KeyPurposeId.anyExtendedKeyUsage.toOID());
    } catch (RuntimeException e) {
      return true;
    }
  }

  /** Not Bouncy Castle's type, which writes identifiers out: that takes long for long ones. */
  private static List<ASN1ObjectIdentifier> usages(ASN1Primitive value) {
    List<ASN1ObjectIdentifier> usages = new ArrayList<>();
    for (ASN1Encodable usage : ASN1Sequence.getInstance(value)) {
      usages.add(ASN1ObjectIdentifier.getInstance(usage));
    }
    if (usages.isEmpty()) {
      throw new IllegalArgumentException("no usage at all");
    }
    return usages;
  }

  static List<Finding> extensionsOccurOnce(Candidate pair) {
    // Sorted, since identifiers with one hash code are easily made.
    Set<byte[]> seen = new TreeSet<>(Arrays::compare);
    for (X509.Extension extension : pair.leaf().extensions()) {
      if (!seen.add(Der.encoded(extension.oid()))) {
        return about(pair, Code.DUPLICATE_EXTENSION, extension, "which it has already");
      }
    }
    return List.of();
  }

  static List<Finding> criticalExtensionsAreKnown(Candidate pair) {
    for (X509.Extension extension : pair.leaf().extensions()) {
      if (extension.critical() && !UNDERSTOOD_WHEN_CRITICAL.contains(extension.oid())) {
        return about(
            pair,
            Code.UNKNOWN_CRITICAL_EXTENSION,
            extension,
            "which is critical and which clients may not know");
      }
    }
    return List.of();
  }

  /** RFC 5280 4.1.2.2. */
  static List<Finding> serialIsValid(Candidate pair) {
    return Rule.when(
        pair.leaf().serial().signum() <= 0 || pair.leaf().serial().bitLength() > 159,
        Code.SERIAL_INVALID,
        pair.leaf(),
        "has a serial number that is not positive or over 20 bytes");
  }

  static List<Finding> validityIsUpright(Candidate pair) {
    return Rule.when(
        pair.leaf().notAfter().isBefore(pair.leaf().notBefore()),
        Code.VALIDITY_INVERTED,
        pair.leaf(),
        "ends before it begins");
  }

  /** True without the extension (RFC 5280 4.2.1.3); false when it cannot be read. */
  private static boolean mayBeUsedFor(X509 leaf, int usage) {
    if (leaf.extension(Extension.keyUsage).isEmpty()) {
      return true;
    }
    return value(leaf, Extension.keyUsage)
        .filter(value -> value instanceof ASN1BitString)
        .map(value -> KeyUsage.getInstance(value).hasUsages(usage))
        .orElse(false);
  }

  /** The first extension of a kind; empty also when its value is no ASN.1. */
  private static Optional<ASN1Primitive> value(X509 leaf, ASN1ObjectIdentifier oid) {
    Optional<X509.Extension> extension = leaf.extension(oid);
    if (extension.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(extension.get().element());
    } catch (Flaw flaw) {
      return Optional.empty();
    }
  }
}
