package net.lecentre.certmerge.conformance;

import static net.lecentre.certmerge.conformance.Tlv.bytes;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;

/** A certificate in the making (RFC 5280 4.1), good until something about it is changed. */
final class Certificate {
  static final String HOST = "app.example.com";

  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private byte[] version = Tlv.of(0xa0, Tlv.integer(2));
  private byte[] serial = Tlv.integer(0x1234567890abcdefL);
  private byte[] algorithm = Tlv.sequence(bytes(X9ObjectIdentifiers.ecdsa_with_SHA256));
  private byte[] outerAlgorithm = algorithm;
  private byte[] issuer = bytes(new X500Name("CN=Conformance Intermediate"));
  private byte[] notBefore = utcTime(Corpus.NOW.minus(Duration.ofDays(30)));
  private byte[] notAfter = utcTime(Corpus.NOW.plus(Duration.ofDays(60)));
  private byte[] subject = bytes(new X500Name("CN=" + HOST));
  private byte[] publicKey = Keys.EC.publicKey();
  private byte[] uniqueIdentifiers = {};
  private final List<byte[]> extensions = new ArrayList<>();
  private boolean emptyExtensions;
  private boolean wronglySigned;

  private Certificate() {}

  /** A leaf for one host, below {@link #intermediate}. */
  static Certificate leaf() {
    return new Certificate().hosts(HOST);
  }

  /** The same without extensions. */
  static Certificate bare() {
    return new Certificate();
  }

  static Certificate intermediate() {
    return bare()
        .issuer("CN=Conformance Root")
        .subject("CN=Conformance Intermediate")
        .key(Keys.CA)
        .ca();
  }

  static Certificate root() {
    return intermediate().subject("CN=Conformance Root");
  }

  Certificate version(byte[] element) {
    version = element;
    return this;
  }

  Certificate serial(byte[] element) {
    serial = element;
    return this;
  }

  /** Both the one inside and the one outside. */
  Certificate algorithm(byte[] element) {
    algorithm = element;
    outerAlgorithm = element;
    return this;
  }

  Certificate outerAlgorithm(byte[] element) {
    outerAlgorithm = element;
    return this;
  }

  Certificate issuer(String name) {
    issuer = bytes(new X500Name(name));
    return this;
  }

  Certificate issuer(byte[] element) {
    issuer = element;
    return this;
  }

  Certificate from(byte[] time) {
    notBefore = time;
    return this;
  }

  Certificate until(byte[] time) {
    notAfter = time;
    return this;
  }

  Certificate valid(Duration from, Duration until) {
    return from(utcTime(Corpus.NOW.plus(from))).until(utcTime(Corpus.NOW.plus(until)));
  }

  Certificate subject(String name) {
    return subject(bytes(new X500Name(name)));
  }

  Certificate subject(byte[] element) {
    subject = element;
    return this;
  }

  Certificate key(Keys.Pair keys) {
    return publicKey(keys.publicKey());
  }

  Certificate publicKey(byte[] element) {
    publicKey = element;
    return this;
  }

  Certificate uniqueIdentifiers(byte[]... elements) {
    uniqueIdentifiers = Tlv.join(elements);
    return this;
  }

  Certificate hosts(String... names) {
    byte[][] elements = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      elements[i] = Tlv.text(0x82, names[i]);
    }
    return names(elements);
  }

  /** The subject alternative name, of these general names. */
  Certificate names(byte[]... generalNames) {
    return with(Extension.subjectAlternativeName, Tlv.sequence(generalNames));
  }

  Certificate ca() {
    return critical(Extension.basicConstraints, bytes(new BasicConstraints(true)));
  }

  Certificate usage(int bits) {
    return critical(Extension.keyUsage, bytes(new KeyUsage(bits)));
  }

  Certificate with(ASN1ObjectIdentifier oid, ASN1Encodable value) {
    return with(oid, bytes(value));
  }

  Certificate with(ASN1ObjectIdentifier oid, byte[] value) {
    return extension(Tlv.sequence(bytes(oid), Tlv.octets(value)));
  }

  Certificate critical(ASN1ObjectIdentifier oid, byte[] value) {
    return extension(Tlv.sequence(bytes(oid), Tlv.TRUE, Tlv.octets(value)));
  }

  /** An extension, whatever it looks like. */
  Certificate extension(byte[] element) {
    extensions.add(element);
    return this;
  }

  /** The list of extensions is written even when it is empty. */
  Certificate emptyExtensions() {
    emptyExtensions = true;
    return this;
  }

  Certificate wronglySigned() {
    wronglySigned = true;
    return this;
  }

  byte[] der() {
    byte[] list =
        extensions.isEmpty() && !emptyExtensions
            ? new byte[0]
            : Tlv.of(0xa3, Tlv.sequence(extensions.toArray(byte[][]::new)));
    byte[] body =
        Tlv.sequence(
            version,
            serial,
            algorithm,
            issuer,
            Tlv.sequence(notBefore, notAfter),
            subject,
            publicKey,
            uniqueIdentifiers,
            list);
    return Tlv.sequence(body, outerAlgorithm, Tlv.bits(signature(body)));
  }

  /** By the CA's key whatever the algorithm says: no server looks at it. */
  private byte[] signature(byte[] body) {
    DSADigestSigner signer =
        new DSADigestSigner(
            new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest())), new SHA256Digest());
    signer.init(true, Keys.CA.privateParameters());
    signer.update(body, 0, wronglySigned ? body.length - 1 : body.length);
    return signer.generateSignature();
  }

  static byte[] utcTime(Instant instant) {
    return utcTime(UTC_TIME.format(instant));
  }

  static byte[] utcTime(String text) {
    return Tlv.of(0x17, text.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] generalizedTime(String text) {
    return Tlv.of(0x18, text.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] serial(String hex) {
    return Tlv.integer(new BigInteger(hex, 16));
  }
}
