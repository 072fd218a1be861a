package net.lecentre.certmerge.core.pem;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.pem.PemBlock.Header;
import net.lecentre.certmerge.core.pem.PemText.Damage;
import net.lecentre.certmerge.core.pem.PemText.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemReaderTest {
  private static final byte[] BYTES =
      "some bytes, rather more than go on one line of base64".getBytes(ISO_8859_1);
  private static final String BLOCK =
      new String(new PemWriter().block("X", BYTES).toByteArray(), ISO_8859_1);

  private static PemText read(String text) {
    return PemReader.read(text.getBytes(ISO_8859_1));
  }

  @Test
  void what_the_writer_writes_is_read_as_canonical() {
    PemText text = read(BLOCK);
    assertThat(text.damage()).isEmpty();
    assertThat(text.extraText()).isFalse();
    assertThat(text.blocks())
        .singleElement()
        .satisfies(
            block -> {
              assertThat(block.label()).isEqualTo("X");
              assertThat(block.der()).isEqualTo(BYTES);
              assertThat(block.line()).isEqualTo(1);
              assertThat(block.canonical()).isTrue();
            });
  }

  @Test
  void blocks_and_nothing_else_are_a_canonical_text() {
    assertThat(read(BLOCK + BLOCK).canonical()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("otherForms")
  void what_the_writer_would_not_write_is_no_canonical_text(String text) {
    assertThat(read(text).canonical()).isFalse();
  }

  static Stream<String> otherForms() {
    return Stream.of(
        "",
        "\n" + BLOCK,
        BLOCK + "\n",
        BLOCK + "\n" + BLOCK,
        BLOCK + "a remark\n",
        BLOCK + BLOCK.replace("\n", "\r\n"),
        BLOCK.replace("X--", "é--"),
        BLOCK.replace("X--", "\u0080--"),
        "-----BEGIN X-----\nQR==\n-----END X-----\n",
        BLOCK + "-----BEGIN X-----\n");
  }

  @Test
  void blocks_know_their_number_and_line() {
    PemText text = read("a remark\n\n" + BLOCK + BLOCK);
    assertThat(text.extraText()).isTrue();
    assertThat(text.blocks()).extracting(PemBlock::number).containsExactly(1, 2);
    assertThat(text.blocks()).extracting(PemBlock::line).containsExactly(3, 7);
  }

  @Test
  void line_ends_of_windows_are_read_and_not_canonical() {
    assertThat(read(BLOCK.replace("\n", "\r\n")).blocks())
        .singleElement()
        .satisfies(
            block -> {
              assertThat(block.der()).isEqualTo(BYTES);
              assertThat(block.canonical()).isFalse();
            });
  }

  @Test
  void a_missing_newline_at_the_end_is_read_as_canonical() {
    PemText text = read(BLOCK.stripTrailing());
    assertThat(text.blocks()).singleElement().matches(PemBlock::canonical);
    assertThat(text.canonical()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN X-----\nAAAA\n",
        "-----BEGIN X-----\nAAAA\n-----END Y-----\n",
        "-----BEGIN X-----\nAAAA\n-----END X----\n",
        "-----BEGIN X-----\nAAA\n-----END X-----\n",
        "-----BEGIN X-----\nAA*A\n-----END X-----\n",
        "-----BEGIN X-----\nAA==AAAA\n-----END X-----\n",
        "-----BEGIN X-----\n-----END X-----\n",
        "-----BEGIN X-----\nAAAA-----END X-----\n",
        " -----BEGIN X-----\nAAAA\n-----END X-----\n",
        "\u00EF\u00BB\u00BF-----BEGIN X-----\nAAAA\n-----END X-----\n",
        "-----BEGIN X -----\nAAAA\n-----END X -----\n",
        "-----BEGIN X\0-----\nAAAA\n-----END X\0-----\n",
        "AAAA\n-----END X-----\n",
        "-----BEGIN X-----\rAAAA\r-----END X-----\r"
      })
  void damaged_text_is_damage(String text) {
    assertThat(read(text).damage()).map(Damage::kind).contains(Kind.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n%s\n%s\n", "\n\n\n%s%s\n", "\n%s\n\n%s\n\n", " \n%s\n \n%s\n"})
  void after_a_blank_line_at_the_beginning_more_of_them_are_passed_over(String body) {
    String base64 = "QUJDREVGR0hJSktM";
    String text = body.formatted(base64, base64);
    assertThat(read("-----BEGIN X-----\n" + text + "-----END X-----\n").blocks())
        .singleElement()
        .satisfies(
            block -> {
              assertThat(block.header()).isEqualTo(Header.NONE);
              assertThat(block.der()).asString(US_ASCII).isEqualTo("ABCDEFGHIJKL".repeat(2));
              assertThat(block.canonical()).isFalse();
            });
  }

  @Test
  void a_blank_line_further_down_makes_a_header_of_what_is_before() {
    assertThat(read("-----BEGIN X-----\nAAAA\n\nBBBB\n-----END X-----\n").blocks())
        .extracting(PemBlock::header)
        .containsExactly(Header.OTHER);
  }

  @Test
  void what_comes_before_the_damage_is_kept() {
    PemText text = read(BLOCK + "-----BEGIN X-----\nAAAA\n");
    assertThat(text.blocks()).hasSize(1);
    assertThat(text.damage()).map(Damage::line).contains(5);
  }

  @ParameterizedTest
  @CsvSource({"252, false", "253, true", "254, false", "506, true"})
  void a_line_that_fills_the_buffer_of_boringssl_is_damage(int columns, boolean damaged) {
    byte[] bytes = new byte[900];
    String base64 = new String(new PemWriter().block("X", bytes).toByteArray(), ISO_8859_1);
    String body = base64.replaceAll("-----[^\n]*\n|\n", "");
    String text =
        "-----BEGIN X-----\n"
            + body.replaceAll("(.{" + columns + "})", "$1\n").strip()
            + "\n-----END X-----\n";
    assertThat(read(text).damage().isPresent()).isEqualTo(damaged);
  }

  @Test
  void a_header_is_told_apart_from_the_content() {
    PemText text = read("-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END X-----\n");
    assertThat(text.blocks())
        .singleElement()
        .satisfies(block -> assertThat(block.header()).isEqualTo(Header.ENCRYPTED));
  }

  @Test
  void white_space_alone_is_blank() {
    assertThat(read(" \r\n\t\n").blank()).isTrue();
    assertThat(read("").blank()).isTrue();
    assertThat(read("x").blank()).isFalse();
  }

  @Test
  void more_blocks_than_the_limit_are_not_read() {
    assertThat(read(BLOCK.repeat(PemReader.MAX_BLOCKS)).damage()).isEmpty();
    assertThat(read(BLOCK.repeat(PemReader.MAX_BLOCKS + 1)).damage())
        .map(Damage::kind)
        .contains(Kind.TOO_LARGE);
  }

  @Test
  void more_bytes_than_the_limit_are_not_read() {
    byte[] bytes = new byte[PemReader.MAX_BYTES + 1];
    assertThat(PemReader.read(bytes).damage())
        .map(Damage::kind)
        .isEqualTo(Optional.of(Kind.TOO_LARGE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN \u001b[31mX-----\nAAAA\n",
        // The newlines are lost, so the key is in the label.
        "-----BEGIN EC PRIVATE KEY-----MHcCAQEEILTkcjxkiDTXP-----END EC PRIVATE KEY-----\nAAAA\n",
        "-----BEGIN MHCCAQEEILTKCJXKIDTXP-----\nAAAA\n"
      })
  void a_message_quotes_only_what_can_be_a_label(String text) {
    assertThat(read(text).damage())
        .map(Damage::message)
        .contains("the block (unreadable label) has no END line: the file is cut off");
  }

  @Test
  void a_message_quotes_a_label() {
    assertThat(read("-----BEGIN X509 CERTIFICATE-----\nAAAA\n").damage())
        .map(Damage::message)
        .contains("the block \"X509 CERTIFICATE\" has no END line: the file is cut off");
  }
}
