package net.lecentre.certmerge.conformance;

import static net.lecentre.certmerge.conformance.Certificate.leaf;
import static net.lecentre.certmerge.conformance.Corpus.PKCS1;
import static net.lecentre.certmerge.conformance.Corpus.PKCS8;
import static net.lecentre.certmerge.conformance.Corpus.SEC1;
import static net.lecentre.certmerge.conformance.Corpus.ascii;
import static net.lecentre.certmerge.conformance.Corpus.chain;
import static net.lecentre.certmerge.conformance.Corpus.pem;
import static net.lecentre.certmerge.conformance.Tlv.join;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import net.lecentre.certmerge.conformance.Keys.Pair;
import net.lecentre.certmerge.conformance.Keys.Rsa;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.util.BigIntegers;

/** How the key is written: encodings, labels, contradictions, and what stands beside it. */
final class KeyFileCases {
  private static final byte[] RSA_ID =
      Tlv.sequence(Tlv.bytes(PKCSObjectIdentifiers.rsaEncryption), Tlv.NULL);
  private static final byte[] P256 = Tlv.bytes(X9ObjectIdentifiers.prime256v1);
  private static final byte[] EC_ID =
      Tlv.sequence(Tlv.bytes(X9ObjectIdentifiers.id_ecPublicKey), P256);
  private static final byte[] ED_ID = Tlv.sequence(Tlv.bytes(EdECObjectIdentifiers.id_Ed25519));
  private static final byte[] ATTRIBUTES =
      Tlv.of(
          0xa0,
          Tlv.sequence(
              Tlv.bytes(PKCSObjectIdentifiers.pkcs_9_at_friendlyName),
              Tlv.set(Tlv.text(0x0c, "a key"))));

  private KeyFileCases() {}

  static void addTo(Corpus corpus) {
    rsa().forEach((name, file) -> add(corpus, "rsa-" + name, Keys.RSA, file));
    ec().forEach((name, file) -> add(corpus, "ec-" + name, Keys.EC, file));
    ed25519().forEach((name, file) -> add(corpus, "ed25519-" + name, Keys.ED25519, file));
    contradictions()
        .forEach(
            (name, numbers) ->
                corpus.add(
                    "key-inconsistent/rsa-" + name,
                    chain(leaf().publicKey(Keys.RSA.n(numbers.n()).e(numbers.e()).publicKey())),
                    pem(PKCS1, numbers.inner())));
    corpus.add(
        "key-in-crt/before",
        join(pem(PKCS8, Keys.EC.pkcs8()), chain(leaf())),
        pem(PKCS8, Keys.EC.pkcs8()));
    corpus.add(
        "key-in-crt/after",
        join(chain(leaf()), pem(PKCS8, Keys.EC.pkcs8())),
        pem(PKCS8, Keys.EC.pkcs8()));
    corpus.add(
        "key-in-crt/only-there", join(chain(leaf()), pem(PKCS8, Keys.EC.pkcs8())), new byte[0]);
    corpus.add("key-in-crt/files-swapped", pem(PKCS8, Keys.EC.pkcs8()), chain(leaf()));
    byte[] both = join(pem(PKCS8, Keys.EC.pkcs8()), chain(leaf()));
    corpus.add("key-in-crt/one-file-for-both", both, both);
  }

  private static void add(Corpus corpus, String name, Pair keys, byte[] file) {
    corpus.add("key-file/" + name, chain(leaf().key(keys)), file);
  }

  private static byte[] pkcs8(int version, byte[] algorithm, byte[] inner, byte[]... more) {
    return pem(PKCS8, Tlv.sequence(Tlv.integer(version), algorithm, Tlv.octets(inner), join(more)));
  }

