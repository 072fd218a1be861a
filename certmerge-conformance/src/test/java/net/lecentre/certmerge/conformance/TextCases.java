package net.lecentre.certmerge.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static net.lecentre.certmerge.conformance.Certificate.leaf;
import static net.lecentre.certmerge.conformance.Corpus.ascii;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** PEM that editors, mail and shells have been at: each change made to each of the two files. */
final class TextCases {
  private static final String BOM = "\u00ef\u00bb\u00bf";

  private TextCases() {}

  static void addTo(Corpus corpus) {
    byte[] crt = Corpus.chain(leaf());
    byte[] key = Corpus.pem(Corpus.PKCS8, Keys.EC.pkcs8());
    changes()
        .forEach(
            (name, change) -> {
              corpus.add("text/crt-" + name, apply(change, crt), key);
              corpus.add("text/key-" + name, crt, apply(change, key));
            });
  }

  private static byte[] apply(UnaryOperator<String> change, byte[] file) {
    return ascii(change.apply(new String(file, ISO_8859_1)));
  }

  private static Map<String, UnaryOperator<String>> changes() {
    Map<String, UnaryOperator<String>> changes = new TreeMap<>();
    changes.put("none", text -> text);
    changes.put("crlf", text -> text.replace("\n", "\r\n"));
    changes.put("cr", text -> text.replace('\n', '\r'));
    changes.put("crcrlf", text -> text.replace("\n", "\r\r\n"));
    changes.put("lfcr", text -> text.replace("\n", "\n\r"));
    changes.put("mixed-ends", text -> text.replaceFirst("\n", "\r\n"));
    changes.put("bom", text -> BOM + text);
    changes.put("bom-on-own-line", text -> BOM + "\n" + text);
    changes.put("bom-last", text -> text + BOM);
    changes.put("utf-16", text -> new String(text.getBytes(StandardCharsets.UTF_16), ISO_8859_1));
    changes.put("indented", text -> text.replaceAll("(?m)^(?=.)", "  "));
    changes.put("indented-by-tabs", text -> text.replaceAll("(?m)^(?=.)", "\t"));
    changes.put("begin-indented", text -> text.replace("-----BEGIN", " -----BEGIN"));
    changes.put("end-indented", text -> text.replace("-----END", " -----END"));
    changes.put("body-indented", text -> text.replaceAll("(?m)^(?=[A-Za-z0-9+/])", " "));
    changes.put("trailing-spaces", text -> text.replace("\n", "  \n"));
    changes.put("trailing-tabs", text -> text.replace("\n", "\t\n"));
    changes.put("trailing-nbsp", text -> text.replace("\n", "\u00a0\n"));
    changes.put("trailing-form-feed", text -> text.replace("\n", "\f\n"));
    changes.put("no-final-newline", text -> text.substring(0, text.length() - 1));
    changes.put("no-newline-between", text -> text.replace("-----\n-----", "----------"));
    changes.put("no-newline-after-begin", text -> text.replaceFirst("-----\n", "-----"));
    changes.put("no-newline-before-end", text -> text.replaceFirst("\n-----END", "-----END"));
    changes.put("no-newlines", text -> text.replace("\n", ""));
    changes.put("spaces-for-newlines", text -> text.replace("\n", " "));
    changes.put("backslash-n", text -> text.replace("\n", "\\n"));
    changes.put("blank-line-first", text -> "\n" + text);
    changes.put("blank-line-between", text -> text.replace("-----\n-----", "-----\n\n-----"));
    changes.put("blank-line-after-begin", text -> text.replaceFirst("-----\n", "-----\n\n"));
    changes.put("two-blank-lines-after-begin", text -> text.replaceFirst("-----\n", "-----\n\n\n"));
    changes.put("space-line-after-begin", text -> text.replaceFirst("-----\n", "-----\n \n"));
    changes.put("blank-line-inside", text -> insertAt(text, 200, "\n"));
    changes.put(
        "blank-line-after-first", text -> text.replaceFirst("-----\n(.*)\n", "-----\n$1\n\n"));
    changes.put("blank-line-before-end", text -> text.replaceFirst("\n-----END", "\n\n-----END"));
    changes.put("blank-lines-everywhere", text -> text.replace("\n", "\n\n"));
    changes.put("header", text -> text.replaceFirst("-----\n", "-----\nComment: a\n\n"));
    changes.put(
        "header-without-blank-line", text -> text.replaceFirst("-----\n", "-----\nComment: a\n"));
    changes.put(
        "header-encrypted",
        text ->
            text.replaceFirst(
                "-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"));
    changes.put("text-before", text -> "subject=/CN=a\nissuer=/CN=b\n" + text);
    changes.put("text-between", text -> text.replace("-----\n-----", "-----\nsome words\n-----"));
    changes.put("text-after", text -> text + "the end\n");
    changes.put("text-with-dashes-before", text -> "----- not PEM -----\n" + text);
    changes.put("text-like-end-before", text -> "-----END CERTIFICATE-----\n" + text);
    changes.put("text-like-begin-before", text -> "-----BEGIN CERTIFICATE\n" + text);
    changes.put("text-before-on-same-line", text -> "a" + text);
    changes.put("text-after-begin", text -> text.replaceFirst("-----\n", "----- a\n"));
    changes.put("text-after-end", text -> text.replaceFirst("(-----END.*)\n", "$1 a\n"));
    changes.put(
        "bag-attributes",
        text -> "Bag Attributes\n    friendlyName: a\nKey Attributes: <No Attributes>\n" + text);
    changes.put("yaml-comment", text -> "# a comment\n---\n" + text);
    changes.put("nul-first", text -> "\0" + text);
    changes.put("nul-last", text -> text + "\0");
    changes.put("nul-inside", text -> insertAt(text, 100, "\0"));
    changes.put("nul-in-begin", text -> text.replaceFirst("BEGIN ", "BEGIN \0"));
    changes.put("nul-after-begin", text -> text.replaceFirst("-----\n", "-----\0\n"));
    changes.put("nul-line", text -> text.replaceFirst("-----\n", "-----\n\0\n"));
    changes.put("begin-with-4-dashes", text -> text.replaceFirst("-----BEGIN", "----BEGIN"));
    changes.put("begin-with-6-dashes", text -> text.replaceFirst("-----BEGIN", "------BEGIN"));
    changes.put("begin-ends-in-4-dashes", text -> text.replaceFirst("-----\n", "----\n"));
    changes.put("begin-ends-in-6-dashes", text -> text.replaceFirst("-----\n", "------\n"));
    changes.put("end-with-4-dashes", text -> text.replaceFirst("-----END", "----END"));
    changes.put("end-with-6-dashes", text -> text.replaceFirst("-----END", "------END"));
    changes.put("end-ends-in-4-dashes", text -> text.replaceFirst("(-----END.*)-\n", "$1\n"));
    changes.put("end-ends-in-6-dashes", text -> text.replaceFirst("(-----END.*)\n", "$1-\n"));
    changes.put("em-dashes", text -> text.replace("-----", "\u00e2\u0080\u0094"));
    changes.put("lower-case-begin", text -> text.replaceFirst("BEGIN", "begin"));
    changes.put(
        "lower-case-label", text -> text.replaceFirst("BEGIN [A-Z ]+", "BEGIN certificate"));
    changes.put(
        "two-spaces-before-label",
        text -> text.replace("BEGIN ", "BEGIN  ").replace("END ", "END  "));
    changes.put("space-after-label", text -> text.replaceAll("(BEGIN [A-Z ]+|END [A-Z ]+)", "$1 "));
    changes.put("empty-label", text -> text.replaceAll("(BEGIN |END )[A-Z ]+", "$1"));
    changes.put("end-label-differs", text -> text.replaceFirst("END ", "END X"));
    changes.put("end-missing", text -> text.replaceFirst("-----END.*\n", ""));
    changes.put("begin-missing", text -> text.replaceFirst("-----BEGIN.*\n", ""));
    changes.put("begin-twice", text -> text.replaceFirst("(-----BEGIN.*\n)", "$1$1"));
    changes.put("end-twice", text -> text.replaceFirst("(-----END.*\n)", "$1$1"));
    changes.put("empty-block-first", text -> "-----BEGIN X-----\n-----END X-----\n" + text);
    changes.put("lines-of-1", text -> wrapped(text, 1));
    changes.put("lines-of-63", text -> wrapped(text, 63));
    changes.put("lines-of-65", text -> wrapped(text, 65));
    changes.put("lines-of-76", text -> wrapped(text, 76));
    for (int length : new int[] {252, 253, 254, 255, 505, 506, 507, 760, 10_000}) {
      changes.put("lines-of-" + length, text -> wrapped(text, length));
      changes.put("text-line-of-" + length, text -> "x".repeat(length) + "\n" + text);
      changes.put("begin-after-" + length, text -> "x".repeat(length) + text);
      changes.put(
          "begin-line-of-" + length,
          text -> text.replaceFirst("-----\n", "-----" + " ".repeat(length) + "\n"));
    }
    changes.put("equals-missing", text -> text.replace("=", ""));
    changes.put("equals-too-many", text -> text.replaceFirst("\n-----END", "=\n-----END"));
    changes.put("equals-inside", text -> insertAt(text, 100, "="));
    changes.put("padding-line", text -> text.replaceFirst("\n-----END", "\n====\n-----END"));
    changes.put("stray-character", text -> insertAt(text, 100, "!"));
    changes.put("stray-hyphen", text -> insertAt(text, 100, "-"));
    changes.put("space-inside-line", text -> insertAt(text, 100, " "));
    changes.put("tab-inside-line", text -> insertAt(text, 100, "\t"));
    changes.put("character-missing", text -> text.substring(0, 100) + text.substring(101));
    changes.put("line-missing", text -> text.replaceFirst("-----\n.*\n", "-----\n"));
    changes.put("line-twice", text -> text.replaceFirst("-----\n(.*\n)", "-----\n$1$1"));
    changes.put("url-safe", text -> text.replace('+', '_').replaceAll("/", "."));
    changes.put("quoted", text -> "\"" + text + "\"");
    changes.put("quoted-lines", text -> text.replaceAll("(?m)^", "> "));
    changes.put("base64-again", text -> Base64.getEncoder().encodeToString(ascii(text)));
    changes.put("twice", text -> text + text);
    changes.put("spaces-last", text -> text + "   ");
    changes.put("megabyte-of-text", text -> "some text\n".repeat(110_000) + text);
    changes.put(
        "50-unknown-blocks",
        text -> "-----BEGIN X-----\nAAAA\n-----END X-----\n".repeat(50) + text);
    changes.put(
        "70-unknown-blocks",
        text -> "-----BEGIN X-----\nAAAA\n-----END X-----\n".repeat(70) + text);
    return changes;
  }

  private static String insertAt(String text, int place, String what) {
    return text.substring(0, place) + what + text.substring(place);
  }

  private static String wrapped(String text, int columns) {
    return Pattern.compile("(?<=-----\n)[A-Za-z0-9+/=\n]+(?=\n-----END)")
        .matcher(text)
        .replaceAll(
            body -> body.group().replace("\n", "").replaceAll("(.{" + columns + "})(?=.)", "$1\n"));
  }
}
