package net.lecentre.certmerge.core.inspect;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BMPString;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.ASN1UniversalString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.util.Arrays;

/** Takes a certificate apart as RFC 5280 4.1 puts it together, and no more leniently. */
final class X509Reader {
  private static final Der DER = new Der(Code.CRT_ASN1);

  private final ASN1Sequence tbs;
  private int next;

  private X509Reader(ASN1Sequence tbs) {
    this.tbs = tbs;
  }

  /** A certificate from the bytes that are it, all of them. */
  static X509 read(byte[] der, Place place) throws Flaw {
    ASN1Sequence certificate = DER.sequence(DER.exactly(der), "the certificate");
    if (certificate.size() != 3) {
      throw DER.flaw("the certificate has " + certificate.size() + " elements instead of 3");
    }
    ASN1Sequence tbs = DER.sequence(certificate.getObjectAt(0), "the certificate's body");
    SignatureAlgorithm outer = SignatureAlgorithm.read(certificate.getObjectAt(1));
    wholeBytes(certificate.getObjectAt(2), "the signature");
    return new X509Reader(tbs).read(der, place, outer);
  }

  private X509 read(byte[] der, Place place, SignatureAlgorithm outer) throws Flaw {
    int version = version();
    BigInteger serial = DER.integer(element("the serial number"), "the serial number");
    SignatureAlgorithm inner = SignatureAlgorithm.read(element("the signature algorithm"));
    if (!inner.isSame(outer)) {
      throw DER.flaw("the signature algorithms inside and outside differ (RFC 5280 4.1.1.2)");
    }
    Name issuer = name("the issuer");
    ASN1Sequence validity = DER.sequence(element("the validity"), "the validity");
    if (validity.size() != 2) {
      throw DER.flaw("the validity has " + validity.size() + " elements instead of 2");
    }
    Instant notBefore = time(validity.getObjectAt(0), "notBefore");
    Instant notAfter = time(validity.getObjectAt(1), "notAfter");
    Name subject = name("the subject");
    ASN1Encodable publicKeyInfo = publicKeyInfo(element("the subject public key"));
    List<X509.Extension> extensions = tail(version);
    return new X509(
        der,
        place,
        serial,
        outer,
        issuer,
        notBefore,
        notAfter,
        subject,
        publicKeyInfo,
        List.copyOf(extensions));
  }

  private ASN1Encodable element(String what) throws Flaw {
    if (next == tbs.size()) {
      throw DER.flaw(what + " is missing");
    }
    return tbs.getObjectAt(next++);
  }

  private Name name(String what) throws Flaw {
    ASN1Encodable element = element(what);
    return new Name(element, name(element, what));
  }

  private int version() throws Flaw {
    if (tbs.size() == 0
        || !(tbs.getObjectAt(0) instanceof ASN1TaggedObject tagged && tagged.hasContextTag(0))) {
      return 1;
    }
    next++;
    BigInteger version = DER.integer(inside(tagged, "the version"), "the version");
    if (!version.equals(BigInteger.ONE) && !version.equals(BigInteger.TWO)) {
      throw DER.flaw("the version is not 2 or 3");
    }
    return version.intValue() + 1;
  }

  /** The unique identifiers, which nobody uses, and the extensions. */
  private List<X509.Extension> tail(int version) throws Flaw {
    int lastTag = 0;
    List<X509.Extension> extensions = new ArrayList<>();
    while (next < tbs.size()) {
      ASN1TaggedObject tagged =
          DER.as(ASN1TaggedObject.class, tbs.getObjectAt(next++), "what follows the public key");
      int tag = tagged.hasContextTag() ? tagged.getTagNo() : 0;
      if (tag <= lastTag || tag > 3 || version < (tag == 3 ? 3 : 2)) {
        throw DER.flaw("a version " + version + " certificate has no field [" + tag + "] here");
      }
      lastTag = tag;
      if (tag == 3) {
        extensions = extensions(inside(tagged, "the extensions"));
      } else {
        uniqueIdentifier(tagged);
      }
    }
    return extensions;
  }

