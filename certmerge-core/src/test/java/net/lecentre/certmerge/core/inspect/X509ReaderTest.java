package net.lecentre.certmerge.core.inspect;

import static net.lecentre.certmerge.core.inspect.Surgery.append;
import static net.lecentre.certmerge.core.inspect.Surgery.get;
import static net.lecentre.certmerge.core.inspect.Surgery.keep;
import static net.lecentre.certmerge.core.inspect.Surgery.raw;
import static net.lecentre.certmerge.core.inspect.Surgery.remove;
import static net.lecentre.certmerge.core.inspect.Surgery.replace;
import static net.lecentre.certmerge.core.inspect.Surgery.sequence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DLSet;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class X509ReaderTest {
  private static final byte[] GOOD = TestPki.leaf().der();
  private static final Place PLACE = new Place(1, 1, 1);

  private static final int VERSION = 0;
  private static final int VALIDITY = 4;
  private static final int SUBJECT = 5;
  private static final int PUBLIC_KEY = 6;
  private static final int EXTENSIONS = 7;

  private static final ASN1Integer ONE = new ASN1Integer(1);
  private static final ASN1ObjectIdentifier OID = new ASN1ObjectIdentifier("1.2.3.4");
  private static final DERBitString SOME_BITS = new DERBitString(new byte[] {8}, 3);
  private static final DEROctetString VALUE = new DEROctetString(new byte[] {5, 0});

  /** A certificate, and a part of the message that it is refused with. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Row(String name, byte[] der, String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Finding refusal(byte[] der) {
    return catchThrowableOfType(Flaw.class, () -> X509Reader.read(der, PLACE)).finding("it");
  }

  @ParameterizedTest
  @MethodSource({"frames", "bodies", "tails", "extensions", "publicKeys", "names"})
  void a_certificate_is_refused_for_what_is_wrong_with_it(Row row) {
    Finding finding = refusal(row.der);
    assertThat(finding.code()).isEqualTo(Code.CRT_ASN1);
    assertThat(finding.message()).contains(row.message);
  }

  static Stream<Row> frames() {
    return Stream.of(
        new Row("no sequence", Der.encoded(ONE), "the certificate is not what"),
        new Row("two elements", keep(GOOD, 2), "the certificate has 2 elements instead of 3"),
        new Row("four elements", append(GOOD, ONE), "the certificate has 4 elements instead of 3"),
        new Row("a number as body", replace(GOOD, ONE, 0), "the certificate's body is not what"),
        new Row("a number as algorithm", replace(GOOD, ONE, 1), "signature algorithm is not what"),
        new Row("a number as signature", replace(GOOD, ONE, 2), "the signature is not what"),
        new Row("a signature of bits", replace(GOOD, SOME_BITS, 2), "the signature is not a whole"),
        new Row("bytes behind", TestPki.join(GOOD, new byte[3]), "3 bytes follow"));
  }

  static Stream<Row> bodies() {
    String[] parts = {
      "the serial number",
      "the signature algorithm",
      "the issuer",
      "the validity",
      "the subject",
      "the subject public key"
    };
    return Stream.concat(
        IntStream.range(0, parts.length)
            .mapToObj(
                i -> new Row("no " + parts[i], keep(GOOD, i + 1, 0), parts[i] + " is missing")),
        Stream.of(
            new Row("nothing", keep(GOOD, 0, 0), "the serial number is missing"),
            new Row(
                "version 1, written out",
                replace(GOOD, version(0), 0, VERSION),
                "the version is not 2 or 3"),
            new Row("version 4", replace(GOOD, version(3), 0, VERSION), "version is not 2 or 3"),
            new Row(
                "an implicit version",
                replace(GOOD, new DERTaggedObject(false, 0, new ASN1Integer(2)), 0, VERSION),
                "the version is not what"),
            new Row(
                "a version that is no number",
                replace(GOOD, new DERTaggedObject(true, 0, OID), 0, VERSION),
                "the version is not what"),
            new Row("a serial that is no number", replace(GOOD, OID, 0, 1), "serial number is not"),
            new Row(
                "two algorithms",
                replace(GOOD, sequence(OID), 1),
                "the signature algorithms inside and outside differ"),
            new Row("an issuer that is no name", replace(GOOD, ONE, 0, 3), "the issuer is not"),
            new Row("a number as validity", replace(GOOD, ONE, 0, VALIDITY), "the validity is not"),
            new Row("half a validity", keep(GOOD, 1, 0, VALIDITY), "the validity has 1 elements"),
            new Row("a third time", append(GOOD, ONE, 0, VALIDITY), "the validity has 3 elements"),
            new Row("no first time", replace(GOOD, ONE, 0, VALIDITY, 0), "notBefore is not a time"),
            new Row("no last time", replace(GOOD, ONE, 0, VALIDITY, 1), "notAfter is not a time")));
  }

  static Stream<Row> tails() {
    byte[] bare = keep(GOOD, EXTENSIONS, 0);
    return Stream.of(
        new Row(
            "extensions in version 1",
            remove(GOOD, 0, VERSION),
            "a version 1 certificate has no field [3] here"),
        new Row(
            "extensions in version 2",
            replace(GOOD, version(1), 0, VERSION),
            "a version 2 certificate has no field [3] here"),
        new Row(
            "an identifier in version 1",
            remove(append(bare, identifier(1), 0), 0, VERSION),
            "a version 1 certificate has no field [1] here"),
        new Row("extensions twice", append(GOOD, get(GOOD, 0, EXTENSIONS), 0), "no field [3] here"),
        new Row("an identifier after them", append(GOOD, identifier(2), 0), "no field [2] here"),
        new Row("a field [0]", append(bare, identifier(0), 0), "no field [0] here"),
        new Row("a field [4]", append(GOOD, identifier(4), 0), "no field [4] here"),
        new Row(
            "a field [APPLICATION 1]",
            append(bare, new DERTaggedObject(false, BERTags.APPLICATION, 1, VALUE), 0),
            "no field [0] here"),
        new Row("a number", append(bare, ONE, 0), "what follows the public key is not what"),
        new Row(
            "an identifier of some bits",
            append(bare, new DERTaggedObject(false, 1, SOME_BITS), 0),
            "a unique identifier is not a whole number of bytes"),
        new Row(
            "an identifier that is no bits",
            append(bare, new DERTaggedObject(true, 1, ONE), 0),
            "a unique identifier is not a whole number of bytes"),
        new Row(
            "implicit extensions",
            append(bare, new DERTaggedObject(false, 3, VALUE), 0),
            "the extensions is not what"));
  }

  static Stream<Row> extensions() {
    return Stream.of(
        new Row("a number", append(GOOD, ONE, 0, EXTENSIONS), "an extension is not what"),
        new Row("none", keep(GOOD, 0, 0, EXTENSIONS), "the list of extensions is empty"),
        extension("no value", "an extension has 1 elements", OID),
        extension("four elements", "has 4 elements", OID, ASN1Boolean.TRUE, VALUE, VALUE),
        extension("a number as identifier", "identifier is not what", ONE, VALUE),
        extension("FALSE, written out", "1.2.3.4 is not written", OID, ASN1Boolean.FALSE, VALUE),
        extension("a number for critical", "1.2.3.4 is not written as DER", OID, ONE, VALUE),
        extension("a number as value", "an extension's value is not what", OID, ONE));
  }

  private static Row extension(String name, String message, ASN1Encodable... elements) {
    return new Row(name, append(GOOD, sequence(elements), 0, EXTENSIONS), message);
  }

  static Stream<Row> publicKeys() {
    String key = "the subject public key";
    String algorithm = "the public key's algorithm is not what";
    return Stream.of(
        new Row("no sequence", replace(GOOD, ONE, 0, PUBLIC_KEY), key + " is not what"),
        new Row("one element", keep(GOOD, 1, 0, PUBLIC_KEY), key + " has 1 elements"),
        new Row("three elements", append(GOOD, ONE, 0, PUBLIC_KEY), key + " has 3 elements"),
        new Row("no algorithm", keep(GOOD, 0, 0, PUBLIC_KEY, 0), algorithm),
        new Row("an algorithm of three", append(GOOD, ONE, 0, PUBLIC_KEY, 0), algorithm),
        new Row("a number as algorithm", replace(GOOD, ONE, 0, PUBLIC_KEY, 0, 0), algorithm),
        new Row("a number as key", replace(GOOD, ONE, 0, PUBLIC_KEY, 1), "the public key is not"),
        new Row(
            "a key of some bits",
            replace(GOOD, SOME_BITS, 0, PUBLIC_KEY, 1),
            "the public key is not a whole number of bytes"));
  }

  static Stream<Row> names() {
    String attribute = "an attribute of the subject is not what";
    return Stream.of(
        name("a number as part", ONE, "a part of the subject is not what"),
        name("an empty part", new DERSet(), "a part of the subject is empty"),
        name("a number as attribute", new DERSet(ONE), attribute),
        name("an attribute without a value", new DERSet(sequence(BCStyle.O)), attribute),
        name("an attribute of three", new DERSet(sequence(BCStyle.O, ONE, ONE)), attribute),
        name("a number as type", new DERSet(sequence(ONE, ONE)), attribute),
        name("a truth", part(ASN1Boolean.TRUE), "whose value is no text"),
        name("NULL", part(DERNull.INSTANCE), "whose value is no text"),
        name("an identifier", part(OID), "whose value is no text"),
        name("an enumerated value", part(new ASN1Enumerated(1)), "whose value is no text"),
        name("a time", part(time(0x17, "260601120000Z")), "whose value is no text"),
        name("a long time", part(time(0x18, "20260601120000Z")), "whose value is no text"),
        name("a set", part(new DERSet()), "whose value is no text"),
        name("bits", part(raw(0x03, (byte) 3, (byte) 0x0c)), "bits that is not written as DER"),
        name("no Unicode", part(raw(0x0c, (byte) 0xff)), "the subject has a string that is not"));
  }

  private static Row name(String name, ASN1Encodable part, String message) {
    return new Row(name + " in a name", append(GOOD, part, 0, SUBJECT), message);
  }

  private static ASN1Encodable part(ASN1Encodable value) {
    return new DLSet(sequence(BCStyle.O, value));
  }

  @ParameterizedTest
  @MethodSource("good")
  void what_is_unusual_and_allowed_is_read(Row row) {
    assertThatCode(() -> X509Reader.read(row.der, PLACE)).doesNotThrowAnyException();
  }

  static Stream<Row> good() {
    byte[] bare = keep(GOOD, EXTENSIONS, 0);
    byte[] version2 = replace(bare, version(1), 0, VERSION);
    return Stream.of(
        new Row("version 1", remove(bare, 0, VERSION), ""),
        new Row("version 2", version2, ""),
        new Row("version 3 without extensions", bare, ""),
        new Row("version 2 with an identifier", append(version2, identifier(1), 0), ""),
        new Row(
            "version 3 with both", append(append(bare, identifier(1), 0), identifier(2), 0), ""),
        new Row("a name without parts", keep(GOOD, 0, 0, SUBJECT), ""),
        new Row("bits in a name", append(GOOD, part(SOME_BITS), 0, SUBJECT), ""),
        new Row("a key without parameters", remove(GOOD, 0, PUBLIC_KEY, 0, 1), ""));
  }

  @Test
  void extensions_are_read_in_their_order() throws Exception {
    byte[] der = append(GOOD, sequence(OID, ASN1Boolean.TRUE, VALUE), 0, EXTENSIONS);
    X509 certificate = X509Reader.read(der, PLACE);
    assertThat(certificate.extensions())
        .extracting(X509.Extension::critical)
        .containsExactly(false, true);
    assertThat(certificate.extensions().get(1).oid()).isEqualTo(OID);
    assertThat(certificate.extensions().get(1).value()).isEqualTo(VALUE.getOctets());
  }

  @Test
  void certificates_are_equal_by_their_bytes() throws Exception {
    X509 certificate = X509Reader.read(GOOD, PLACE);
    assertThat(certificate)
        .isEqualTo(X509Reader.read(GOOD.clone(), new Place(2, 2, 2)))
        .hasSameHashCodeAs(X509Reader.read(GOOD.clone(), PLACE))
        .isNotEqualTo(X509Reader.read(remove(GOOD, 0, EXTENSIONS), PLACE));
    assertThat(certificate.hashCode())
        .isNotEqualTo(X509Reader.read(remove(GOOD, 0, EXTENSIONS), PLACE).hashCode());
  }

  @ParameterizedTest
  @CsvSource({
    "500101000000Z, 1950-01-01T00:00:00Z",
    "491231235959Z, 2049-12-31T23:59:59Z",
    "000229090909Z, 2000-02-29T09:09:09Z",
    "20500101000000Z, 2050-01-01T00:00:00Z",
    "00010101000000Z, 0001-01-01T00:00:00Z"
  })
  void a_time_is_read(String text, Instant instant) throws Exception {
    byte[] der = replace(GOOD, time(text.length() == 13 ? 0x17 : 0x18, text), 0, VALIDITY, 0);
    assertThat(X509Reader.read(der, PLACE).notBefore()).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2606011200Z", "260601120000+0100"})
  void a_time_that_is_written_otherwise_is_refused(String text) {
    byte[] der = replace(GOOD, time(text.startsWith("20") ? 0x18 : 0x17, text), 0, VALIDITY, 1);
    assertThat(refusal(der).message())
        .isEqualTo("it: notAfter is not a time with seconds and the letter Z (RFC 5280 4.1.2.5)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"260229120000Z", "261301120000Z", "260601240000Z", "26060112000:Z"})
  void a_time_that_does_not_exist_is_refused(String text) {
    String bytes = new String(GOOD, StandardCharsets.ISO_8859_1).replace("260502120000Z", text);
    assertThat(refusal(bytes.getBytes(StandardCharsets.ISO_8859_1)).message())
        .isEqualTo("it: the ASN.1 structure is damaged");
  }

  private static ASN1Encodable time(int tag, String text) {
    return raw(tag, TestPki.ascii(text));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x41, 0xd7ff, 0xe000, 0xfdcf, 0xfdf0, 0xfffd, 0x10000, 0x1f600, 0x10fffd})
  void a_character_is_text(int character) {
    assertThatCode(() -> X509Reader.checkText(utf8(character), "it")).doesNotThrowAnyException();
    assertThatCode(() -> X509Reader.checkText(utf32(character), "it")).doesNotThrowAnyException();
    if (character < 0x10000) {
      assertThatCode(() -> X509Reader.checkText(utf16(character), "it")).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1fffe, 0x10ffff})
  void a_noncharacter_is_no_text(int character) {
    assertNoText(utf8(character));
    assertNoText(utf32(character));
    assertNoText(utf16(character));
  }

  @Test
  void a_surrogate_is_no_text() {
    assertNoText(utf16(0x1f600));
    assertNoText(raw(0x1e, (byte) 0xd8, (byte) 0));
    assertNoText(raw(0x0c, (byte) 0xed, (byte) 0xa0, (byte) 0x80));
    assertNoText(raw(0x1c, (byte) 0, (byte) 0, (byte) 0xd8, (byte) 0));
  }

  private static void assertNoText(ASN1Encodable value) {
    Flaw flaw = catchThrowableOfType(Flaw.class, () -> X509Reader.checkText(value, "it"));
    assertThat(flaw.getMessage()).isEqualTo("it has a string that is not Unicode");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 255, 256, 70_000})
  void a_text_may_have_any_length(int length) {
    assertThatCode(() -> X509Reader.checkText(new DERUTF8String("x".repeat(length)), "it"))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"1, fe", "1, 02", "3, f8", "7, 80", "7, 00"})
  void bits_may_end_in_zeros(int padding, String lastByte) {
    assertThatCode(() -> X509Reader.checkText(bits(padding, lastByte), "it"))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"1, 01", "1, ff", "3, 04", "3, 01", "7, 40", "7, 01"})
  void bits_that_end_in_others_are_refused(int padding, String lastByte) {
    Flaw flaw =
        catchThrowableOfType(Flaw.class, () -> X509Reader.checkText(bits(padding, lastByte), "it"));
    assertThat(flaw.getMessage()).isEqualTo("it has a string of bits that is not written as DER");
  }

  private static ASN1Encodable bits(int padding, String lastByte) {
    return raw(0x03, (byte) padding, (byte) 0xff, (byte) Integer.parseInt(lastByte, 16));
  }

  private static ASN1Encodable utf8(int character) {
    return text(0x0c, character, StandardCharsets.UTF_8);
  }

  private static ASN1Encodable utf16(int character) {
    return text(0x1e, character, StandardCharsets.UTF_16BE);
  }

  private static ASN1Encodable utf32(int character) {
    return text(0x1c, character, Charset.forName("UTF-32BE"));
  }

  private static ASN1Encodable text(int tag, int character, Charset charset) {
    return raw(tag, Character.toString(character).getBytes(charset));
  }

  private static ASN1Encodable version(int number) {
    return new DERTaggedObject(true, 0, new ASN1Integer(number));
  }

  private static ASN1Encodable identifier(int tag) {
    return new DERTaggedObject(false, tag, new DERBitString(new byte[] {1}));
  }
}
