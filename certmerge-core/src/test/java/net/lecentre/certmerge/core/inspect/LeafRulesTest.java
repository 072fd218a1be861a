package net.lecentre.certmerge.core.inspect;

import static net.lecentre.certmerge.core.inspect.Surgery.append;
import static net.lecentre.certmerge.core.inspect.Surgery.raw;
import static net.lecentre.certmerge.core.inspect.Surgery.sequence;
import static net.lecentre.certmerge.core.inspect.TestPki.EC;
import static net.lecentre.certmerge.core.inspect.TestPki.issuer;
import static net.lecentre.certmerge.core.inspect.TestPki.keyPem;
import static net.lecentre.certmerge.core.inspect.TestPki.leaf;
import static net.lecentre.certmerge.core.inspect.TestPki.pem;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.TestPki.Certificate;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LeafRulesTest {
  private static final byte[] ISSUER = issuer().der();
  private static final ASN1Integer ONE = new ASN1Integer(1);
  private static final ASN1ObjectIdentifier OID = new ASN1ObjectIdentifier("1.2.3.4");
  private static final ASN1ObjectIdentifier TLS_FEATURE =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.24");
  private static final BigInteger TWENTY_BYTES = BigInteger.ONE.shiftLeft(159);

  /** A leaf, and the messages about it. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Row(String name, Certificate leaf, String... messages) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource({"names", "extensions", "usages", "serials"})
  void all_that_is_odd_about_a_leaf_is_told_and_nothing_else(Row row) {
    Inspection inspection =
        Inspector.inspect(pem(row.leaf.der(), ISSUER), keyPem(EC), Acceptance.envoy());
    assertThat(inspection.findings())
        .extracting(
            it -> it.message().replace("tls.crt: block 1, line 1: certificate 1", "the leaf"))
        .containsExactly(row.messages);
  }

  static Stream<Row> names() {
    String noHost = "the leaf has no DNS name or IP address as alternative name";
    String odd = "the leaf has an IP address of neither 4 nor 16 bytes";
    String damaged = "the leaf has the extension 2.5.29.17, whose value is damaged";
    GeneralName host = new GeneralName(GeneralName.dNSName, "a.example.com");
    return Stream.of(
        new Row(
            "an empty common name",
            leaf().subject("CN="),
            "the leaf: the subject's common name is empty"),
        new Row(
            "no name",
            leaf().subject("O=x").noHost(),
            "the leaf has neither a common name nor a DNS name, IP address or URI as alternative"
                + " name",
            noHost),
        new Row("a host alone", leaf().subject("O=x")),
        new Row("an IPv4 address alone", named(address(4)).subject("O=x")),
        new Row("an IPv6 address alone", named(address(16)).subject("O=x")),
        new Row("a URI alone", named(uri()).subject("O=x"), noHost),
        new Row("a common name alone", leaf().noHost(), noHost),
        new Row("an address of three bytes", named(address(3)), odd),
        new Row("an address of five bytes beside another", named(address(4), address(5)), odd),
        new Row(
            "a host with a blank",
            leaf().host("a b"),
            "the leaf has the DNS name \"a b\", which no client asks for"),
        new Row(
            "a directory name",
            named(host, new GeneralName(GeneralName.directoryName, new X500Name("CN=x")))),
        new Row(
            "a directory name that is not Unicode",
            named(host, directory(raw(0x0c, (byte) 0xff))),
            damaged),
        new Row("another name", named(host, other(OID, explicit(0, new DERUTF8String("x"))))),
        new Row("another name of one", named(host, other(OID)), damaged),
        new Row("another name of three", named(host, other(OID, explicit(0, ONE), ONE)), damaged),
        new Row("another name under [1]", named(host, other(OID, explicit(1, ONE))), damaged),
        new Row(
            "another name that is implicit",
            named(host, other(OID, new DERTaggedObject(false, 0, ONE))),
            damaged),
        new Row(
            "another name that is not Unicode",
            named(host, other(OID, explicit(0, raw(0x0c, (byte) 0xff)))),
            damaged));
  }

  static Stream<Row> extensions() {
    return Stream.of(
        new Row("none that is odd", leaf()),
        new Row("an unknown one", leaf().with(OID, false, DERNull.INSTANCE)),
        new Row(
            "no CA", leaf().with(Extension.basicConstraints, true, new BasicConstraints(false))),
        new Row(
            "a CA",
            leaf().with(Extension.basicConstraints, true, new BasicConstraints(true)),
            "the leaf is the certificate of a CA"),
        new Row(
            "damaged constraints",
            leaf().with(Extension.basicConstraints, true, ONE),
            "the leaf has the extension 2.5.29.19, whose value is damaged"),
        new Row(
            "two that are damaged",
            leaf()
                .with(Extension.basicConstraints, true, ONE)
                .with(Extension.nameConstraints, true, ONE),
            "the leaf has the extension 2.5.29.19, whose value is damaged"),
        new Row(
            "two unknown ones that are critical",
            leaf().with(OID, true, ONE).with(new ASN1ObjectIdentifier("1.2.3.5"), true, ONE),
            "the leaf has the extension 1.2.3.4, which is critical and which clients may not know"),
        new Row(
            "one three times",
            leaf().with(OID, false, ONE).with(OID, false, ONE).with(OID, false, ONE),
            "the leaf has the extension 1.2.3.4, which it has already"),
        new Row("a TLS feature", leaf().with(TLS_FEATURE, true, sequence(new ASN1Integer(17)))),
        new Row(
            "a TLS feature that is no list", leaf().with(TLS_FEATURE, true, new ASN1Integer(5))),
        new Row(
            "must-staple",
            leaf().with(TLS_FEATURE, true, sequence(new ASN1Integer(17), new ASN1Integer(5))),
            "the leaf demands a stapled OCSP response, which is not served"));
  }

  static Stream<Row> usages() {
    String noSigning = "the leaf has an EC key whose key usage lacks digitalSignature";
    String damaged = "the leaf has the extension 2.5.29.15, whose value is damaged";
    String extended = "the leaf has the extension 2.5.29.37, whose value is damaged";
    String noServer = "the leaf has an extended key usage without server authentication";
    KeyUsage both = new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment);
    return Stream.of(
        new Row("signing", usage(new KeyUsage(KeyUsage.digitalSignature))),
        new Row("signing and more", usage(both)),
        new Row("no signing", usage(new KeyUsage(KeyUsage.keyAgreement)), noSigning),
        new Row("a usage that is no bits", usage(ONE), damaged, noSigning),
        new Row("server authentication", extended(KeyPurposeId.id_kp_serverAuth.toOID())),
        new Row("any purpose", extended(KeyPurposeId.anyExtendedKeyUsage.toOID())),
        new Row(
            "two purposes",
            extended(KeyPurposeId.id_kp_clientAuth.toOID(), KeyPurposeId.id_kp_serverAuth.toOID())),
        new Row("client authentication", extended(KeyPurposeId.id_kp_clientAuth.toOID()), noServer),
        new Row("no purpose", extended(), extended),
        new Row("a number as purpose", extended(ONE), extended));
  }

  static Stream<Row> serials() {
    String invalid = "the leaf has a serial number that is not positive or over 20 bytes";
    return Stream.of(
        new Row("one", leaf().serial(BigInteger.ONE)),
        new Row("the largest", leaf().serial(TWENTY_BYTES.subtract(BigInteger.ONE))),
        new Row("zero", leaf().serial(BigInteger.ZERO), invalid),
        new Row("a negative one", leaf().serial(BigInteger.ONE.negate()), invalid),
        new Row("one too large", leaf().serial(TWENTY_BYTES), invalid));
  }

  @Test
  void a_key_usage_that_ends_in_ones_is_damaged() {
    byte[] bits = {0x03, 0x02, 0x05, (byte) 0xff};
    byte[] crt = append(leaf().der(), sequence(Extension.keyUsage, new DEROctetString(bits)), 0, 7);
    assertThat(Inspector.inspect(pem(crt, ISSUER), keyPem(EC), Acceptance.envoy()).findings())
        .containsExactly(
            new Finding(
                Code.CRT_ASN1,
                "tls.crt: block 1, line 1: certificate 1 has the extension 2.5.29.15, whose"
                    + " value is damaged"));
  }

  private static Certificate usage(ASN1Encodable value) {
    return leaf().with(Extension.keyUsage, true, value);
  }

  private static Certificate extended(ASN1Encodable... usages) {
    return leaf().with(Extension.extendedKeyUsage, false, sequence(usages));
  }

  private static Certificate named(GeneralName... names) {
    return leaf().noHost().with(Extension.subjectAlternativeName, false, new GeneralNames(names));
  }

  private static GeneralName address(int size) {
    return new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[size]));
  }

  private static GeneralName uri() {
    return new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://x");
  }

  private static GeneralName directory(ASN1Encodable value) {
    ASN1Encodable part = new DERSet(sequence(OID, value));
    return new GeneralName(GeneralName.directoryName, X500Name.getInstance(sequence(part)));
  }

  private static GeneralName other(ASN1Encodable... elements) {
    return new GeneralName(GeneralName.otherName, sequence(elements));
  }

  private static ASN1Encodable explicit(int tag, ASN1Encodable element) {
    return new DERTaggedObject(true, tag, element);
  }
}
