package net.lecentre.certmerge.benchmark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DLSet;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/** Files that somebody made to keep an inspector busy, each of about a given size. */
// Its functions keep nothing.
@SuppressWarnings("ImmutableEnumChecker")
public enum Hostile {
  RANDOM_BYTES(size -> random(size)),
  NULS(size -> new byte[size]),
  NEWLINES(size -> ascii("\n".repeat(size))),
  SPACES(size -> ascii(" ".repeat(size))),
  DASHES(size -> ascii("-".repeat(size))),
  ONE_LINE(size -> ascii("A".repeat(size))),
  NEARLY_BEGIN(size -> ascii("-----BEGIN CERTIFICATE----\n".repeat(size / 27))),
  BEGIN_AFTER_DASHES(size -> ascii("--BEGIN -".repeat(size / 9))),
  BEGIN_WITHOUT_END(size -> ascii("-----BEGIN CERTIFICATE-----\n".repeat(size / 28))),
  CUT_OFF(size -> ascii("-----BEGIN CERTIFICATE-----\n" + "A".repeat(64).repeat(size / 64))),
  SHORT_LINES(size -> ascii("-----BEGIN CERTIFICATE-----\n" + "A\n".repeat(size / 2))),
  SPACED_BASE64(
      size -> ascii(begin() + "A ".repeat(size / 2 / 4 * 4 - 40) + "\n" + end("CERTIFICATE"))),
  WRONG_BASE64_LAST(
      size -> ascii(begin() + "A".repeat(size / 4 * 4 - 80) + "AAA*\n" + end("CERTIFICATE"))),
  ONE_BLOCK(size -> both(random(der(size)))),
  MANY_BLOCKS(size -> repeated(both(random(size * 3 / 4 / 138)), 128)),
  OTHER_BLOCKS(size -> repeated(pem("X", random(size * 3 / 4 / 138)), 128)),
  LONG_LABELS(
      size ->
          repeated(
              ascii("-----BEGIN " + "X".repeat(235) + "-----\nAAAA\n" + end("X".repeat(235))),
              128)),
  NESTED(size -> both(nested(der(size)))),
  NESTED_INDEFINITE(size -> both(repeated(new byte[] {0x30, (byte) 0x80}, der(size) / 2))),
  NESTED_STRINGS(size -> both(repeated(new byte[] {0x24, (byte) 0x80}, der(size) / 2))),
  NESTED_TAGS(size -> both(repeated(new byte[] {(byte) 0xa0, (byte) 0x80}, der(size) / 2))),
  MANY_NULLS(size -> both(encoded(sequence(nulls(der(size) / 2))))),
  EMPTY_SEQUENCES(size -> both(encoded(sequence(many(der(size) / 2, new DERSequence()))))),
  MANY_INTEGERS(size -> both(encoded(sequence(many(der(size) / 3, new ASN1Integer(1)))))),
  MANY_SETS(size -> both(encoded(new DLSet(descending(der(size) / 13))))),
  LONG_SERIAL(size -> crt(certificate().serial(number(der(size))))),
  RDNS(size -> crt(certificate().subject(rdns(der(size) / 14, BCStyle.CN)))),
  RDNS_OF_ISSUER(size -> crt(certificate().issuer(rdns(der(size) / 14, BCStyle.CN)))),
  RDN_OF_MANY_VALUES(size -> crt(certificate().subject(oneRdn(descending(der(size) / 13))))),
  SELF_ISSUED_MANY_VALUES(
      size ->
          crt(
              certificate()
                  .subject(oneRdn(descending(der(size) / 2 / 13)))
                  .issuer(oneRdn(descending(der(size) / 2 / 13))))),
  NAME_OF_COMMAS(size -> crt(certificate().subject(name(",".repeat(der(size)))))),
  NAME_OF_SPACES(size -> crt(certificate().subject(name(" ".repeat(der(size)))))),
  NAME_OF_BACKSLASHES(size -> crt(certificate().subject(name("\\#".repeat(der(size) / 2))))),
  NAME_OF_CONTROLS(size -> crt(certificate().subject(name("\u0001".repeat(der(size)))))),
  NAME_OF_LONG_TYPES(
      size -> crt(certificate().subject(rdns(der(size) / 4100, longIdentifier(4000))))),
  LONG_TYPE(size -> crt(certificate().subject(rdns(1, longIdentifier(4000))))),
  CHAIN_OF_LONG_TYPES(
      size ->
          chain(
              i ->
                  certificate()
                      .serial(i)
                      .subject(rdns(1, longIdentifier(Math.min(4000, filler(size).length())))))),
  CHAIN_OF_LONG_ALGORITHMS(
      size ->
          chain(
              i ->
                  certificate()
                      .serial(i)
                      .key(
                          sequence(
                              sequence(longIdentifier(Math.min(4000, filler(size).length()))),
                              new DERBitString(new byte[1]))))),
  NAME_OF_SETS(
      size ->
          crt(
              certificate()
                  .subject(rdn(BCStyle.CN, sequence(new DLSet(descending(der(size) / 13))))))),
  NAME_OF_NUMBERS(
      size -> crt(certificate().subject(rdn(BCStyle.CN, sequence(nulls(der(size) / 2)))))),
  SIGNATURE_PARAMETERS(
      size -> crt(certificate().signature(new DLSet(descending(der(size) / 2 / 13))))),
  EXTENSIONS(size -> crt(certificate().extensions(extensions(der(size) / 14)))),
  SAME_EXTENSIONS(
      size ->
          crt(
              certificate()
                  .extensions(many(der(size) / 17, extension(Extension.keyUsage, keyUsage()))))),
  COLLIDING_EXTENSIONS(size -> crt(certificate().extensions(colliding(der(size) / 15)))),
  COLLIDING_USAGES(
      size ->
          crt(
              certificate()
                  .extensions(
                      extension(Extension.extendedKeyUsage, sequence(usages(der(size) / 9)))))),
  LONG_EXTENSION_NAMES(
      size ->
          crt(
              certificate()
                  .extensions(
                      many(der(size) / 4100, extension(longIdentifier(4000), keyUsage()))))),
  NAMES(size -> crt(certificate().names(hosts(der(size) / 19, i -> "h" + i + ".example")))),
  ONE_LONG_NAME(size -> crt(certificate().names(hosts(1, i -> "a.".repeat(der(size) / 2))))),
  SHORT_NAMES(size -> crt(certificate().names(hosts(der(size) / 3, i -> "*")))),
  DIRECTORY_NAMES(
      size ->
          crt(
              certificate()
                  .names(many(der(size) / 20, new DERTaggedObject(true, 4, rdns(1, BCStyle.CN)))))),
  POLICIES(
      size ->
          crt(
              certificate()
                  .extensions(
                      extension(
                          Extension.certificatePolicies,
                          sequence(
                              many(der(size) / 7, sequence(new ASN1ObjectIdentifier("1.2.3")))))))),
  RSA_MODULUS(size -> crt(certificate().key(rsaKey(number(der(size)), BigInteger.valueOf(65537))))),
  RSA_EXPONENT(size -> crt(certificate().key(rsaKey(number(256), number(der(size)))))),
  SAME_CERTIFICATES(size -> repeated(crt(certificate().subject(name(filler(size)))), 128)),
  CHAIN_OF_ONE_NAME(
      size ->
          chain(
              i -> certificate().subject(name(filler(size))).issuer(name(filler(size))).serial(i))),
  CHAIN_OF_LIKE_NAMES(
      size ->
          chain(
              i ->
                  certificate()
                      .subject(name(filler(size) + (1000 + i)))
                      .issuer(name(filler(size) + (1001 + i)))
                      .serial(i))),
  CHAIN_OF_COMPRESSED_POINTS(
      size -> chain(i -> certificate().serial(i).subject(name(filler(size))).key(ecKey()))),
  RSA_KEY_OF_HUGE_NUMBERS(size -> rsaPrivateKey(number(der(size) / 8), number(der(size) / 8))),
  RSA_KEY_OF_16384_BITS(size -> rsaPrivateKey(number(2048), number(2047))),
  RSA_KEY_OF_PLAUSIBLE_PRIMES(size -> plausibleRsaKey()),
  EC_KEY_OF_HUGE_NUMBER(
      size ->
          pem(
              "EC PRIVATE KEY",
              encoded(
                  sequence(
                      new ASN1Integer(1),
                      new DEROctetString(random(der(size))),
                      new DERTaggedObject(true, 0, SECObjectIdentifiers.secp521r1))))),
  KEY_ATTRIBUTES(
      size ->
          pem(
              "PRIVATE KEY",
              encoded(
                  sequence(
                      new ASN1Integer(0),
                      sequence(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                      new DEROctetString(new byte[1]),
                      new DERTaggedObject(
                          false,
                          0,
                          new DLSet(
                              many(
                                  der(size) / 9,
                                  sequence(
                                      new ASN1ObjectIdentifier("1.2.3"),
                                      new DLSet(DERNull.INSTANCE))))))))),
  MANY_KEYS(size -> repeated(pem("PRIVATE KEY", random(size * 3 / 4 / 138)), 128));

  private final IntFunction<byte[]> maker;

  Hostile(IntFunction<byte[]> maker) {
    this.maker = maker;
  }

  /** A file of at most so many bytes. */
  byte[] file(int size) {
    byte[] file = maker.apply(size);
    return file.length > size ? Arrays.copyOf(file, size) : file;
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String begin() {
    return "-----BEGIN CERTIFICATE-----\n";
  }

  private static String end(String label) {
    return "-----END " + label + "-----\n";
  }

  /** How many bytes of DER go into a PEM block of so many bytes; with room for what is around. */
  private static int der(int size) {
    return (int) (size / 65.0 * 64 * 3 / 4) - 1200;
  }

  private static byte[] pem(String label, byte[] der) {
    return ascii(
        "-----BEGIN "
            + label
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n"
            + end(label));
  }

  /** A block that is read in either file; half of it would do for each. */
  private static byte[] both(byte[] der) {
    return pem("CERTIFICATE", der);
  }

  private static byte[] repeated(byte[] bytes, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] nested(int size) {
    byte[] der = new byte[size / 5 * 5];
    for (int i = 0; i < der.length; i += 5) {
      int rest = der.length - i - 5;
      der[i] = 0x30;
      der[i + 1] = (byte) 0x83;
      der[i + 2] = (byte) (rest >> 16);
      der[i + 3] = (byte) (rest >> 8);
      der[i + 4] = (byte) rest;
    }
    return der;
  }

  private static byte[] encoded(ASN1Encodable element) {
    try {
      return element.toASN1Primitive().getEncoded("DL");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DERSequence sequence(ASN1Encodable... elements) {
    return new DERSequence(elements);
  }

  private static ASN1Encodable[] many(int count, ASN1Encodable element) {
    ASN1Encodable[] all = new ASN1Encodable[Math.max(1, count)];
    Arrays.fill(all, element);
    return all;
  }

  private static ASN1Encodable[] nulls(int count) {
    return many(count, DERNull.INSTANCE);
  }

  /** Attributes in the order that is worst for one who sorts them. */
  private static ASN1Encodable[] descending(int count) {
    ASN1Encodable[] all = new ASN1Encodable[count];
    for (int i = 0; i < count; i++) {
      all[i] =
          sequence(
              new ASN1ObjectIdentifier("2.5.4.3"),
              new DEROctetString(BigInteger.valueOf(0x1000000L - i).toByteArray()));
    }
    return all;
  }

  private static BigInteger number(int bytes) {
    return new BigInteger(1, random(Math.max(1, bytes))).setBit(0).setBit(bytes * 8 - 1);
  }

  private static DERSequence rdn(ASN1ObjectIdentifier type, ASN1Encodable value) {
    return sequence(new DLSet(sequence(type, value)));
  }

  private static DERSequence name(String text) {
    return rdn(BCStyle.CN, new DERUTF8String(text));
  }

  private static DERSequence rdns(int count, ASN1ObjectIdentifier type) {
    return sequence(many(count, new DLSet(sequence(type, new DERUTF8String("x")))));
  }

  private static DERSequence oneRdn(ASN1Encodable[] values) {
    return sequence(new DLSet(values));
  }

  private static String filler(int size) {
    return "x".repeat(Math.max(1, (der(size) / 128 - 700) / 2));
  }

  /** An identifier of one long number, which is dear to write in decimal. */
  private static ASN1ObjectIdentifier longIdentifier(int bytes) {
    byte[] contents = new byte[bytes];
    Arrays.fill(contents, (byte) 0xff);
    contents[0] = 0x2a;
    contents[bytes - 1] = 0x7f;
    return ASN1ObjectIdentifier.fromContents(contents);
  }

  private static DERSequence extension(ASN1ObjectIdentifier oid, ASN1Encodable value) {
    return sequence(oid, new DEROctetString(encoded(value)));
  }

  private static ASN1BitString keyUsage() {
    return new DERBitString(new byte[] {(byte) 0x80}, 7);
  }

  private static ASN1Encodable[] extensions(int count) {
    ASN1Encodable[] all = new ASN1Encodable[count];
    for (int i = 0; i < count; i++) {
      all[i] = extension(new ASN1ObjectIdentifier("1.2." + (100_000 + i)), DERNull.INSTANCE);
    }
    return all;
  }

  /** Extensions whose identifiers all have the hash code that Bouncy Castle gives them. */
  private static ASN1Encodable[] colliding(int count) {
    return Collisions.identifiers(count).stream()
        .map(oid -> extension(oid, DERNull.INSTANCE))
        .toArray(ASN1Encodable[]::new);
  }

  private static ASN1Encodable[] usages(int count) {
    return Collisions.identifiers(count).toArray(ASN1Encodable[]::new);
  }

  private static ASN1Encodable[] hosts(int count, IntFunction<String> host) {
    ASN1Encodable[] all = new ASN1Encodable[count];
    for (int i = 0; i < count; i++) {
      all[i] = new DERTaggedObject(false, 2, new DERIA5String(host.apply(i)));
    }
    return all;
  }

  private static ASN1Encodable rsaKey(BigInteger modulus, BigInteger exponent) {
    return sequence(
        sequence(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
        new DERBitString(encoded(sequence(new ASN1Integer(modulus), new ASN1Integer(exponent)))));
  }

  private static ASN1Encodable ecKey() {
    return sequence(
        sequence(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp521r1),
        new DERBitString(CustomNamedCurves.getByName("secp521r1").getG().getEncoded(true)));
  }

  private static byte[] rsaPrivateKey(BigInteger modulus, BigInteger other) {
    ASN1EncodableVector numbers = new ASN1EncodableVector();
    numbers.add(new ASN1Integer(0));
    numbers.add(new ASN1Integer(modulus));
    numbers.add(new ASN1Integer(65537));
    for (int i = 0; i < 6; i++) {
      numbers.add(new ASN1Integer(other));
    }
    return pem("RSA PRIVATE KEY", encoded(new DERSequence(numbers)));
  }

  /** Passes every check but the last, with the longest numbers that are looked at. */
  private static byte[] plausibleRsaKey() {
    BigInteger e = BigInteger.valueOf(0x1_0000_0001L);
    BigInteger p = number(1024).setBit(8190);
    BigInteger q = number(1023).setBit(8180);
    while (!p.subtract(BigInteger.ONE).gcd(e).equals(BigInteger.ONE)) {
      p = p.add(BigInteger.TWO);
    }
    while (!q.subtract(BigInteger.ONE).gcd(e).equals(BigInteger.ONE)
        || !q.gcd(p).equals(BigInteger.ONE)) {
      q = q.add(BigInteger.TWO);
    }
    BigInteger p1 = p.subtract(BigInteger.ONE);
    BigInteger q1 = q.subtract(BigInteger.ONE);
    BigInteger d = e.modInverse(p1.multiply(q1));
    ASN1EncodableVector numbers = new ASN1EncodableVector();
    for (BigInteger number :
        List.of(
            BigInteger.ZERO, p.multiply(q), e, d, p, q, d.mod(p1), d.mod(q1), q.modInverse(p))) {
      numbers.add(new ASN1Integer(number));
    }
    return pem("RSA PRIVATE KEY", encoded(new DERSequence(numbers)));
  }

  private static byte[] crt(Certificate certificate) {
    return pem("CERTIFICATE", encoded(certificate.build()));
  }

  private static byte[] chain(IntFunction<Certificate> certificates) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 1; i <= 128; i++) {
      out.writeBytes(crt(certificates.apply(i)));
    }
    return out.toByteArray();
  }

  private static Certificate certificate() {
    return new Certificate();
  }

  /** A certificate in the making; signed by nobody. */
  private static final class Certificate {
    private ASN1Integer serial = new ASN1Integer(1);
    private ASN1Encodable signature = sequence(PKCSObjectIdentifiers.sha256WithRSAEncryption);
    private ASN1Encodable issuer = name("Issuer");
    private ASN1Encodable subject = name("Subject");
    private ASN1Encodable key = rsaKey(number(256), BigInteger.valueOf(65537));
    private final List<ASN1Encodable> extensions = new ArrayList<>();

    Certificate serial(BigInteger number) {
      serial = new ASN1Integer(number);
      return this;
    }

    Certificate serial(int number) {
      return serial(BigInteger.valueOf(number));
    }

    Certificate signature(ASN1Encodable parameters) {
      signature = sequence(PKCSObjectIdentifiers.sha256WithRSAEncryption, parameters);
      return this;
    }

    Certificate issuer(ASN1Encodable name) {
      issuer = name;
      return this;
    }

    Certificate subject(ASN1Encodable name) {
      subject = name;
      return this;
    }

    Certificate key(ASN1Encodable info) {
      key = info;
      return this;
    }

    Certificate names(ASN1Encodable... names) {
      return extensions(extension(Extension.subjectAlternativeName, sequence(names)));
    }

    Certificate extensions(ASN1Encodable... more) {
      extensions.addAll(Arrays.asList(more));
      return this;
    }

    ASN1Encodable build() {
      ASN1EncodableVector tbs = new ASN1EncodableVector();
      tbs.add(new DERTaggedObject(true, 0, new ASN1Integer(2)));
      tbs.add(serial);
      tbs.add(signature);
      tbs.add(issuer);
      tbs.add(sequence(new DERUTCTime("260101000000Z"), new DERUTCTime("360101000000Z")));
      tbs.add(subject);
      tbs.add(key);
      if (!extensions.isEmpty()) {
        tbs.add(new DERTaggedObject(true, 3, sequence(extensions.toArray(ASN1Encodable[]::new))));
      }
      return sequence(new DERSequence(tbs), signature, new DERBitString(new byte[256]));
    }
  }
}