  private static void uniqueIdentifier(ASN1TaggedObject tagged) throws Flaw {
    try {
      ASN1BitString bits = ASN1BitString.getInstance(tagged, false);
      if (bits.getPadBits() == 0) {
        return;
      }
    } catch (RuntimeException e) {
      // Told below.
    }
    throw DER.flaw("a unique identifier is not a whole number of bytes");
  }

  private static List<X509.Extension> extensions(ASN1Encodable element) throws Flaw {
    ASN1Sequence sequence = DER.sequence(element, "the extensions");
    if (sequence.size() == 0) {
      throw DER.flaw("the list of extensions is empty (RFC 5280 4.1)");
    }
    List<X509.Extension> extensions = new ArrayList<>();
    for (ASN1Encodable each : sequence) {
      ASN1Sequence extension = DER.sequence(each, "an extension");
      if (extension.size() < 2 || extension.size() > 3) {
        throw DER.flaw("an extension has " + extension.size() + " elements");
      }
      ASN1ObjectIdentifier oid =
          DER.as(ASN1ObjectIdentifier.class, extension.getObjectAt(0), "an extension's identifier");
      boolean critical = extension.size() == 3;
      if (critical && extension.getObjectAt(1) != ASN1Boolean.TRUE) {
        throw DER.flaw("the extension " + Text.shown(oid) + " is not written as DER");
      }
      ASN1OctetString value =
          DER.as(
              ASN1OctetString.class,
              extension.getObjectAt(extension.size() - 1),
              "an extension's value");
      extensions.add(new X509.Extension(oid, critical, value.getOctets()));
    }
    return extensions;
  }

  private static ASN1Encodable inside(ASN1TaggedObject tagged, String what) throws Flaw {
    if (!tagged.isExplicit()) {
      throw DER.flaw(what + " is not what it should be");
    }
    return tagged.getExplicitBaseObject();
  }

  private static void wholeBytes(ASN1Encodable element, String what) throws Flaw {
    ASN1BitString bits = DER.as(ASN1BitString.class, element, what);
    if (bits.getPadBits() != 0) {
      throw DER.flaw(what + " is not a whole number of bytes");
    }
  }

  private static ASN1Encodable publicKeyInfo(ASN1Encodable element) throws Flaw {
    ASN1Sequence info = DER.sequence(element, "the subject public key");
    if (info.size() != 2) {
      throw DER.flaw("the subject public key has " + info.size() + " elements instead of 2");
    }
    ASN1Sequence algorithm = DER.sequence(info.getObjectAt(0), "the public key's algorithm");
    if (algorithm.size() < 1
        || algorithm.size() > 2
        || !(algorithm.getObjectAt(0) instanceof ASN1ObjectIdentifier)) {
      throw DER.flaw("the public key's algorithm is not what it should be");
    }
    wholeBytes(info.getObjectAt(1), "the public key");
    return info;
  }

  /** A distinguished name. Its strings must at least be readable: BoringSSL normalises them. */
  static X500Name name(ASN1Encodable element, String what) throws Flaw {
    for (ASN1Encodable rdn : DER.sequence(element, what)) {
      ASN1Set set = DER.as(ASN1Set.class, rdn, "a part of " + what);
      if (set.size() == 0) {
        throw DER.flaw("a part of " + what + " is empty");
      }
      for (ASN1Encodable attribute : set) {
        ASN1Sequence pair = DER.sequence(attribute, "an attribute of " + what);
        if (pair.size() != 2 || !(pair.getObjectAt(0) instanceof ASN1ObjectIdentifier)) {
          throw DER.flaw("an attribute of " + what + " is not what it should be");
        }
        readable(pair.getObjectAt(1).toASN1Primitive(), what);
      }
    }
    try {
      return X500Name.getInstance(element);
    } catch (RuntimeException e) {
      throw DER.flaw(what + " is not a distinguished name");
    }
  }