  private static Map<String, byte[]> rsa() {
    Rsa rsa = Keys.RSA;
    byte[] pkcs1 = rsa.inner();
    byte[] pkcs8 = Keys.RSA.pkcs8();
    byte[] other = pem(PKCS8, Keys.OTHER_RSA.pkcs8());
    Map<String, byte[]> files = new TreeMap<>();
    files.put("pkcs8", pem(PKCS8, pkcs8));
    files.put("pkcs1", pem(PKCS1, pkcs1));
    files.put("pkcs8-attributes", pkcs8(0, RSA_ID, pkcs1, ATTRIBUTES));
    files.put("pkcs8-empty-attributes", pkcs8(0, RSA_ID, pkcs1, Tlv.of(0xa0)));
    files.put("pkcs8-v2", pkcs8(1, RSA_ID, pkcs1));
    files.put("pkcs8-v2-public-key", pkcs8(1, RSA_ID, pkcs1, Tlv.of(0x81, new byte[1], pkcs1)));
    files.put("pkcs8-v3", pkcs8(2, RSA_ID, pkcs1));
    files.put("pkcs8-negative-version", pkcs8(-1, RSA_ID, pkcs1));
    files.put(
        "pkcs8-no-null",
        pkcs8(0, Tlv.sequence(Tlv.bytes(PKCSObjectIdentifiers.rsaEncryption)), pkcs1));
    files.put(
        "pkcs8-parameters",
        pkcs8(
            0,
            Tlv.sequence(Tlv.bytes(PKCSObjectIdentifiers.rsaEncryption), Tlv.sequence()),
            pkcs1));
    files.put(
        "pkcs8-pss", pkcs8(0, Tlv.sequence(Tlv.bytes(PKCSObjectIdentifiers.id_RSASSA_PSS)), pkcs1));
    files.put("pkcs8-ec-algorithm", pkcs8(0, EC_ID, pkcs1));
    files.put("pkcs8-trailing-inside", pkcs8(0, RSA_ID, join(pkcs1, new byte[1])));
    files.put("pkcs8-trailing", pem(PKCS8, join(pkcs8, new byte[2])));
    files.put("pkcs8-element-more", pkcs8(0, RSA_ID, pkcs1, Tlv.NULL));
    files.put("pkcs1-trailing", pem(PKCS1, join(pkcs1, new byte[1])));
    files.put("pkcs1-version-1", pem(PKCS1, rsa.pkcs1(1)));
    files.put("pkcs1-version-2", pem(PKCS1, rsa.pkcs1(2)));
    files.put("pkcs1-number-more", pem(PKCS1, rsa.pkcs1(0, Tlv.integer(1))));
    files.put(
        "pkcs1-third-prime",
        pem(
            PKCS1,
            rsa.pkcs1(
                1, Tlv.sequence(Tlv.sequence(Tlv.integer(7), Tlv.integer(5), Tlv.integer(3))))));
    files.put(
        "pkcs1-public-alone", pem(PKCS1, Tlv.sequence(Tlv.integer(rsa.n()), Tlv.integer(rsa.e()))));
    files.put("pkcs1-long-length", pem(PKCS1, longLength(pkcs1)));
    files.put("pkcs1-indefinite", pem(PKCS1, indefinite(pkcs1)));
    files.put("label-pkcs8-on-pkcs1", pem(PKCS8, pkcs1));
    files.put("label-pkcs1-on-pkcs8", pem(PKCS1, pkcs8));
    files.put("label-sec1-on-pkcs1", pem(SEC1, pkcs1));
    files.put("label-sec1-on-pkcs8", pem(SEC1, pkcs8));
    files.put("label-any", pem("ANY PRIVATE KEY", pkcs8));
    files.put("label-dsa", pem("DSA PRIVATE KEY", pkcs8));
    files.put("label-openssh", pem("OPENSSH PRIVATE KEY", pkcs8));
    files.put("label-encrypted", pem("ENCRYPTED PRIVATE KEY", pkcs8));
    files.put("label-lower-case", pem("private key", pkcs8));
    files.put("label-public", pem("PUBLIC KEY", Keys.RSA.publicKey()));
    files.put("label-certificate", pem(Corpus.CERTIFICATE, pkcs8));
    files.put("encrypted-pkcs8", encrypted(PKCS8));
    files.put("encrypted-pkcs8-labelled", encrypted("ENCRYPTED PRIVATE KEY"));
    files.put(
        "encrypted-pkcs1",
        withHeader(
            pem(PKCS1, pkcs1),
            "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,000102030405060708090A0B0C0D0E0F\n\n"));
    files.put("header-mic", withHeader(pem(PKCS1, pkcs1), "Proc-Type: 4,MIC-CLEAR\n\n"));
    files.put("header-comment", withHeader(pem(PKCS8, pkcs8), "Comment: mine\n\n"));
    files.put("header-without-blank-line", withHeader(pem(PKCS8, pkcs8), "Comment: mine\n"));
    files.put(
        "header-encrypted-on-other-key",
        join(pem(PKCS8, pkcs8), withHeader(other, "Proc-Type: 4,ENCRYPTED\n\n")));
    files.put("other-key", other);
    files.put("ec-key", pem(PKCS8, Keys.EC.pkcs8()));
    files.put("two-keys", join(pem(PKCS8, pkcs8), other));
    files.put("two-keys-wrong-first", join(other, pem(PKCS8, pkcs8)));
    files.put("twice", join(pem(PKCS8, pkcs8), pem(PKCS1, pkcs1)));
    files.put("broken-key-first", join(pem(PKCS8, new byte[] {1, 2, 3}), pem(PKCS8, pkcs8)));
    files.put("broken-key-second", join(pem(PKCS8, pkcs8), pem(PKCS8, new byte[] {1, 2, 3})));
    files.put("public-key-first", join(pem("PUBLIC KEY", Keys.RSA.publicKey()), pem(PKCS8, pkcs8)));
    files.put("certificate-first", join(Corpus.intermediate(), pem(PKCS8, pkcs8)));
    files.put("unknown-block-first", join(pem("SOMETHING", new byte[] {1}), pem(PKCS8, pkcs8)));
    files.put("der", pkcs8);
    files.put("empty", new byte[0]);
    files.put("blank", ascii(" \n\n\t\n"));
    files.put("nul", new byte[16]);
    files.put("text", ascii("not a key\n"));
    return files;
  }

