package net.lecentre.certmerge.core.inspect;

import static net.lecentre.certmerge.core.inspect.PrivateKeyReader.PKCS1;
import static net.lecentre.certmerge.core.inspect.PrivateKeyReader.PKCS8;
import static net.lecentre.certmerge.core.inspect.PrivateKeyReader.SEC1;
import static net.lecentre.certmerge.core.inspect.Surgery.append;
import static net.lecentre.certmerge.core.inspect.Surgery.get;
import static net.lecentre.certmerge.core.inspect.Surgery.keep;
import static net.lecentre.certmerge.core.inspect.Surgery.remove;
import static net.lecentre.certmerge.core.inspect.Surgery.replace;
import static net.lecentre.certmerge.core.inspect.Surgery.sequence;
import static net.lecentre.certmerge.core.inspect.TestPki.ec;
import static net.lecentre.certmerge.core.inspect.TestPki.ed25519;
import static net.lecentre.certmerge.core.inspect.TestPki.join;
import static net.lecentre.certmerge.core.inspect.TestPki.pkcs8;
import static net.lecentre.certmerge.core.inspect.TestPki.rsa;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrivateKeyReaderTest {
  private static final AsymmetricCipherKeyPair EC_KEY = TestPki.EC;
  private static final AsymmetricCipherKeyPair RSA_KEY = rsa(1024);

  private static final byte[] EC = pkcs8(EC_KEY);
  private static final byte[] RSA = pkcs8(RSA_KEY);
  private static final byte[] ED25519 = pkcs8(ed25519());
  private static final byte[] SEC1_DER = octets(get(EC, 2));
  private static final byte[] PKCS1_DER = octets(get(RSA, 2));

  private static final BigInteger N = number(1);
  private static final BigInteger D = number(3);
  private static final BigInteger P = number(4);
  private static final BigInteger Q = number(5);
  private static final BigInteger TWO = BigInteger.TWO;

  private static final ASN1Integer ONE = new ASN1Integer(1);
  private static final ASN1ObjectIdentifier P256 = X9ObjectIdentifiers.prime256v1;
  private static final ASN1ObjectIdentifier P384 = SECObjectIdentifiers.secp384r1;
  private static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.2.3.4");

  /** A key, and what it is refused with; what it is, when it is taken. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Row(String name, String label, byte[] der, Code code, String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A key that is taken. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Good(String name, String label, byte[] der) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Finding refusal(String label, byte[] der) {
    return catchThrowableOfType(Flaw.class, () -> new PrivateKeyReader(der).read(label))
        .finding("tls.key");
  }

  @ParameterizedTest
  @MethodSource({"structures", "pkcs8Keys", "rsaKeys", "ecKeys"})
  void a_key_is_refused_for_what_is_wrong_with_it(Row row) {
    Finding finding = refusal(row.label, row.der);
    assertThat(finding.code()).isEqualTo(row.code);
    assertThat(finding.message()).contains(row.message);
  }

  static Stream<Row> structures() {
    return Stream.of(
        asn1("no sequence", PKCS8, Der.encoded(ONE), "the private key is not what"),
        asn1("one element", PKCS8, Der.encoded(sequence(ONE)), "not a private key in PKCS#8"),
        asn1("no version", PKCS8, Der.encoded(sequence(P256, P256)), "not a private key in"),
        asn1("a certificate", PKCS8, TestPki.leaf().der(), "not a private key in PKCS#8"),
        asn1(
            "a text after the version",
            PKCS8,
            Der.encoded(sequence(ONE, new DERUTF8String("x"))),
            "not a private key in PKCS#8"),
        asn1("bytes behind", PKCS8, join(EC, new byte[1]), "1 bytes follow"),
        new Row(
            "encrypted",
            PKCS8,
            Der.encoded(sequence(sequence(P256), new DEROctetString(new byte[9]))),
            Code.ENCRYPTED_KEY,
            "the key is encrypted, under the label PRIVATE KEY"),
        asn1("PKCS#1 as PKCS#8", PKCS8, PKCS1_DER, "PKCS#1 under the label PRIVATE KEY"),
        asn1("PKCS#1 as SEC1", SEC1, PKCS1_DER, "PKCS#1 under the label EC PRIVATE KEY"),
        asn1("SEC1 as PKCS#8", PKCS8, SEC1_DER, "SEC1 under the label PRIVATE KEY"),
        asn1("SEC1 as PKCS#1", PKCS1, SEC1_DER, "SEC1 under the label RSA PRIVATE KEY"),
        asn1("EC as PKCS#1", PKCS1, EC, "EC P-256 under the label RSA PRIVATE KEY"),
        asn1("Ed25519 as PKCS#1", PKCS1, ED25519, "Ed25519 under the label RSA PRIVATE KEY"),
        asn1("RSA as SEC1", SEC1, RSA, "RSA 1024 under the label EC PRIVATE KEY"),
        asn1("Ed25519 as SEC1", SEC1, ED25519, "Ed25519 under the label EC PRIVATE KEY"));
  }

  static Stream<Row> pkcs8Keys() {
    String elements = "has elements that do not belong there";
    return Stream.of(
        asn1("version 2", PKCS8, replace(EC, ONE, 0), "PKCS#8 version 2"),
        asn1("two elements", PKCS8, keep(EC, 2), elements),
        asn1("a fourth that is no attribute", PKCS8, append(EC, ONE), elements),
        asn1("a fourth tagged [1]", PKCS8, append(EC, implicit(1, attributes())), elements),
        asn1(
            "a fourth tagged [APPLICATION 0]",
            PKCS8,
            append(EC, new DERTaggedObject(false, BERTags.APPLICATION, 0, attributes())),
            elements),
        asn1("five elements", PKCS8, append(append(EC, implicit(0, attributes())), ONE), elements),
        asn1(
            "attributes of another type",
            PKCS8,
            append(EC, implicit(0, new DERSet(ONE))),
            elements),
        asn1(
            "an attribute without a value",
            PKCS8,
            append(EC, implicit(0, new DERSet(sequence(UNKNOWN, new DERSet())))),
            elements),
        asn1("an algorithm of nothing", PKCS8, keep(EC, 0, 1), "algorithm has 0 elements"),
        asn1("an algorithm of three", PKCS8, append(EC, ONE, 1), "algorithm has 3 elements"),
        asn1("a number as algorithm", PKCS8, replace(EC, ONE, 1, 0), "algorithm is not what"),
        asn1("a number as key", PKCS8, replace(EC, ONE, 2), "the key is not what"),
        asn1("RSA without NULL", PKCS8, remove(RSA, 1, 1), "lacks its NULL"),
        asn1("RSA with a number for NULL", PKCS8, replace(RSA, ONE, 1, 1), "lacks its NULL"),
        asn1(
            "RSA with bytes behind",
            PKCS8,
            replace(RSA, new DEROctetString(join(PKCS1_DER, new byte[2])), 2),
            "2 bytes follow"),
        asn1("EC without a curve", PKCS8, remove(EC, 1, 1), "algorithm names no curve"),
        asn1("EC with NULL", PKCS8, replace(EC, DERNull.INSTANCE, 1, 1), "key names no curve"),
        unsupported("EC on another curve", replace(EC, UNKNOWN, 1, 1), "unknown curve 1.2.3.4"),
        unsupported(
            "EC on secp256k1",
            replace(EC, SECObjectIdentifiers.secp256k1, 1, 1),
            "the key is EC on secp256k1"),
        asn1("Ed25519 with NULL", PKCS8, append(ED25519, DERNull.INSTANCE, 1), "has parameters"),
        asn1("Ed25519 that is too short", PKCS8, seed(31), "has 31 bytes instead of 32"),
        asn1("Ed25519 that is too long", PKCS8, seed(33), "has 33 bytes instead of 32"),
        asn1(
            "Ed25519 as a number",
            PKCS8,
            replace(ED25519, new DEROctetString(Der.encoded(ONE)), 2),
            "the Ed25519 key is not what"),
        unsupported("DSA", replace(EC, X9ObjectIdentifiers.id_dsa, 1, 0), "the key is DSA"),
        unsupported("of another kind", replace(EC, UNKNOWN, 1, 0), "unknown algorithm 1.2.3.4"));
  }

  static Stream<Row> rsaKeys() {
    BigInteger p1 = P.subtract(BigInteger.ONE);
    BigInteger q1 = Q.subtract(BigInteger.ONE);
    String apart = "private exponent does not belong to the public one";
    return Stream.concat(
        IntStream.rangeClosed(1, 8)
            .mapToObj(
                i ->
                    asn1(
                        "number " + i + " negative",
                        PKCS1,
                        with(i, BigInteger.ONE.negate()),
                        "is negative")),
        Stream.of(
            asn1("eight numbers", PKCS1, keep(PKCS1_DER, 8), "has 8 numbers instead of 9"),
            asn1("ten numbers", PKCS1, append(PKCS1_DER, ONE), "has 10 numbers instead of 9"),
            asn1("three primes", PKCS1, with(0, BigInteger.ONE), "version is not 0"),
            new Row(
                "a modulus too long",
                PKCS1,
                with(1, BigInteger.ONE.shiftLeft(16384).setBit(0)),
                Code.UNSUPPORTED_KEY,
                "has 16385 bits; at most 16384"),
            apart(
                "the longest modulus",
                with(1, BigInteger.ONE.shiftLeft(16383).setBit(0)),
                "not the product"),
            new Row(
                "an exponent too long",
                PKCS1,
                with(2, BigInteger.ONE.shiftLeft(33).setBit(0)),
                Code.UNSUPPORTED_KEY,
                "more than 33 bits"),
            apart("the longest exponent", with(2, BigInteger.ONE.shiftLeft(32).setBit(0)), apart),
            apart("a modulus of zero", with(1, BigInteger.ZERO), "is even"),
            apart("an even modulus", with(1, N.add(BigInteger.ONE)), "is even"),
            apart("an even exponent", with(2, BigInteger.valueOf(65536)), "is even"),
            apart("an exponent of one", with(2, BigInteger.ONE), "is even"),
            apart("no private exponent", with(3, BigInteger.ZERO), "exponent is out of range"),
            apart("a private exponent too large", with(3, N), "exponent is out of range"),
            apart("a first prime of one", with(4, BigInteger.ONE), "a prime is out of range"),
            apart("a second prime of one", with(5, BigInteger.ONE), "a prime is out of range"),
            apart("a first prime too large", with(4, N), "a prime is out of range"),
            apart("a second prime too large", with(5, N), "a prime is out of range"),
            apart("another prime", with(4, P.add(TWO)), "not the product of the primes"),
            apart("a private exponent that fits only p", with(3, D.add(p1)), apart),
            apart("a private exponent that fits only q", with(3, D.add(q1)), apart),
            apart("dp too large", with(6, p1), "a CRT value is out of range"),
            apart("dq too large", with(7, q1), "a CRT value is out of range"),
            apart("qinv too large", with(8, P), "a CRT value is out of range"),
            apart("another dp", with(6, number(6).subtract(BigInteger.ONE)), "do not belong"),
            apart("another dq", with(7, number(7).subtract(BigInteger.ONE)), "do not belong"),
            apart("another qinv", with(8, number(8).subtract(BigInteger.ONE)), "do not belong")));
  }

  static Stream<Row> ecKeys() {
    String range = "out of its curve's range";
    String elements = "the EC key has elements that do not belong there";
    String together = "the public key beside it do not belong together";
    BigInteger order = Curve.P256.parameters().getN();
    return Stream.of(
        asn1("version 0", SEC1, sec1(0, secret()), "version is not 1"),
        asn1(
            "only a version inside PKCS#8",
            PKCS8,
            replace(EC, new DEROctetString(Der.encoded(sequence(ONE))), 2),
            "version is not 1"),
        asn1(
            "a number as secret",
            PKCS8,
            replace(EC, new DEROctetString(Der.encoded(sequence(ONE, ONE))), 2),
            "the EC key is not what"),
        apartEc("zero", sec1(1, new byte[32], named(P256)), range),
        apartEc("the curve's order", sec1(1, bytes(order), named(P256)), range),
        asn1(
            "a byte too long",
            SEC1,
            sec1(1, join(new byte[1], secret()), named(P256)),
            "33 bytes instead of the 32"),
        asn1("too short", SEC1, sec1(1, new byte[] {1}, named(P256)), "has 1 bytes instead of"),
        asn1("no curve", SEC1, sec1(1, secret()), "the EC key names no curve"),
        asn1("NULL as curve", SEC1, sec1(1, secret(), explicit(0, DERNull.INSTANCE)), "no curve"),
        asn1("a third that is not tagged", SEC1, sec1(1, secret(), P256), "an element of the EC"),
        asn1("two curves in a row", SEC1, sec1(1, secret(), named(P256), named(P256)), elements),
        asn1(
            "the public key first",
            SEC1,
            sec1(1, secret(), stated(point(false)), named(P256)),
            elements),
        asn1("a field [2]", SEC1, sec1(1, secret(), named(P256), explicit(2, P256)), elements),
        asn1(
            "a curve under [APPLICATION 0]",
            SEC1,
            sec1(1, secret(), new DERTaggedObject(true, BERTags.APPLICATION, 0, P256)),
            elements),
        asn1("an implicit curve", SEC1, sec1(1, secret(), implicit(0, P256)), elements),
        asn1(
            "a number as public key",
            SEC1,
            sec1(1, secret(), named(P256), explicit(1, ONE)),
            "the EC key's public key is not what"),
        asn1(
            "a public key of some bits",
            SEC1,
            sec1(1, secret(), named(P256), explicit(1, new DERBitString(new byte[] {8}, 3))),
            "not a whole number of bytes"),
        apartEc("no public key at all", sec1(1, secret(), named(P256), stated()), together),
        apartEc("a hybrid public key", sec1(1, secret(), named(P256), stated(hybrid())), together),
        apartEc("another's public key", TestPki.contradictorySec1(), together),
        new Row(
            "two curves",
            PKCS8,
            replace(EC, new DEROctetString(sec1(1, secret(), named(P384))), 2),
            Code.KEY_INCONSISTENT,
            "names two curves"));
  }

  @ParameterizedTest
  @MethodSource("taken")
  void a_good_key_is_read(Good row) throws Exception {
    PrivateKey key = new PrivateKeyReader(row.der).read(row.label);
    PublicKey expected =
        row.name.startsWith("RSA")
            ? new PublicKey.Rsa(N, ((RSAKeyParameters) RSA_KEY.getPublic()).getExponent())
            : new PublicKey.Ec(
                Curve.P256,
                row.name.endsWith("largest")
                    ? Curve.P256.parameters().getG().negate().normalize()
                    : ((ECPublicKeyParameters) EC_KEY.getPublic()).getQ());
    assertThat(key.publicKey()).isEqualTo(expected);
    assertThat(key.der()).isEqualTo(row.der);
  }

  static Stream<Good> taken() {
    byte[] largest = bytes(Curve.P256.parameters().getN().subtract(BigInteger.ONE));
    return Stream.of(
        new Good("RSA", PKCS8, RSA),
        new Good("RSA in PKCS#8 as PKCS#1", PKCS1, RSA),
        new Good("RSA in PKCS#1", PKCS1, PKCS1_DER),
        new Good("EC", PKCS8, EC),
        new Good("EC in PKCS#8 as SEC1", SEC1, EC),
        new Good("EC in SEC1", SEC1, sec1(1, secret(), named(P256))),
        new Good("EC with public key", SEC1, sec1(1, secret(), named(P256), stated(point(false)))),
        new Good("EC compressed", SEC1, sec1(1, secret(), named(P256), stated(point(true)))),
        new Good("EC, the largest", SEC1, sec1(1, largest, named(P256))),
        new Good("EC with attributes", PKCS8, append(EC, implicit(0, attributes()))),
        new Good("EC with no attributes", PKCS8, append(EC, implicit(0, new DERSet()))),
        new Good(
            "EC with its curve twice",
            PKCS8,
            replace(EC, new DEROctetString(sec1(1, secret(), named(P256))), 2)),
        new Good("EC spelt out", PKCS8, replace(EC, Surgery.read(P256_NUMBERS), 1, 1)),
        new Good("EC, no cofactor", PKCS8, replace(EC, Surgery.read(keep(P256_NUMBERS, 5)), 1, 1)),
        new Good(
            "EC with a seed",
            PKCS8,
            replace(
                EC, Surgery.read(append(P256_NUMBERS, new DERBitString(new byte[9]), 2)), 1, 1)));
  }

  @Test
  void an_ed25519_key_is_its_seeds() throws Exception {
    // RFC 8032 7.1, test 1.
    byte[] seed =
        bytes(
            new BigInteger("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", 16));
    byte[] point =
        bytes(
            new BigInteger("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", 16));
    byte[] der = replace(ED25519, new DEROctetString(Der.encoded(new DEROctetString(seed))), 2);
    assertThat(new PrivateKeyReader(der).read(PKCS8).publicKey())
        .isEqualTo(new PublicKey.Ed25519(point));
  }

  /** P-256 number by number (RFC 3279 2.3.5). */
  private static final byte[] P256_NUMBERS =
      Der.encoded(
          sequence(
              ONE,
              sequence(
                  X9ObjectIdentifiers.prime_field,
                  new ASN1Integer(
                      Curve.P256.parameters().getCurve().getField().getCharacteristic())),
              sequence(
                  new DEROctetString(Curve.P256.parameters().getCurve().getA().getEncoded()),
                  new DEROctetString(Curve.P256.parameters().getCurve().getB().getEncoded())),
              new DEROctetString(Curve.P256.parameters().getG().getEncoded(false)),
              new ASN1Integer(Curve.P256.parameters().getN()),
              ONE));

  static Stream<Row> otherCurves() {
    ASN1Integer two = new ASN1Integer(2);
    DEROctetString other = new DEROctetString(new byte[] {7});
    return Stream.of(
        spelt("without its order", keep(P256_NUMBERS, 4)),
        spelt("with a seventh element", append(P256_NUMBERS, ONE)),
        spelt("of version 2", replace(P256_NUMBERS, two, 0)),
        spelt("with a number as field", replace(P256_NUMBERS, ONE, 1)),
        spelt("with half a field", keep(P256_NUMBERS, 1, 1)),
        spelt("with more than a field", append(P256_NUMBERS, ONE, 1)),
        spelt(
            "over another kind of field",
            replace(P256_NUMBERS, X9ObjectIdentifiers.characteristic_two_field, 1, 0)),
        spelt("over another field", replace(P256_NUMBERS, two, 1, 1)),
        spelt("with a number as coefficients", replace(P256_NUMBERS, ONE, 2)),
        spelt("with one coefficient", keep(P256_NUMBERS, 1, 2)),
        spelt("with another a", replace(P256_NUMBERS, other, 2, 0)),
        spelt("with another b", replace(P256_NUMBERS, other, 2, 1)),
        spelt("with a as a number", replace(P256_NUMBERS, ONE, 2, 0)),
        spelt("with a number as base point", replace(P256_NUMBERS, ONE, 3)),
        spelt("with another base point", replace(P256_NUMBERS, other, 3)),
        spelt("of another order", replace(P256_NUMBERS, two, 4)),
        spelt("with another cofactor", replace(P256_NUMBERS, two, 5)));
  }

  @ParameterizedTest
  @MethodSource("otherCurves")
  void a_curve_spelt_out_is_refused_unless_it_is_a_known_one(Row row) {
    assertThat(refusal(row.label, row.der))
        .isEqualTo(new Finding(row.code, "tls.key: " + row.message));
  }

  private static Row spelt(String name, byte[] parameters) {
    return unsupported(
        name, replace(EC, Surgery.read(parameters), 1, 1), "the key is EC on a curve of its own");
  }

  @Test
  void a_label_is_known_for_each_encoding_and_for_nothing_else() {
    byte[] encrypted = Der.encoded(sequence(sequence(), new DEROctetString(new byte[1])));
    assertThat(
            Stream.of(EC, encrypted, PKCS1_DER, SEC1_DER, join(SEC1_DER, new byte[1]))
                .map(der -> new PrivateKeyReader(der).label()))
        .isEqualTo(
            Stream.of(PKCS8, "ENCRYPTED PRIVATE KEY", PKCS1, SEC1, SEC1)
                .map(Optional::of)
                .toList());
    assertThat(
            Stream.of(
                    Der.encoded(ONE),
                    Der.encoded(sequence(ONE)),
                    Der.encoded(sequence(P256, P256)),
                    Arrays.copyOf(EC, 9))
                .flatMap(der -> new PrivateKeyReader(der).label().stream()))
        .isEqualTo(List.of());
  }

  @Test
  void a_key_as_text_is_its_kind() throws Exception {
    assertThat(new PrivateKeyReader(EC).read(PKCS8)).hasToString("PrivateKey[EC P-256]");
    assertThat(new PrivateKeyReader(RSA).read(PKCS8)).hasToString("PrivateKey[RSA 1024]");
    assertThat(new PrivateKeyReader(ED25519).read(PKCS8)).hasToString("PrivateKey[Ed25519]");
    assertThat(new PrivateKeyReader(pkcs8(ec(P384))).read(PKCS8))
        .hasToString("PrivateKey[EC P-384]");
  }

  private static Row asn1(String name, String label, byte[] der, String message) {
    return new Row(name, label, der, Code.KEY_ASN1, message);
  }

  private static Row unsupported(String name, byte[] der, String message) {
    return new Row(name, PKCS8, der, Code.UNSUPPORTED_KEY, message);
  }

  private static Row apart(String name, byte[] der, String message) {
    return new Row(name, PKCS1, der, Code.KEY_INCONSISTENT, message);
  }

  private static Row apartEc(String name, byte[] der, String message) {
    return new Row(name, SEC1, der, Code.KEY_INCONSISTENT, message);
  }

  private static BigInteger number(int place) {
    return ((ASN1Integer) get(PKCS1_DER, place)).getValue();
  }

  private static byte[] with(int place, BigInteger number) {
    return replace(PKCS1_DER, new ASN1Integer(number), place);
  }

  private static byte[] seed(int length) {
    return replace(
        ED25519, new DEROctetString(Der.encoded(new DEROctetString(new byte[length]))), 2);
  }

  private static byte[] sec1(int version, byte[] secret, ASN1Encodable... more) {
    byte[] der = Der.encoded(sequence(new ASN1Integer(version), new DEROctetString(secret)));
    for (ASN1Encodable element : more) {
      der = append(der, element);
    }
    return der;
  }

  private static byte[] secret() {
    return octets(get(SEC1_DER, 1));
  }

  private static byte[] point(boolean compressed) {
    return ((ECPublicKeyParameters) EC_KEY.getPublic()).getQ().getEncoded(compressed);
  }

  /** X9.62 4.3.6: uncompressed, with the sign told again. */
  private static byte[] hybrid() {
    byte[] point = point(false);
    point[0] = (byte) (6 + (point[64] & 1));
    return point;
  }

  private static ASN1Encodable named(ASN1ObjectIdentifier curve) {
    return explicit(0, curve);
  }

  private static ASN1Encodable stated(byte... point) {
    return explicit(1, new DERBitString(point));
  }

  private static ASN1Encodable explicit(int tag, ASN1Encodable element) {
    return new DERTaggedObject(true, tag, element);
  }

  private static ASN1Encodable implicit(int tag, ASN1Encodable element) {
    return new DERTaggedObject(false, tag, element);
  }

  private static DERSet attributes() {
    return new DERSet(sequence(UNKNOWN, new DERSet(new DERUTF8String("x"))));
  }

  private static byte[] octets(ASN1Encodable element) {
    return ((ASN1OctetString) element).getOctets();
  }

  /** As 32 bytes. */
  private static byte[] bytes(BigInteger number) {
    return BigIntegers.asUnsignedByteArray(32, number);
  }
}