  private static void readable(ASN1Encodable value, String what) throws Flaw {
    if (value instanceof ASN1Boolean
        || value instanceof ASN1Null
        || value instanceof ASN1ObjectIdentifier
        || value instanceof ASN1Enumerated
        || value instanceof ASN1UTCTime
        || value instanceof ASN1GeneralizedTime
        || value instanceof ASN1Set) {
      throw DER.flaw(what + " has an attribute whose value is no text");
    }
    checkText(value, what);
  }

  /** Text must be Unicode, and a string of bits must end in zeros. */
  static void checkText(ASN1Encodable value, String what) throws Flaw {
    if (value instanceof ASN1BitString bits && bits.getPadBits() != 0 && !endsInZeros(bits)) {
      throw DER.flaw(what + " has a string of bits that is not written as DER");
    }
    Optional<Charset> charset =
        value instanceof ASN1UTF8String
            ? Optional.of(StandardCharsets.UTF_8)
            : value instanceof ASN1BMPString
                ? Optional.of(StandardCharsets.UTF_16BE)
                : value instanceof ASN1UniversalString
                    ? Optional.of(Charset.forName("UTF-32BE"))
                    : Optional.empty();
    if (charset.isPresent() && !isText(content(value), charset.get())) {
      throw DER.flaw(what + " has a string that is not Unicode");
    }
  }

  private static boolean endsInZeros(ASN1BitString bits) throws Flaw {
    byte[] content = content(bits);
    return (content[content.length - 1] & ((1 << bits.getPadBits()) - 1)) == 0;
  }

  /** As in BoringSSL, where surrogates and noncharacters are no text. */
  private static boolean isText(byte[] bytes, Charset charset) {
    if (charset.equals(StandardCharsets.UTF_8) && isAscii(bytes)) {
      return true;
    }
    try {
      return charset
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes))
          .codePoints()
          .noneMatch(
              c ->
                  (c & 0xfffe) == 0xfffe
                      || (c >= 0xd800 && c <= 0xdfff)
                      || (c >= 0xfdd0 && c <= 0xfdef)
                      || (charset.equals(StandardCharsets.UTF_16BE) && c > 0xffff));
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  /** RFC 5280 4.1.2.5: seconds and the letter Z, nothing else. */
  private static Instant time(ASN1Encodable element, String what) throws Flaw {
    String text;
    if (element instanceof ASN1UTCTime utcTime) {
      text = utcTime.toString();
      text = (text.compareTo("5") < 0 ? "20" : "19") + text;
    } else if (element instanceof ASN1GeneralizedTime generalizedTime) {
      text = generalizedTime.getTimeString();
    } else {
      throw DER.flaw(what + " is not a time");
    }
    if (text.length() != 15 || !text.endsWith("Z") || !Text.isNumber(text, 0, 14)) {
      throw DER.flaw(what + " is not a time with seconds and the letter Z (RFC 5280 4.1.2.5)");
    }
    try {
      return LocalDateTime.of(
              Integer.parseInt(text, 0, 4, 10),
              Integer.parseInt(text, 4, 6, 10),
              Integer.parseInt(text, 6, 8, 10),
              Integer.parseInt(text, 8, 10, 10),
              Integer.parseInt(text, 10, 12, 10),
              Integer.parseInt(text, 12, 14, 10))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw DER.flaw(what + " is a day or an hour that does not exist");
    }
  }

  /** The bytes of a primitive element after its tag and length. */
  private static byte[] content(ASN1Encodable element) throws Flaw {
    byte[] encoded = Der.encoded(element);
    int lengthBytes = encoded[1] < 0 ? 1 + (encoded[1] & 0x7f) : 1;
    return Arrays.copyOfRange(encoded, 1 + lengthBytes, encoded.length);
  }
}
