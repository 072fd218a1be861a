package net.lecentre.certmerge.core.inspect;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import net.lecentre.certmerge.core.inspect.Der.Prefix;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.jspecify.annotations.Nullable;

/**
 * Reads a private key, checks that its numbers belong together, and derives the public key.
 *
 * <p>The public key that an EC key's file may state is compared and never trusted. RSA numbers are
 * held against each other as BoringSSL's {@code RSA_check_key} does, without primality tests.
 */
final class PrivateKeyReader {
  static final String PKCS8 = "PRIVATE KEY";
  static final String PKCS1 = "RSA PRIVATE KEY";
  static final String SEC1 = "EC PRIVATE KEY";
  static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

  private static final Der DER = new Der(Code.KEY_ASN1);

  private final byte[] der;

  /** What the bytes begin with; looked at once, since there may be much of it. */
  private @Nullable Prefix prefix;

  /** Why they begin with nothing that can be read. */
  private @Nullable Flaw damage;

  /** A reader of the bytes of a block. */
  PrivateKeyReader(byte[] der) {
    this.der = der;
    try {
      prefix = DER.prefix(der);
    } catch (Flaw flaw) {
      damage = flaw;
    }
  }

  private Prefix prefix() throws Flaw {
    if (damage != null) {
      throw damage;
    }
    return Objects.requireNonNull(prefix);
  }

  /** The key, under one of the three labels; PKCS#8 is taken under each of them. */
  PrivateKey read(String label) throws Flaw {
    ASN1Sequence sequence = DER.sequence(DER.whole(der, prefix()), "the private key");
    return switch (Shape.of(sequence)) {
      case PKCS8 -> pkcs8(label, sequence, der);
      case ENCRYPTED ->
          throw new Flaw(Code.ENCRYPTED_KEY, "the key is encrypted, under the label " + label);
      case PKCS1 -> {
        demand(label, PKCS1, "PKCS#1");
        yield new PrivateKey(PKCS1, der, rsa(sequence));
      }
      case SEC1 -> {
        demand(label, SEC1, "SEC1");
        yield new PrivateKey(SEC1, der, ec(sequence, Optional.empty()));
      }
      case OTHER -> throw DER.flaw("this is not a private key in PKCS#8, PKCS#1 or SEC1");
    };
  }

  /** The label that goes with the key's encoding; empty when it has none that is known. */
  Optional<String> label() {
    try {
      return switch (Shape.of(DER.sequence(prefix().element(), "the key"))) {
        case PKCS8 -> Optional.of(PKCS8);
        case ENCRYPTED -> Optional.of(ENCRYPTED);
        case PKCS1 -> Optional.of(PKCS1);
        case SEC1 -> Optional.of(SEC1);
        case OTHER -> Optional.empty();
      };
    } catch (Flaw flaw) {
      return Optional.empty();
    }
  }

  /** Which structure it is, by the types of its first two elements. */
  private enum Shape {
    PKCS8,
    ENCRYPTED,
    PKCS1,
    SEC1,
    OTHER;

    static Shape of(ASN1Sequence sequence) {
      if (sequence.size() < 2) {
        return OTHER;
      }
      ASN1Encodable first = sequence.getObjectAt(0);
      ASN1Encodable second = sequence.getObjectAt(1);
      if (first instanceof ASN1Sequence && second instanceof ASN1OctetString) {
        return ENCRYPTED;
      }
      if (!(first instanceof ASN1Integer)) {
        return OTHER;
      }
      if (second instanceof ASN1Sequence) {
        return PKCS8;
      }
      if (second instanceof ASN1Integer) {
        return PKCS1;
      }
      return second instanceof ASN1OctetString ? SEC1 : OTHER;
    }
  }

  private static void demand(String label, String wanted, String encoding) throws Flaw {
    if (!label.equals(wanted)) {
      throw DER.flaw("a key in " + encoding + " under the label " + label + " is not loaded");
    }
  }

