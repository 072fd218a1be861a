package net.lecentre.certmerge.core.inspect;

import static net.lecentre.certmerge.core.inspect.TestPki.EC;
import static net.lecentre.certmerge.core.inspect.TestPki.OTHER_EC;
import static net.lecentre.certmerge.core.inspect.TestPki.ascii;
import static net.lecentre.certmerge.core.inspect.TestPki.join;
import static net.lecentre.certmerge.core.inspect.TestPki.keyPem;
import static net.lecentre.certmerge.core.inspect.TestPki.leaf;
import static net.lecentre.certmerge.core.inspect.TestPki.pem;
import static net.lecentre.certmerge.core.inspect.TestPki.pkcs8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyFileTest {
  private static final byte[] GOOD = keyPem(EC);
  private static final String AT = "tls.key: block 1, line 1: ";

  private static final Finding NONE_READ =
      new Finding(
          Code.KEY_NO_PRIVATE_KEY,
          AT + "this is a block \"MY KEY\", and the file holds no private key that is read");

  private final List<Finding> findings = new ArrayList<>();

  private static byte[] block(String label, byte[] der) {
    return new PemWriter().block(label, der).toByteArray();
  }

  /** A file, and all there is to tell about it. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Row(String name, byte[] file, Finding... findings) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource("good")
  void a_key_is_read_and_what_is_odd_about_its_file_is_told(Row row) {
    KeyFile.Placed placed = KeyFile.read(row.file, findings).orElseThrow();
    assertThat(placed.key().der()).isEqualTo(pkcs8(EC));
    assertThat(placed.pem()).isEqualTo(GOOD).isNotSameAs(row.file);
    assertThat(findings).containsExactly(row.findings);
  }

  static Stream<Row> good() {
    String text = new String(GOOD, StandardCharsets.US_ASCII);
    return Stream.of(
        new Row("a good file", GOOD),
        new Row("no newline at its end", ascii(text.stripTrailing())),
        new Row("a blank line at its end", ascii(text + '\n')),
        new Row("with curve parameters", join(block("EC PARAMETERS", new byte[] {5, 0}), GOOD)),
        new Row(
            "with a certificate",
            join(GOOD, pem(leaf().der())),
            new Finding(
                Code.EXTRA_TEXT, "tls.key: block 2, line 7: a block \"CERTIFICATE\" is left out")),
        new Row(
            "with a remark",
            join(GOOD, ascii("remark\n")),
            new Finding(Code.EXTRA_TEXT, "tls.key: line 7: text around the blocks is left out")),
        new Row(
            "with a damaged block",
            join(GOOD, ascii("-----BEGIN CERTIFICATE-----\n*\n")),
            new Finding(
                Code.EXTRA_TEXT, "tls.key: line 7: what follows the key is damaged and left out")),
        new Row(
            "with another key",
            join(GOOD, keyPem(OTHER_EC)),
            new Finding(
                Code.MULTIPLE_KEYS,
                "tls.key: block 2, line 7: another private key; only the first is read, in line"
                    + " 1")),
        new Row(
            "with Windows' line ends",
            ascii(text.replace("\n", "\r\n")),
            new Finding(Code.PEM_FORMAT, AT + "not written canonically")),
        new Row(
            "under another label",
            block("EC PRIVATE KEY", pkcs8(EC)),
            new Finding(
                Code.KEY_LABEL, AT + "the label EC PRIVATE KEY stands over a PRIVATE KEY")));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void a_file_without_a_key_that_is_read_is_refused_with_the_reason(Row row) {
    assertThat(KeyFile.read(row.file, findings)).isEmpty();
    assertThat(findings).containsExactly(row.findings);
  }

  static Stream<Row> bad() {
    byte[] der = pkcs8(EC);
    String text = new String(GOOD, StandardCharsets.US_ASCII);
    String encrypted = "the key is encrypted, and nobody would give a password";
    return Stream.of(
        new Row(
            "an unknown label",
            block("MY KEY", der),
            new Finding(Code.KEY_LABEL, AT + "keys with the label \"MY KEY\" are not read"),
            NONE_READ),
        new Row(
            "a label in small letters",
            block("private key", der),
            new Finding(Code.KEY_LABEL, AT + "keys with the label (unreadable label) are not read"),
            new Finding(
                Code.KEY_NO_PRIVATE_KEY,
                AT
                    + "this is a block (unreadable label), and the file holds no private key that is"
                    + " read")),
        new Row(
            "a public key",
            block("PUBLIC KEY", der),
            new Finding(
                Code.KEY_NO_PRIVATE_KEY,
                AT
                    + "this is a block \"PUBLIC KEY\", and the file holds no private key that is"
                    + " read")),
        new Row(
            "a certificate",
            pem(leaf().der()),
            new Finding(
                Code.KEY_NO_PRIVATE_KEY,
                AT
                    + "this is a block \"CERTIFICATE\", and the file holds no private key that is"
                    + " read")),
        new Row(
            "a key of any kind",
            block("ANY PRIVATE KEY", der),
            new Finding(Code.KEY_LABEL, AT + "the label ANY PRIVATE KEY stands over a PRIVATE KEY"),
            new Finding(
                Code.KEY_NO_PRIVATE_KEY, AT + "keys with the label ANY PRIVATE KEY are not read")),
        new Row(
            "a DSA key",
            block("DSA PRIVATE KEY", new byte[] {5, 0}),
            new Finding(Code.UNSUPPORTED_KEY, AT + "the key is DSA")),
        new Row(
            "an encrypted key",
            block("ENCRYPTED PRIVATE KEY", new byte[] {5, 0}),
            new Finding(Code.ENCRYPTED_KEY, AT + encrypted)),
        new Row(
            "a header that says so",
            ascii(
                text.replace(
                    "KEY-----\nM", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\nM")),
            new Finding(Code.ENCRYPTED_KEY, AT + encrypted)),
        new Row(
            "another header",
            ascii(text.replace("KEY-----\nM", "KEY-----\nA: b\n\nM")),
            new Finding(
                Code.KEY_MALFORMED, AT + "a blank line or a header stands inside the key's block")),
        new Row(
            "damaged DER",
            block("PRIVATE KEY", Arrays.copyOf(der, 60)),
            new Finding(Code.KEY_ASN1, AT + "the ASN.1 structure is damaged")));
  }

  @Test
  void a_damaged_file_is_refused_with_the_line() {
    assertThat(KeyFile.read(Arrays.copyOf(GOOD, GOOD.length - 40), findings)).isEmpty();
    assertThat(findings).extracting(Finding::code).containsExactly(Code.KEY_MALFORMED);
    assertThat(findings.get(0).message()).startsWith("tls.key: line ");
  }
}
