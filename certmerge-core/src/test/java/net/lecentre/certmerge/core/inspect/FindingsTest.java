package net.lecentre.certmerge.core.inspect;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static net.lecentre.certmerge.core.inspect.TestPki.EC;
import static net.lecentre.certmerge.core.inspect.TestPki.NOW;
import static net.lecentre.certmerge.core.inspect.TestPki.OTHER_EC;
import static net.lecentre.certmerge.core.inspect.TestPki.ascii;
import static net.lecentre.certmerge.core.inspect.TestPki.goodCrt;
import static net.lecentre.certmerge.core.inspect.TestPki.issuer;
import static net.lecentre.certmerge.core.inspect.TestPki.join;
import static net.lecentre.certmerge.core.inspect.TestPki.keyPem;
import static net.lecentre.certmerge.core.inspect.TestPki.leaf;
import static net.lecentre.certmerge.core.inspect.TestPki.pem;
import static net.lecentre.certmerge.core.inspect.TestPki.pkcs8;
import static net.lecentre.certmerge.core.inspect.TestPki.root;
import static net.lecentre.certmerge.core.inspect.TestPki.rsa;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.TestPki.Certificate;
import net.lecentre.certmerge.core.pem.PemReader;
import net.lecentre.certmerge.core.pem.PemWriter;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One pair for each code. */
class FindingsTest {
  private static final byte[] KEY = keyPem(EC);
  private static final AsymmetricCipherKeyPair RSA = rsa(2048);
  private static final AsymmetricCipherKeyPair WEAK_RSA = rsa(1024);
  private static final AsymmetricCipherKeyPair KOBLITZ = TestPki.ec(SECObjectIdentifiers.secp256k1);
  private static final Duration WEEK = Duration.ofDays(7);

  /** A pair that shows a finding, in a file. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Row(Code code, String file, byte[] crt, byte[] key) {
    @Override
    public String toString() {
      return code.name();
    }
  }

  private static Row crt(Code code, byte[] crt) {
    return new Row(code, "tls.crt", crt, KEY);
  }

  private static Row key(Code code, byte[] key) {
    return new Row(code, "tls.key", goodCrt(), key);
  }

  private static Row leafIs(Code code, Certificate leaf) {
    return crt(code, pem(leaf.der(), issuer().der()));
  }

  private static Row leafIs(Code code, Certificate leaf, AsymmetricCipherKeyPair key) {
    return new Row(code, "tls.crt", pem(leaf.key(key).der(), issuer().der()), keyPem(key));
  }

  static Stream<Row> rows() {
    byte[] good = goodCrt();
    byte[] leafDer = leaf().der();
    return Stream.of(
        crt(Code.CRT_EMPTY, ascii(" \n\n")),
        key(Code.KEY_EMPTY, ascii("")),
        crt(Code.CRT_NOT_PEM, leafDer),
        key(Code.KEY_NOT_PEM, pkcs8(EC)),
        crt(Code.CRT_MALFORMED, Arrays.copyOf(good, good.length - 100)),
        key(Code.KEY_MALFORMED, Arrays.copyOf(KEY, KEY.length - 40)),
        crt(Code.CRT_NO_CERTIFICATE, block("CERTIFICATE REQUEST", leafDer)),
        key(Code.KEY_NO_PRIVATE_KEY, good),
        crt(Code.CRT_ASN1, pem(Arrays.copyOf(leafDer, 200))),
        key(Code.KEY_ASN1, block("PRIVATE KEY", Arrays.copyOf(pkcs8(EC), 60))),
        key(Code.KEY_INCONSISTENT, block("EC PRIVATE KEY", TestPki.contradictorySec1())),
        key(Code.ENCRYPTED_KEY, block("ENCRYPTED PRIVATE KEY", pkcs8(EC))),
        leafIs(Code.UNSUPPORTED_KEY, leaf(), KOBLITZ),
        leafIs(Code.WEAK_KEY, leaf(), WEAK_RSA),
        key(Code.KEY_MISMATCH, keyPem(OTHER_EC)),
        leafIs(Code.EXPIRED, leaf().until(NOW.minusSeconds(1))),
        leafIs(Code.NOT_YET_VALID, leaf().from(NOW.plusSeconds(1))),
        leafIs(
            Code.MUST_STAPLE,
            leaf()
                .with(
                    new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.24"),
                    false,
                    new DERSequence(new ASN1Integer(5)))),
        leafIs(
            Code.EC_KEY_USAGE,
            leaf().with(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyAgreement))),
        leafIs(Code.NO_NAME, leaf().subject("O=nobody").noHost()),
        crt(Code.TEMPORARY, pem(new Certificate(new X500Name("CN=cert-manager.local")).der())),
        crt(Code.TOO_LARGE, pem(copies(leafDer, PemReader.MAX_BLOCKS + 1))),
        key(Code.MULTIPLE_KEYS, join(KEY, keyPem(OTHER_EC))),
        crt(Code.PRIVATE_KEY_IN_CRT, join(good, KEY)),
        crt(Code.CHAIN_ORDER, pem(leafDer, root().subject("CN=Root").der(), issuer().der())),
        crt(Code.CHAIN_UNRELATED, join(good, pem(issuer().subject("CN=Other").der()))),
        crt(Code.CHAIN_DUPLICATE, pem(leafDer, issuer().der(), leafDer)),
        crt(Code.CHAIN_INCOMPLETE, pem(leafDer)),
        crt(Code.CHAIN_EXPIRED, pem(leafDer, issuer().until(NOW.minusSeconds(1)).der())),
        crt(Code.CHAIN_LONG, pem(leafAndManyIssuers())),
        crt(Code.CHAIN_SIGNATURE, pem(leafDer, issuer().key(OTHER_EC).der())),
        crt(Code.SELF_SIGNED, pem(new Certificate(new X500Name("CN=me")).subject("CN=me").der())),
        leafIs(Code.LEAF_IS_CA, leaf().ca()),
        leafIs(Code.EXPIRING_SOON, leaf().until(NOW.plus(WEEK))),
        leafIs(Code.VALIDITY_INVERTED, leaf().from(NOW.plusSeconds(9)).until(NOW.plusSeconds(8))),
        leafIs(Code.NO_SAN, leaf().noHost()),
        leafIs(Code.SAN_MALFORMED, leaf().host("app.example.com:443")),
        leafIs(Code.WEAK_SIGNATURE, leaf().signedWith("SHA1withECDSA")),
        leafIs(
            Code.UNKNOWN_CRITICAL_EXTENSION,
            leaf().with(new ASN1ObjectIdentifier("1.2.3.4"), true, new ASN1Integer(1))),
        leafIs(
            Code.DUPLICATE_EXTENSION,
            leaf()
                .with(new ASN1ObjectIdentifier("1.2.3.4"), false, new ASN1Integer(1))
                .with(new ASN1ObjectIdentifier("1.2.3.4"), false, new ASN1Integer(2))),
        leafIs(
            Code.EKU_NO_SERVER_AUTH,
            leaf()
                .with(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))),
        leafIs(
            Code.KEY_USAGE,
            leaf().with(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyEncipherment)),
            RSA),
        leafIs(Code.SERIAL_INVALID, leaf().serial(BigInteger.ONE.negate())),
        key(Code.KEY_LABEL, block("EC PRIVATE KEY", pkcs8(EC))),
        crt(Code.CHAIN_INCLUDES_ROOT, join(good, pem(root().der()))),
        crt(Code.PEM_FORMAT, new String(good, US_ASCII).replace("\n", "\r\n").getBytes(US_ASCII)),
        crt(Code.EXTRA_TEXT, join(ascii("a remark\n"), good)));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void a_finding_has_its_code_and_names_the_file(Row row) {
    Inspection inspection = Inspector.inspect(row.crt, row.key, Acceptance.envoy());
    assertThat(inspection.findingsAt(NOW, WEEK))
        .filteredOn(finding -> finding.code() == row.code)
        .anySatisfy(finding -> assertThat(finding.message()).startsWith(row.file));
  }

  /** Where there is nothing to point at. */
  private static final Set<Code> OF_THE_WHOLE_FILE =
      EnumSet.of(Code.CRT_EMPTY, Code.KEY_EMPTY, Code.CRT_NOT_PEM, Code.KEY_NOT_PEM);