  private static Map<String, byte[]> ec() {
    byte[] secret = secret();
    byte[] point = ((ECPublicKeyParameters) Keys.EC.publicParameters()).getQ().getEncoded(false);
    byte[] compressed =
        ((ECPublicKeyParameters) Keys.EC.publicParameters()).getQ().getEncoded(true);
    byte[] otherPoint =
        ((ECPublicKeyParameters) Keys.OTHER_EC.publicParameters()).getQ().getEncoded(false);
    byte[] curve = Tlv.of(0xa0, P256);
    byte[] otherCurve = Tlv.of(0xa0, Tlv.bytes(SECObjectIdentifiers.secp384r1));
    byte[] explicit = Tlv.bytes(ECNamedCurveTable.getByOID(X9ObjectIdentifiers.prime256v1));
    byte[] stated = Tlv.of(0xa1, Tlv.bits(point));
    byte[] parameters = pem("EC PARAMETERS", P256);
    byte[] sec1 = sec1(1, secret, curve, stated);
    BigInteger n = ((ECPrivateKeyParameters) Keys.EC.privateParameters()).getParameters().getN();
    Map<String, byte[]> files = new TreeMap<>();
    files.put("pkcs8", pem(PKCS8, Keys.EC.pkcs8()));
    files.put("sec1", pem(SEC1, sec1));
    files.put("sec1-no-public", pem(SEC1, sec1(1, secret, curve)));
    files.put("sec1-no-curve", pem(SEC1, sec1(1, secret, stated)));
    files.put("sec1-secret-alone", pem(SEC1, sec1(1, secret)));
    files.put("sec1-explicit-curve", pem(SEC1, sec1(1, secret, Tlv.of(0xa0, explicit), stated)));
    files.put("sec1-other-curve", pem(SEC1, sec1(1, secret, otherCurve, stated)));
    files.put(
        "sec1-compressed", pem(SEC1, sec1(1, secret, curve, Tlv.of(0xa1, Tlv.bits(compressed)))));
    files.put(
        "sec1-other-public", pem(SEC1, sec1(1, secret, curve, Tlv.of(0xa1, Tlv.bits(otherPoint)))));
    files.put(
        "sec1-empty-public",
        pem(SEC1, sec1(1, secret, curve, Tlv.of(0xa1, Tlv.bits(new byte[0])))));
    files.put(
        "sec1-infinity", pem(SEC1, sec1(1, secret, curve, Tlv.of(0xa1, Tlv.bits(new byte[1])))));
    files.put("sec1-public-first", pem(SEC1, sec1(1, secret, stated, curve)));
    files.put(
        "sec1-element-more", pem(SEC1, sec1(1, secret, curve, stated, Tlv.of(0xa2, Tlv.NULL))));
    files.put("sec1-version-0", pem(SEC1, sec1(0, secret, curve, stated)));
    files.put("sec1-version-2", pem(SEC1, sec1(2, secret, curve, stated)));
    files.put("sec1-secret-short", pem(SEC1, sec1(1, Arrays.copyOf(secret, 31), curve)));
    files.put("sec1-secret-padded", pem(SEC1, sec1(1, join(new byte[1], secret), curve, stated)));
    files.put("sec1-secret-0", pem(SEC1, sec1(1, new byte[32], curve)));
    files.put("sec1-secret-n", pem(SEC1, sec1(1, unsigned(n), curve)));
    files.put(
        "sec1-secret-n-minus-1", pem(SEC1, sec1(1, unsigned(n.subtract(BigInteger.ONE)), curve)));
    files.put("sec1-secret-1", pem(SEC1, sec1(1, padded(1), curve)));
    files.put("sec1-no-secret", pem(SEC1, sec1(1, new byte[0], curve)));
    files.put("sec1-trailing", pem(SEC1, join(sec1, new byte[1])));
    files.put("sec1-long-length", pem(SEC1, longLength(sec1)));
    files.put("sec1-indefinite", pem(SEC1, indefinite(sec1)));
    files.put("parameters-first", join(parameters, pem(SEC1, sec1)));
    files.put("parameters-first-no-curve", join(parameters, pem(SEC1, sec1(1, secret))));
    files.put("parameters-after", join(pem(SEC1, sec1), parameters));
    files.put("parameters-alone", parameters);
    files.put("parameters-broken", join(pem("EC PARAMETERS", new byte[] {9}), pem(SEC1, sec1)));
    files.put("pkcs8-inner-curve", pkcs8(0, EC_ID, sec1));
    files.put("pkcs8-inner-other-curve", pkcs8(0, EC_ID, sec1(1, secret, otherCurve)));
    files.put("pkcs8-inner-secret-alone", pkcs8(0, EC_ID, sec1(1, secret)));
    files.put(
        "pkcs8-inner-other-public",
        pkcs8(0, EC_ID, sec1(1, secret, Tlv.of(0xa1, Tlv.bits(otherPoint)))));
    files.put(
        "pkcs8-explicit-curve",
        pkcs8(0, Tlv.sequence(Tlv.bytes(X9ObjectIdentifiers.id_ecPublicKey), explicit), sec1));
    files.put(
        "pkcs8-no-curve",
        pkcs8(0, Tlv.sequence(Tlv.bytes(X9ObjectIdentifiers.id_ecPublicKey)), sec1));
    files.put(
        "pkcs8-null-curve",
        pkcs8(0, Tlv.sequence(Tlv.bytes(X9ObjectIdentifiers.id_ecPublicKey), Tlv.NULL), sec1));
    files.put("pkcs8-v2", pkcs8(1, EC_ID, sec1));
    files.put("pkcs8-attributes", pkcs8(0, EC_ID, sec1, ATTRIBUTES));
    files.put("label-pkcs8-on-sec1", pem(PKCS8, sec1));
    files.put("label-pkcs1-on-sec1", pem(PKCS1, sec1));
    files.put("label-sec1-on-pkcs8", pem(SEC1, Keys.EC.pkcs8()));
    files.put("label-pkcs1-on-pkcs8", pem(PKCS1, Keys.EC.pkcs8()));
    files.put("other-key", pem(PKCS8, Keys.OTHER_EC.pkcs8()));
    files.put("other-curve-key", pem(PKCS8, Keys.P384.pkcs8()));
    files.put("two-keys", pem(PKCS8, Keys.EC.pkcs8(), Keys.OTHER_EC.pkcs8()));
    files.put("two-keys-wrong-first", pem(PKCS8, Keys.OTHER_EC.pkcs8(), Keys.EC.pkcs8()));
    return files;
  }

