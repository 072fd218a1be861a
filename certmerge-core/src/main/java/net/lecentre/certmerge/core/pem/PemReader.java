package net.lecentre.certmerge.core.pem;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import net.lecentre.certmerge.core.pem.PemText.Damage;
import net.lecentre.certmerge.core.pem.PemText.Kind;

/**
 * Reads PEM text in one pass, line by line as BoringSSL's {@code PEM_read_bio} does: what this
 * reader takes, that one takes, and sees the same blocks. It stops at the first damage.
 *
 * <p>It is stricter in one thing: a line that was meant to begin or end a block, and does not, is
 * damage here. BoringSSL skips the block silently.
 */
public final class PemReader {
  /** How many bytes are read: 1 MiB. */
  public static final int MAX_BYTES = 1024 * 1024;

  /** How many blocks are read. */
  public static final int MAX_BLOCKS = 64;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  /** BoringSSL reads lines through a buffer of 254 bytes; a longer line counts as several. */
  private static final int BUFFER = 253;

  /** Canonical lines of base64 have 64 columns (RFC 7468 2). */
  private static final int COLUMNS = 64;

  private final byte[] bytes;
  private int position;
  private int lineNumber;
  private boolean insideLine;
  private boolean lineIsCanonical;

  private PemReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Reads a text; whatever the bytes are, it answers. */
  public static PemText read(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      Damage damage =
          new Damage(
              Kind.TOO_LARGE,
              1,
              "the file has " + bytes.length + " bytes; at most " + MAX_BYTES + " are read");
      return new PemText(List.of(), Optional.of(damage), false, false);
    }
    return new PemReader(bytes).read();
  }

  private PemText read() {
    List<PemBlock> blocks = new ArrayList<>();
    boolean extraText = false;
    boolean blank = true;
    try {
      while (position < bytes.length) {
        boolean lineStart = !insideLine;
        String line = nextLine();
        boolean canonical = lineIsCanonical && lineStart;
        blank &= line.isBlank();
        if (isBegin(line)) {
          refuseSpaceInLabel(line);
          if (blocks.size() == MAX_BLOCKS) {
            throw new Stop(
                new Damage(
                    Kind.TOO_LARGE,
                    lineNumber,
                    "a block too many; at most " + MAX_BLOCKS + " are read"));
          }
          blocks.add(block(line, blocks.size() + 1, canonical));
        } else {
          refuseNearMiss(line);
          extraText |= !line.isBlank();
        }
      }
      return new PemText(blocks, Optional.empty(), blank, extraText);
    } catch (Stop stop) {
      return new PemText(blocks, Optional.of(stop.damage), false, extraText);
    }
  }

  private static boolean isBegin(String line) {
    return line.startsWith(BEGIN)
        && line.length() >= BEGIN.length() + DASHES.length()
        && line.endsWith(DASHES)
        && line.indexOf('\0') < 0;
  }

  private void refuseSpaceInLabel(String line) throws Stop {
    if (line.startsWith(" ", BEGIN.length()) || line.endsWith(" " + DASHES)) {
      throw malformed("the label of this BEGIN line begins or ends with a space");
    }
  }

  private void refuseNearMiss(String line) throws Stop {
    int begin = line.indexOf("--BEGIN ");
    if (begin >= 0 && line.indexOf("--", begin + "--BEGIN ".length()) >= 0) {
      throw malformed(
          "this is not a BEGIN line: it must be -----BEGIN, a label and -----, with nothing before"
              + " or after");
    }
    if (line.contains("--END ")) {
      throw malformed("an END line that no BEGIN line goes with");
    }
  }

  private PemBlock block(String beginLine, int number, boolean canonicalBegin) throws Stop {
    int line = lineNumber;
    String label = beginLine.substring(BEGIN.length(), beginLine.length() - DASHES.length());
    Body body = body(label);
    byte[] der = decode(body.base64, label);
    boolean canonical =
        canonicalBegin && body.canonical && body.base64.equals(PemWriter.base64(der));
    return new PemBlock(label, body.header, der, number, line, canonical);
  }

  private record Body(String header, String base64, boolean canonical) {}

  /** Follows {@code PEM_read_bio}: a blank line ends the header; after it only full lines count. */
  private Body body(String label) throws Stop {
    int begin = lineNumber;
    StringBuilder first = new StringBuilder();
    boolean canonical = true;
    while (true) {
      String line = lineOfBlock(label, begin);
      canonical &= lineIsCanonical;
      if (line.isEmpty()) {
        break;
      }
      if (line.startsWith(END)) {
        checkEnd(line, label);
        return new Body("", first.toString(), canonical);
      }
      first.append(line).append('\n');
    }
    StringBuilder second = new StringBuilder();
    String line = lineOfBlock(label, begin);
    while (!line.startsWith(END)) {
      if (line.length() > COLUMNS) {
        throw malformed("a line of more than 64 columns after a blank line");
      }
      second.append(line).append('\n');
      boolean last = line.length() != COLUMNS;
      line = lineOfBlock(label, begin);
      if (last && !line.startsWith(END)) {
        throw malformed("a blank or short line inside the block " + quote(label));
      }
    }
    checkEnd(line, label);
    return new Body(first.toString(), second.toString(), false);
  }

  private String lineOfBlock(String label, int begin) throws Stop {
    if (position == bytes.length) {
      throw new Stop(
          new Damage(
              Kind.MALFORMED,
              begin,
              "the block " + quote(label) + " has no END line: the file is cut off"));
    }
    return nextLine();
  }

  private void checkEnd(String line, String label) throws Stop {
    if (!line.equals(END + label + DASHES)) {
      throw malformed("the END line does not go with BEGIN " + quote(label));
    }
  }

  /** The next line, or piece of it, without what BoringSSL strips from its end. */
  private String nextLine() {
    if (!insideLine) {
      lineNumber++;
    }
    int start = position;
    int limit = Math.min(bytes.length, start + BUFFER);
    while (position < limit && bytes[position] != '\n') {
      position++;
    }
    int end = position;
    boolean terminated = position < limit;
    if (terminated) {
      position++;
    }
    boolean wasInside = insideLine;
    insideLine = !terminated;
    // A signed comparison, as there: bytes from 0x80 up are stripped too.
    int stripped = end;
    while (stripped > start && bytes[stripped - 1] <= ' ') {
      stripped--;
    }
    lineIsCanonical = stripped == end && !wasInside && (terminated || position == bytes.length);
    return new String(bytes, start, stripped - start, StandardCharsets.ISO_8859_1);
  }

  private byte[] decode(String base64, String label) throws Stop {
    StringBuilder digits = new StringBuilder(base64.length());
    base64
        .chars()
        .filter(c -> c != '\n' && c != '\r' && c != ' ' && c != '\t')
        .forEach(c -> digits.append((char) c));
    byte[] der;
    try {
      if (digits.length() % 4 != 0) {
        throw malformed("the base64 of the block " + quote(label) + " lacks characters at its end");
      }
      der = Base64.getDecoder().decode(digits.toString());
    } catch (IllegalArgumentException e) {
      throw malformed("the content of the block " + quote(label) + " is not base64");
    }
    if (der.length == 0) {
      throw malformed("the block " + quote(label) + " is empty");
    }
    return der;
  }

  private Stop malformed(String message) {
    return new Stop(new Damage(Kind.MALFORMED, lineNumber, message));
  }

  /** Labels come from outside: no control characters in messages, and no novels. */
  private static String quote(String label) {
    StringBuilder quoted = new StringBuilder("\"");
    label.chars().limit(40).forEach(c -> quoted.append(c >= ' ' && c <= '~' ? (char) c : '?'));
    return quoted.append('"').toString();
  }

  private static final class Stop extends Exception {
    private final transient Damage damage;

    Stop(Damage damage) {
      super(damage.message(), null, false, false);
      this.damage = damage;
    }
  }
}