  @ParameterizedTest
  @MethodSource("rows")
  void a_message_names_the_file_and_where_it_can_the_block_and_the_line(Row row) {
    Inspection inspection = Inspector.inspect(row.crt, row.key, Acceptance.envoy());
    assertThat(inspection.findingsAt(NOW, WEEK))
        .filteredOn(finding -> !OF_THE_WHOLE_FILE.contains(finding.code()))
        .extracting(Finding::message)
        .allSatisfy(
            message ->
                assertThat(message)
                    .matches("(?s)tls\\.(crt|key): (block [1-9][0-9]*, )?line [1-9][0-9]*: .*"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void a_pair_is_accepted_unless_there_is_an_error(Row row) {
    Inspection inspection = Inspector.inspect(row.crt, row.key, Acceptance.envoy());
    assertThat(inspection.acceptedAt(NOW))
        .isEqualTo(
            inspection.findingsAt(NOW, WEEK).stream()
                .noneMatch(finding -> finding.severity() == Severity.ERROR));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void errors_come_first(Row row) {
    Inspection inspection = Inspector.inspect(row.crt, row.key, Acceptance.envoy());
    assertThat(inspection.findingsAt(NOW, WEEK))
        .extracting(Finding::severity)
        .isSortedAccordingTo(Severity::compareTo);
    if (row.code.severity() == Severity.ERROR) {
      assertThat(inspection.findingsAt(NOW, WEEK).get(0).code()).isEqualTo(row.code);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void no_message_holds_a_piece_of_the_key(Row row) {
    String base64 = new String(row.key, US_ASCII).replaceAll("-----.*-----|\\n", "");
    Set<String> pieces =
        IntStream.range(0, Math.max(0, base64.length() - 12))
            .mapToObj(i -> base64.substring(i, i + 12))
            .collect(Collectors.toSet());
    String told = Inspector.inspect(row.crt, row.key, Acceptance.envoy()).toString();
    assertThat(pieces).noneMatch(told::contains);
  }

  @Test
  void every_code_has_a_row() {
    assertThat(rows().map(Row::code))
        .containsExactlyInAnyOrderElementsOf(EnumSet.allOf(Code.class));
  }

  @ParameterizedTest
  @MethodSource("codes")
  void every_code_gives_advice_in_one_sentence(Code code) {
    assertThat(code.advice()).endsWith(".").doesNotContain("\n");
  }

  static Stream<Code> codes() {
    return Stream.of(Code.values());
  }

  private static byte[] block(String label, byte[] der) {
    return new PemWriter().block(label, der).toByteArray();
  }

  private static byte[][] copies(byte[] der, int number) {
    byte[][] all = new byte[number][];
    Arrays.fill(all, der);
    return all;
  }

  private static byte[][] leafAndManyIssuers() {
    return Stream.concat(
            Stream.of(leaf().der()),
            IntStream.range(0, 10).mapToObj(i -> issuer().serial(BigInteger.valueOf(i + 1)).der()))
        .toArray(byte[][]::new);
  }
}