  private static Map<String, byte[]> ed25519() {
    byte[] seed = ((Ed25519PrivateKeyParameters) Keys.ED25519.privateParameters()).getEncoded();
    byte[] point =
        ((Ed25519PrivateKeyParameters) Keys.ED25519.privateParameters())
            .generatePublicKey()
            .getEncoded();
    Map<String, byte[]> files = new TreeMap<>();
    files.put("pkcs8", pkcs8(0, ED_ID, Tlv.octets(seed)));
    files.put("attributes", pkcs8(0, ED_ID, Tlv.octets(seed), ATTRIBUTES));
    files.put("v2", pkcs8(1, ED_ID, Tlv.octets(seed)));
    files.put("v2-public-key", pkcs8(1, ED_ID, Tlv.octets(seed), Tlv.of(0x81, new byte[1], point)));
    files.put("v1-public-key", pkcs8(0, ED_ID, Tlv.octets(seed), Tlv.of(0x81, new byte[1], point)));
    files.put(
        "null-parameters",
        pkcs8(
            0,
            Tlv.sequence(Tlv.bytes(EdECObjectIdentifiers.id_Ed25519), Tlv.NULL),
            Tlv.octets(seed)));
    files.put("not-wrapped", pkcs8(0, ED_ID, seed));
    files.put("short", pkcs8(0, ED_ID, Tlv.octets(Arrays.copyOf(seed, 31))));
    files.put("long", pkcs8(0, ED_ID, Tlv.octets(Arrays.copyOf(seed, 33))));
    files.put("seed-and-point", pkcs8(0, ED_ID, Tlv.octets(join(seed, point))));
    files.put("trailing-inside", pkcs8(0, ED_ID, join(Tlv.octets(seed), new byte[1])));
    files.put("label-sec1", pem(SEC1, Keys.ED25519.pkcs8()));
    files.put("label-pkcs1", pem(PKCS1, Keys.ED25519.pkcs8()));
    return files;
  }