  /** RFC 5208; version 2 (RFC 5958), with the public key, is not loaded by BoringSSL. */
  private static PrivateKey pkcs8(String label, ASN1Sequence sequence, byte[] der) throws Flaw {
    BigInteger version = DER.integer(sequence.getObjectAt(0), "the version");
    if (version.signum() != 0) {
      throw DER.flaw(
          "the key is in PKCS#8 version 2 (RFC 5958), which is not loaded: it must be version 1");
    }
    boolean attributes =
        sequence.size() == 4
            && sequence.getObjectAt(3) instanceof ASN1TaggedObject tagged
            && tagged.hasContextTag(0);
    if (sequence.size() != 3 && !(attributes && areAttributes(sequence.getObjectAt(3)))) {
      throw DER.flaw("the PKCS#8 structure has elements that do not belong there");
    }
    ASN1Sequence algorithm = DER.sequence(sequence.getObjectAt(1), "the key's algorithm");
    if (algorithm.size() < 1 || algorithm.size() > 2) {
      throw DER.flaw("the key's algorithm has " + algorithm.size() + " elements");
    }
    ASN1ObjectIdentifier oid =
        DER.as(ASN1ObjectIdentifier.class, algorithm.getObjectAt(0), "the key's algorithm");
    Optional<ASN1Encodable> parameters =
        algorithm.size() == 2 ? Optional.of(algorithm.getObjectAt(1)) : Optional.empty();
    byte[] inner = DER.as(ASN1OctetString.class, sequence.getObjectAt(2), "the key").getOctets();
    PublicKey publicKey;
    if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      if (parameters.isEmpty() || !(parameters.get() instanceof ASN1Null)) {
        throw DER.flaw("the RSA key's algorithm lacks its NULL parameters (RFC 3279 2.3.1)");
      }
      publicKey = rsa(DER.sequence(DER.exactly(inner), "the RSA key"));
    } else if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      if (parameters.isEmpty()) {
        throw DER.flaw("the EC key's algorithm names no curve (RFC 5915 3)");
      }
      Curve curve = curve(parameters.get());
      publicKey = ec(DER.sequence(DER.exactly(inner), "the EC key"), Optional.of(curve));
    } else if (oid.equals(EdECObjectIdentifiers.id_Ed25519)) {
      if (parameters.isPresent()) {
        throw DER.flaw("the Ed25519 key's algorithm has parameters (RFC 8410 3)");
      }
      publicKey = ed25519(DER.exactly(inner));
    } else {
      throw new Flaw(Code.UNSUPPORTED_KEY, "the key is " + KeyKinds.name(oid));
    }
    if ((label.equals(PKCS1) && !(publicKey instanceof PublicKey.Rsa))
        || (label.equals(SEC1) && !(publicKey instanceof PublicKey.Ec))) {
      throw DER.flaw("the key is " + publicKey.name() + " under the label " + label);
    }
    return new PrivateKey(PKCS8, der, publicKey);
  }

  private static boolean areAttributes(ASN1Encodable element) {
    try {
      for (ASN1Encodable attribute :
          ASN1Set.getInstance(ASN1TaggedObject.getInstance(element), false)) {
        if (Attribute.getInstance(attribute).getAttrValues().size() == 0) {
          return false;
        }
      }
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private static PublicKey ed25519(ASN1Primitive element) throws Flaw {
    byte[] seed = DER.as(ASN1OctetString.class, element, "the Ed25519 key").getOctets();
    if (seed.length != 32) {
      throw DER.flaw("the Ed25519 key has " + seed.length + " bytes instead of 32");
    }
    return new PublicKey.Ed25519(
        new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded());
  }

  /** RFC 8017 A.1.2, two primes. */
  private static PublicKey rsa(ASN1Sequence sequence) throws Flaw {
    if (sequence.size() != 9) {
      throw DER.flaw("the RSA key has " + sequence.size() + " numbers instead of 9");
    }
    if (DER.integer(sequence.getObjectAt(0), "the version").signum() != 0) {
      throw DER.flaw("the RSA key's version is not 0, that of a key with two primes");
    }
    BigInteger n = DER.natural(sequence.getObjectAt(1), "the modulus");
    BigInteger e = DER.natural(sequence.getObjectAt(2), "the public exponent");
    BigInteger d = DER.natural(sequence.getObjectAt(3), "the private exponent");
    BigInteger p = DER.natural(sequence.getObjectAt(4), "a prime");
    BigInteger q = DER.natural(sequence.getObjectAt(5), "a prime");
    BigInteger dp = DER.natural(sequence.getObjectAt(6), "an exponent");
    BigInteger dq = DER.natural(sequence.getObjectAt(7), "an exponent");
    BigInteger qinv = DER.natural(sequence.getObjectAt(8), "the coefficient");
    if (n.bitLength() > PublicKey.Rsa.MAX_BITS) {
      throw unsupported("the RSA key has " + n.bitLength() + " bits; at most 16384 are loaded");
    }
    if (e.bitLength() > PublicKey.Rsa.MAX_EXPONENT_BITS) {
      throw unsupported("the RSA key's public exponent has more than 33 bits");
    }
    // The limits come first: they bound the arithmetic.
    require(n.testBit(0) && e.testBit(0) && e.bitLength() > 1, "the modulus or exponent is even");
    require(d.signum() > 0 && d.compareTo(n) < 0, "the private exponent is out of range");
    require(isFactor(p, n) && isFactor(q, n), "a prime is out of range");
    require(p.multiply(q).equals(n), "the modulus is not the product of the primes");
    BigInteger p1 = p.subtract(BigInteger.ONE);
    BigInteger q1 = q.subtract(BigInteger.ONE);
    require(
        areInverse(e, d, p1, q1, n.subtract(p).subtract(q).add(BigInteger.ONE)),
        "the private exponent does not belong to the public one");
    require(
        dp.compareTo(p1) < 0 && dq.compareTo(q1) < 0 && qinv.compareTo(p) < 0,
        "a CRT value is out of range");
    // There is one inverse of e alone, so dp is what d is modulo p − 1.
    require(
        isInverse(e, dp, p1) && isInverse(e, dq, q1) && isInverse(q, qinv, p),
        "the CRT values do not belong to the key");
    return new PublicKey.Rsa(n, e);
  }

  private static boolean isFactor(BigInteger prime, BigInteger modulus) {
    return prime.bitLength() > 1 && prime.compareTo(modulus) < 0;
  }

  /**
   * Whether e · d is 1 modulo p − 1 and q − 1. Modulo their product, or half of it, that is quickly
   * seen, since d is hardly ever larger; only else both are tried.
   */
  private static boolean areInverse(
      BigInteger e, BigInteger d, BigInteger p1, BigInteger q1, BigInteger product) {
    BigInteger rest = e.multiply(d).subtract(BigInteger.ONE).mod(product);
    return rest.signum() == 0
        || rest.shiftLeft(1).equals(product)
        || (rest.mod(p1).signum() == 0 && rest.mod(q1).signum() == 0);
  }

  private static boolean isInverse(BigInteger a, BigInteger b, BigInteger modulus) {
    return a.multiply(b).mod(modulus).equals(BigInteger.ONE);
  }

  private static void require(boolean holds, String otherwise) throws Flaw {
    if (!holds) {
      throw new Flaw(Code.KEY_INCONSISTENT, "the RSA key contradicts itself: " + otherwise);
    }
  }

  /** RFC 5915 3. */
  private static PublicKey ec(ASN1Sequence sequence, Optional<Curve> outer) throws Flaw {
    if (sequence.size() < 2
        || !DER.integer(sequence.getObjectAt(0), "the version").equals(BigInteger.ONE)) {
      throw DER.flaw("the EC key's version is not 1");
    }
    byte[] secret =
        DER.as(ASN1OctetString.class, sequence.getObjectAt(1), "the EC key").getOctets();
    Optional<Curve> inner = Optional.empty();
    Optional<byte[]> stated = Optional.empty();
    int lastTag = -1;
    for (int i = 2; i < sequence.size(); i++) {
      ASN1TaggedObject tagged =
          DER.as(ASN1TaggedObject.class, sequence.getObjectAt(i), "an element of the EC key");
      int tag = tagged.hasContextTag() ? tagged.getTagNo() : -1;
      if (tag <= lastTag || tag > 1 || !tagged.isExplicit()) {
        throw DER.flaw("the EC key has elements that do not belong there");
      }
      lastTag = tag;
      if (tag == 0) {
        inner = Optional.of(curve(tagged.getExplicitBaseObject()));
      } else {
        ASN1BitString bits =
            DER.as(ASN1BitString.class, tagged.getExplicitBaseObject(), "the EC key's public key");
        if (bits.getPadBits() != 0) {
          throw DER.flaw("the EC key's public key is not a whole number of bytes");
        }
        stated = Optional.of(bits.getOctets());
      }
    }
    if (outer.isPresent() && inner.isPresent() && !outer.equals(inner)) {
      throw new Flaw(Code.KEY_INCONSISTENT, "the EC key names two curves");
    }
    Optional<Curve> curve = outer.isPresent() ? outer : inner;
    if (curve.isEmpty()) {
      throw DER.flaw("the EC key names no curve");
    }
    return ec(curve.get(), secret, stated);
  }

  private static PublicKey ec(Curve curve, byte[] secret, Optional<byte[]> stated) throws Flaw {
    BigInteger d = new BigInteger(1, secret);
    if (d.signum() == 0 || d.compareTo(curve.parameters().getN()) >= 0) {
      throw new Flaw(Code.KEY_INCONSISTENT, "the EC key is out of its curve's range");
    }
    if (secret.length != curve.size()) {
      throw DER.flaw(
          "the EC key has "
              + secret.length
              + " bytes instead of the "
              + curve.size()
              + " of its curve (RFC 5915 3)");
    }
    return new PublicKey.Ec(
        curve, stated.isPresent() ? confirmed(curve, stated.get(), d) : curve.publicPoint(d));
  }

  /** The stated public key, when it is the private key's. */
  private static ECPoint confirmed(Curve curve, byte[] stated, BigInteger d) throws Flaw {
    try {
      ECPoint point = curve.point(stated);
      if (curve.isPublicPoint(point, d)) {
        return point;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new Flaw(
        Code.KEY_INCONSISTENT, "the EC key and the public key beside it do not belong together");
  }

  /** A curve by its name, or spelt out number by number. */
  private static Curve curve(ASN1Encodable parameters) throws Flaw {
    if (parameters instanceof ASN1ObjectIdentifier oid) {
      Optional<Curve> curve = Curve.of(oid);
      if (curve.isEmpty()) {
        throw unsupported("the key is EC on " + KeyKinds.curveName(oid));
      }
      return curve.get();
    }
    if (parameters instanceof ASN1Sequence explicit) {
      for (Curve curve : Curve.values()) {
        if (describes(explicit, curve.parameters())) {
          return curve;
        }
      }
      throw unsupported("the key is EC on a curve of its own");
    }
    throw DER.flaw("the EC key names no curve");
  }

  /** Compares numbers only: nothing is computed with what the file says (RFC 3279 2.3.5). */
  private static boolean describes(ASN1Sequence explicit, X9ECParameters known) {
    if (explicit.size() < 5
        || explicit.size() > 6
        || !(explicit.getObjectAt(1) instanceof ASN1Sequence field)
        || !(explicit.getObjectAt(2) instanceof ASN1Sequence coefficients)
        || !(explicit.getObjectAt(3) instanceof ASN1OctetString base)
        || field.size() != 2
        || coefficients.size() < 2) {
      return false;
    }
    boolean cofactorIsOne =
        explicit.size() == 5 || explicit.getObjectAt(5).equals(new ASN1Integer(1));
    return cofactorIsOne
        && explicit.getObjectAt(0).equals(new ASN1Integer(1))
        && field.getObjectAt(0).equals(X9ObjectIdentifiers.prime_field)
        && field
            .getObjectAt(1)
            .equals(new ASN1Integer(known.getCurve().getField().getCharacteristic()))
        && isNumber(coefficients.getObjectAt(0), known.getCurve().getA().toBigInteger())
        && isNumber(coefficients.getObjectAt(1), known.getCurve().getB().toBigInteger())
        && Arrays.equals(base.getOctets(), known.getG().getEncoded(false))
        && explicit.getObjectAt(4).equals(new ASN1Integer(known.getN()));
  }

  private static boolean isNumber(ASN1Encodable element, BigInteger value) {
    return element instanceof ASN1OctetString octets
        && new BigInteger(1, octets.getOctets()).equals(value);
  }

  private static Flaw unsupported(String message) {
    return new Flaw(Code.UNSUPPORTED_KEY, message);
  }
}
