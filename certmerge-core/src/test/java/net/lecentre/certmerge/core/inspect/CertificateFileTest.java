package net.lecentre.certmerge.core.inspect;

import static net.lecentre.certmerge.core.inspect.Surgery.sequence;
import static net.lecentre.certmerge.core.inspect.TestPki.ascii;
import static net.lecentre.certmerge.core.inspect.TestPki.issuer;
import static net.lecentre.certmerge.core.inspect.TestPki.join;
import static net.lecentre.certmerge.core.inspect.TestPki.leaf;
import static net.lecentre.certmerge.core.inspect.TestPki.pem;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.pem.PemWriter;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CertificateFileTest {
  private static final byte[] LEAF = leaf().der();
  private static final byte[] ISSUER = issuer().der();

  private static final ASN1Integer ONE = new ASN1Integer(1);
  private static final ASN1ObjectIdentifier PURPOSE = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.3.1");
  private static final ASN1Encodable TRUSTED_FOR = sequence(PURPOSE, PURPOSE);
  private static final ASN1Encodable REJECTED_FOR = tagged(0, sequence(PURPOSE));
  private static final ASN1Encodable ALIAS = new DERUTF8String("alias");
  private static final ASN1Encodable KEY_ID = new DEROctetString(new byte[20]);

  /** Trust settings as OpenSSL appends them to a certificate. */
  private record Row(String name, ASN1Encodable trust) {
    @Override
    public String toString() {
      return name;
    }
  }

  private final List<Finding> findings = new ArrayList<>();

  private static byte[] block(String label, byte[] der) {
    return new PemWriter().block(label, der).toByteArray();
  }

  private static byte[] trusted(ASN1Encodable trust) {
    return block("TRUSTED CERTIFICATE", join(LEAF, Der.encoded(trust)));
  }

  private static ASN1Encodable tagged(int tag, ASN1Encodable element) {
    return new DERTaggedObject(false, tag, element);
  }

  private List<X509> chain(byte[] file) {
    return CertificateFile.read(file, findings).orElseThrow().chain();
  }

  private static Finding unusual(String label) {
    return new Finding(
        Code.PEM_FORMAT, "tls.crt: block 1, line 1: the label \"" + label + "\" is unusual");
  }

  @ParameterizedTest
  @MethodSource("goodTrust")
  void trust_settings_are_left_out(Row row) {
    assertThat(chain(trusted(row.trust))).extracting(X509::der).containsExactly(LEAF);
    assertThat(findings).containsExactly(unusual("TRUSTED CERTIFICATE"));
  }

  static Stream<Row> goodTrust() {
    return Stream.of(
        new Row("none", sequence()),
        new Row("purposes", sequence(TRUSTED_FOR)),
        new Row("no purposes", sequence(sequence())),
        new Row("rejections", sequence(REJECTED_FOR)),
        new Row("an alias", sequence(ALIAS)),
        new Row("a key identifier", sequence(KEY_ID)),
        new Row("all", sequence(TRUSTED_FOR, REJECTED_FOR, ALIAS, KEY_ID)));
  }

  @ParameterizedTest
  @MethodSource("damagedTrust")
  void trust_settings_that_are_damaged_are_refused(Row row) {
    assertThat(CertificateFile.read(trusted(row.trust), findings)).isEmpty();
    assertThat(findings)
        .containsExactly(
            new Finding(
                Code.CRT_ASN1,
                "tls.crt: block 1, line 1: the trust settings after the certificate are damaged"));
  }

  static Stream<Row> damagedTrust() {
    return Stream.of(
        new Row("a number", sequence(ONE)),
        new Row("a number after all else", sequence(TRUSTED_FOR, ONE)),
        new Row("purposes twice", sequence(TRUSTED_FOR, TRUSTED_FOR)),
        new Row("rejections twice", sequence(REJECTED_FOR, REJECTED_FOR)),
        new Row("two aliases", sequence(ALIAS, ALIAS)),
        new Row("two key identifiers", sequence(KEY_ID, KEY_ID)),
        new Row("rejections before purposes", sequence(REJECTED_FOR, TRUSTED_FOR)),
        new Row("an alias before rejections", sequence(ALIAS, REJECTED_FOR)),
        new Row("a key identifier before an alias", sequence(KEY_ID, ALIAS)),
        new Row("a number among the purposes", sequence(sequence(PURPOSE, ONE))),
        new Row("a number among the rejections", sequence(tagged(0, sequence(ONE)))),
        new Row("bits as rejections", sequence(tagged(0, new DERBitString(new byte[] {1})))),
        new Row("a field [1]", sequence(tagged(1, sequence(PURPOSE)))));
  }

  @Test
  void trust_settings_are_a_sequence_and_nothing_follows_them() {
    CertificateFile.read(trusted(ONE), findings);
    CertificateFile.read(
        block("TRUSTED CERTIFICATE", join(LEAF, Der.encoded(sequence()), new byte[4])), findings);
    assertThat(findings)
        .extracting(Finding::message)
        .containsExactly(
            "tls.crt: block 1, line 1: the trust settings is not what it should be",
            "tls.crt: block 1, line 1: 4 bytes follow the ASN.1 structure");
  }

  @Test
  void only_the_label_for_them_allows_trust_settings() {
    CertificateFile.read(block("X509 CERTIFICATE", join(LEAF, Der.encoded(sequence()))), findings);
    assertThat(findings).extracting(Finding::code).containsExactly(Code.CRT_ASN1);
  }

  @Test
  void a_trusted_certificate_may_come_without_settings() {
    assertThat(chain(block("TRUSTED CERTIFICATE", LEAF)))
        .extracting(X509::der)
        .containsExactly(LEAF);
  }

  @Test
  void the_old_label_is_read_and_told() {
    assertThat(CertificateFile.read(block("X509 CERTIFICATE", LEAF), findings)).isPresent();
    assertThat(findings).containsExactly(unusual("X509 CERTIFICATE"));
  }

  @Test
  void good_certificates_have_nothing_to_tell_and_know_their_places() {
    List<X509> chain = chain(pem(LEAF, ISSUER));
    assertThat(findings).isEmpty();
    int line = 1 + (int) new String(pem(LEAF), StandardCharsets.US_ASCII).lines().count();
    assertThat(chain)
        .extracting(X509::place)
        .containsExactly(new Place(1, 1, 1), new Place(2, 2, line));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void whatever_form_a_file_has_it_is_written_canonically(byte[] file) {
    byte[] written = CertificateFile.read(file, findings).orElseThrow().pem();
    assertThat(written).isEqualTo(pem(LEAF, ISSUER)).isNotSameAs(file);
  }

  static Stream<Named<byte[]>> forms() {
    String text = new String(pem(LEAF, ISSUER), StandardCharsets.US_ASCII);
    byte[] unusual = block("X509 CERTIFICATE", LEAF);
    return Stream.of(
        Named.of("canonical", pem(LEAF, ISSUER)),
        Named.of("no newline at its end", ascii(text.stripTrailing())),
        Named.of("a blank line at its end", ascii(text + '\n')),
        Named.of("a blank line at its beginning", ascii('\n' + text)),
        Named.of("a blank line between", join(pem(LEAF), ascii("\n"), pem(ISSUER))),
        Named.of("text between", join(pem(LEAF), ascii("text\n"), pem(ISSUER))),
        Named.of("CRLF", ascii(text.replace("\n", "\r\n"))),
        Named.of("another block", join(pem(LEAF), block("X509 CRL", LEAF), pem(ISSUER))),
        Named.of("an unusual label", join(unusual, pem(ISSUER))));
  }

  @Test
  void other_blocks_are_left_out_and_told() {
    byte[] file = join(block("X509 CRL", LEAF), pem(LEAF));
    assertThat(chain(file)).hasSize(1);
    assertThat(findings)
        .containsExactly(
            new Finding(
                Code.EXTRA_TEXT, "tls.crt: block 1, line 1: a block \"X509 CRL\" is left out"));
  }

  @Test
  void a_private_key_is_told_though_the_file_is_refused() {
    CertificateFile.read(block("RSA PRIVATE KEY", LEAF), findings);
    assertThat(findings)
        .containsExactly(
            new Finding(
                Code.PRIVATE_KEY_IN_CRT,
                "tls.crt: block 1, line 1: a private key, which does not belong here"),
            new Finding(
                Code.CRT_NO_CERTIFICATE,
                "tls.crt: block 1, line 1: this is a block \"RSA PRIVATE KEY\", and the file holds"
                    + " no CERTIFICATE"));
  }

  @Test
  void a_header_inside_a_block_is_refused() {
    String text = new String(pem(LEAF), StandardCharsets.US_ASCII);
    CertificateFile.read(
        ascii(text.replace("CERTIFICATE-----\nM", "CERTIFICATE-----\nA: b\n\nM")), findings);
    assertThat(findings)
        .containsExactly(
            new Finding(
                Code.CRT_MALFORMED,
                "tls.crt: block 1, line 1: a blank line or a header stands inside the CERTIFICATE"
                    + " block"));
  }

  @Test
  void the_first_error_ends_the_reading() {
    byte[] file = join(pem(LEAF), pem(new byte[] {5, 0}), pem(new byte[] {2, 1, 1}));
    assertThat(CertificateFile.read(file, findings)).isEmpty();
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).message()).startsWith("tls.crt: block 2, line ");
  }
}