  /** RSA keys whose numbers do not, or not in the usual way, belong together. */
  private static Map<String, Rsa> contradictions() {
    Rsa rsa = Keys.RSA;
    BigInteger one = BigInteger.ONE;
    BigInteger p1 = rsa.p().subtract(one);
    BigInteger q1 = rsa.q().subtract(one);
    BigInteger lambda = p1.multiply(q1).divide(p1.gcd(q1));
    Map<String, Rsa> keys = new TreeMap<>();
    keys.put("none", rsa);
    keys.put("d-plus-2", rsa.d(rsa.d().add(BigInteger.TWO)));
    keys.put("d-plus-lambda", rsa.d(rsa.d().add(lambda)));
    keys.put("d-of-phi", rsa.d(rsa.e().modInverse(p1.multiply(q1))));
    keys.put("d-plus-n", rsa.d(rsa.d().add(rsa.n())));
    keys.put("dp-plus-2", rsa.dp(rsa.dp().add(BigInteger.TWO)));
    keys.put("dp-plus-p1", rsa.dp(rsa.dp().add(p1)));
    keys.put("dp-and-dq-swapped", rsa.dp(rsa.dq()).dq(rsa.dp()));
    keys.put("dq-plus-2", rsa.dq(rsa.dq().add(BigInteger.TWO)));
    keys.put("dq-plus-q1", rsa.dq(rsa.dq().add(q1)));
    keys.put("qinv-plus-1", rsa.qinv(rsa.qinv().add(one)));
    keys.put("qinv-plus-p", rsa.qinv(rsa.qinv().add(rsa.p())));
    keys.put("p-and-q-swapped", rsa.p(rsa.q()).q(rsa.p()));
    keys.put("all-swapped", Rsa.of(rsa.q(), rsa.p(), rsa.e()));
    keys.put("p-plus-2", rsa.p(rsa.p().add(BigInteger.TWO)));
    keys.put("q-plus-2", rsa.q(rsa.q().add(BigInteger.TWO)));
    keys.put("p-is-1", rsa.p(one).q(rsa.n()));
    keys.put("p-is-n", rsa.p(rsa.n()).q(one));
    keys.put("p-negative", rsa.p(rsa.p().negate()).q(rsa.q().negate()));
    keys.put("n-plus-2", rsa.n(rsa.n().add(BigInteger.TWO)));
    keys.put("e-3", rsa.e(BigInteger.valueOf(3)));
    keys.put("e-1", rsa.e(one));
    keys.put("e-even", rsa.e(BigInteger.valueOf(65536)));
    keys.put("e-0", rsa.e(BigInteger.ZERO));
    keys.put("d-0", rsa.d(BigInteger.ZERO));
    keys.put("d-negative", rsa.d(rsa.d().negate()));
    keys.put("dp-0", rsa.dp(BigInteger.ZERO));
    keys.put("dq-0", rsa.dq(BigInteger.ZERO));
    keys.put("qinv-0", rsa.qinv(BigInteger.ZERO));
    keys.put(
        "crt-0",
        rsa.p(BigInteger.ZERO)
            .q(BigInteger.ZERO)
            .dp(BigInteger.ZERO)
            .dq(BigInteger.ZERO)
            .qinv(BigInteger.ZERO));
    keys.put("p-composite", composite());
    keys.put("p-is-q", Rsa.of(rsa.p(), rsa.q(), rsa.e()).p(rsa.p()).q(rsa.p()).n(rsa.p().pow(2)));
    return keys;
  }

  /** Every equation between its numbers holds, but one of the primes is none. */
  private static Rsa composite() {
    BigInteger e = BigInteger.valueOf(65537);
    SeededRandom random = Keys.random("composite");
    while (true) {
      BigInteger p =
          BigInteger.probablePrime(512, random).multiply(BigInteger.probablePrime(512, random));
      BigInteger q = BigInteger.probablePrime(1024, random);
      if (p.multiply(q).bitLength() == 2048
          && p.subtract(BigInteger.ONE).gcd(e).equals(BigInteger.ONE)) {
        return Rsa.of(p, q, e);
      }
    }
  }

  private static byte[] sec1(int version, byte[] secret, byte[]... more) {
    return Tlv.sequence(Tlv.integer(version), Tlv.octets(secret), join(more));
  }

  private static byte[] secret() {
    return unsigned(((ECPrivateKeyParameters) Keys.EC.privateParameters()).getD());
  }

  /** 32 bytes. */
  private static byte[] unsigned(BigInteger value) {
    return BigIntegers.asUnsignedByteArray(32, value);
  }

  private static byte[] padded(int value) {
    return unsigned(BigInteger.valueOf(value));
  }

  /** In the shape of EncryptedPrivateKeyInfo (RFC 5958 3); nobody could decrypt it. */
  private static byte[] encrypted(String label) {
    return pem(
        label,
        Tlv.sequence(
            Tlv.sequence(Tlv.bytes(PKCSObjectIdentifiers.id_PBES2), Tlv.sequence()),
            Tlv.octets(new byte[128])));
  }

  private static byte[] withHeader(byte[] pem, String header) {
    return ascii(
        new String(pem, StandardCharsets.ISO_8859_1).replaceFirst("-----\n", "-----\n" + header));
  }

  /** The outer length with a zero before it: BER, and no DER. */
  private static byte[] longLength(byte[] der) {
    int bytes = der[1] < 0 ? der[1] & 0x7f : 0;
    byte[] length = bytes == 0 ? new byte[] {der[1]} : Arrays.copyOfRange(der, 2, 2 + bytes);
    return join(
        new byte[] {der[0], (byte) (0x81 + length.length), 0},
        length,
        Arrays.copyOfRange(der, 2 + bytes, der.length));
  }

  /** The outer length left open: BER, and no DER. */
  private static byte[] indefinite(byte[] der) {
    int bytes = der[1] < 0 ? der[1] & 0x7f : 0;
    return join(
        new byte[] {der[0], (byte) 0x80},
        Arrays.copyOfRange(der, 2 + bytes, der.length),
        new byte[2]);
  }
}
