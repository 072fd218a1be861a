package net.lecentre.certmerge.core.pem;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import net.lecentre.certmerge.core.pem.PemBlock.Header;
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
  public static final int MAX_BLOCKS = 128;

  private static final byte[] BEGIN = ascii("-----BEGIN ");
  private static final byte[] END = ascii("-----END ");
  private static final byte[] DASHES = ascii("-----");
  private static final byte[] NEAR_BEGIN = ascii("--BEGIN ");
  private static final byte[] NEAR_END = ascii("--END ");
  private static final byte[] NEAR_DASHES = ascii("--");
  private static final byte[] ENCRYPTED = ascii("Proc-Type: 4,ENCRYPTED");

  /** BoringSSL reads lines through a buffer of 254 bytes; a longer line counts as several. */
  private static final int BUFFER = 253;

  /** Canonical lines of base64 have 64 columns (RFC 7468 2). */
  private static final int COLUMNS = 64;

  private final byte[] bytes;
  private int position;
  private int lineNumber;
  private boolean insideLine;

  /** The line at hand, or piece of it, without what BoringSSL strips from its end. */
  private int start;

  private int end;
  private boolean lineIsCanonical;
  private boolean lineIsPlain;

  /** The base64 of the block at hand: never a String, since it may be a key. */
  private byte[] digits = {};

  private int digitCount;

  private PemReader(byte[] bytes) {
    this.bytes = bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads a text; whatever the bytes are, it answers. */
  public static PemText read(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      Damage damage =
          new Damage(
              Kind.TOO_LARGE,
              1,
              "the file has " + bytes.length + " bytes; at most " + MAX_BYTES + " are read");
      return new PemText(List.of(), Optional.of(damage), false, 0, false);
    }
    PemReader reader = new PemReader(bytes);
    PemText text = reader.read();
    Arrays.fill(reader.digits, (byte) 0);
    return text;
  }

  private PemText read() {
    List<PemBlock> blocks = new ArrayList<>();
    int extraLine = 0;
    boolean blank = true;
    boolean written = bytes.length > 0 && bytes[bytes.length - 1] == '\n';
    try {
      while (position < bytes.length) {
        boolean lineStart = !insideLine;
        nextLine();
        boolean canonical = lineIsCanonical && lineStart;
        blank &= lineIsEmpty();
        if (isBegin()) {
          refuseSpaceInLabel();
          if (blocks.size() == MAX_BLOCKS) {
            throw new Stop(
                new Damage(
                    Kind.TOO_LARGE,
                    lineNumber,
                    "a block too many; at most " + MAX_BLOCKS + " are read"));
          }
          PemBlock block = block(blocks.size() + 1, canonical);
          written &= block.canonical();
          blocks.add(block);
        } else {
          written = false;
          refuseNearMiss();
          if (extraLine == 0 && !lineIsEmpty()) {
            extraLine = lineNumber;
          }
        }
      }
      return new PemText(blocks, Optional.empty(), blank, extraLine, written);
    } catch (Stop stop) {
      return new PemText(blocks, Optional.of(stop.damage), false, extraLine, false);
    }
  }

  private boolean isBegin() {
    return lineStartsWith(BEGIN)
        && end - start >= BEGIN.length + DASHES.length
        && isAt(end - DASHES.length, DASHES)
        && !lineHasNul();
  }

  private boolean lineHasNul() {
    for (int i = start; i < end; i++) {
      if (bytes[i] == 0) {
        return true;
      }
    }
    return false;
  }

  private void refuseSpaceInLabel() throws Stop {
    if (bytes[start + BEGIN.length] == ' ' || bytes[end - DASHES.length - 1] == ' ') {
      throw malformed("the label of this BEGIN line begins or ends with a space");
    }
  }

  private void refuseNearMiss() throws Stop {
    int begin = indexInLine(NEAR_BEGIN, start);
    if (begin >= 0 && indexInLine(NEAR_DASHES, begin + NEAR_BEGIN.length) >= 0) {
      throw malformed(
          "this is not a BEGIN line: it must be -----BEGIN, a label and -----, with nothing before"
              + " or after");
    }
    if (indexInLine(NEAR_END, start) >= 0) {
      throw malformed("an END line that no BEGIN line goes with");
    }
  }

  private PemBlock block(int number, boolean canonicalBegin) throws Stop {
    int line = lineNumber;
    String label =
        new String(
            bytes,
            start + BEGIN.length,
            end - start - BEGIN.length - DASHES.length,
            StandardCharsets.ISO_8859_1);
    Body body = body(label);
    byte[] der = decode(label);
    boolean canonical = canonicalBegin && isAscii(label) && body.canonical && endsCanonically(der);
    return new PemBlock(label, body.header, der, number, line, canonical);
  }

  private static boolean isAscii(String label) {
    return label.chars().allMatch(c -> c < 0x80);
  }

  private record Body(Header header, boolean canonical) {}

  /** Follows {@code PEM_read_bio}: a blank line ends the header, even where there is none. */
  private Body body(String label) throws Stop {
    int begin = lineNumber;
    digitCount = 0;
    Header header = Header.NONE;
    boolean canonical = true;
    boolean last = false;
    while (true) {
      nextLineOfBlock(label, begin);
      if (lineIsEmpty()) {
        break;
      }
      canonical &= lineIsCanonical;
      if (lineStartsWith(END)) {
        checkEnd(label);
        return new Body(Header.NONE, canonical);
      }
      // Only the last line of base64 may be shorter.
      canonical &= lineIsPlain && !last && end - start <= COLUMNS;
      last = end - start != COLUMNS;
      if (header == Header.NONE) {
        header = lineStartsWith(ENCRYPTED) ? Header.ENCRYPTED : Header.OTHER;
      }
      append();
    }
    digitCount = 0;
    nextLineOfBlock(label, begin);
    while (!lineStartsWith(END)) {
      append();
      nextLineOfBlock(label, begin);
    }
    checkEnd(label);
    return new Body(header, false);
  }

  private void nextLineOfBlock(String label, int begin) throws Stop {
    if (position == bytes.length) {
      throw new Stop(
          new Damage(
              Kind.MALFORMED,
              begin,
              "the block " + PemBlock.quoted(label) + " has no END line: the file is cut off"));
    }
    nextLine();
  }

  private void checkEnd(String label) throws Stop {
    byte[] name = label.getBytes(StandardCharsets.ISO_8859_1);
    boolean fits =
        end - start == END.length + name.length + DASHES.length
            && isAt(start + END.length, name)
            && isAt(end - DASHES.length, DASHES);
    if (!fits) {
      throw malformed("the END line does not go with BEGIN " + PemBlock.quoted(label));
    }
  }

  private void nextLine() {
    if (!insideLine) {
      lineNumber++;
    }
    boolean wasInside = insideLine;
    start = position;
    int limit = Math.min(bytes.length, start + BUFFER);
    int at = start;
    while (at < limit && bytes[at] > ' ') {
      at++;
    }
    lineIsPlain = at == limit || bytes[at] == '\n';
    while (at < limit && bytes[at] != '\n') {
      at++;
    }
    position = at;
    end = at;
    boolean terminated = position < limit;
    if (terminated) {
      position++;
    }
    insideLine = !terminated;
    int unstripped = end;
    // A signed comparison, as there: bytes from 0x80 up are stripped too.
    while (end > start && bytes[end - 1] <= ' ') {
      end--;
    }
    lineIsCanonical = end == unstripped && !wasInside && (terminated || position == bytes.length);
  }

  private boolean lineIsEmpty() {
    return start == end;
  }

  private boolean lineStartsWith(byte[] text) {
    return isAt(start, text);
  }

  private boolean isAt(int index, byte[] text) {
    return index + text.length <= end
        && Arrays.equals(bytes, index, index + text.length, text, 0, text.length);
  }

  private int indexInLine(byte[] text, int from) {
    for (int i = from; i <= end - text.length; i++) {
      if (bytes[i] == text[0] && isAt(i, text)) {
        return i;
      }
    }
    return -1;
  }

  /** Adds the line at hand to the base64, without white space. */
  private void append() {
    if (digits.length == 0) {
      // What is left of the file is enough for this block and for all that follow.
      digits = new byte[bytes.length - start];
    }
    if (lineIsPlain) {
      System.arraycopy(bytes, start, digits, digitCount, end - start);
      digitCount += end - start;
      return;
    }
    for (int i = start; i < end; i++) {
      byte c = bytes[i];
      if (c != '\r' && c != ' ' && c != '\t') {
        digits[digitCount++] = c;
      }
    }
  }

  private byte[] decode(String label) throws Stop {
    if (digitCount == 0) {
      throw malformed("the block " + PemBlock.quoted(label) + " is empty");
    }
    if (digitCount % 4 != 0) {
      throw malformed(
          "the base64 of the block " + PemBlock.quoted(label) + " lacks characters at its end");
    }
    try {
      ByteBuffer der = Base64.getDecoder().decode(ByteBuffer.wrap(digits, 0, digitCount));
      return der.remaining() == der.array().length
          ? der.array()
          : Arrays.copyOf(der.array(), der.remaining());
    } catch (IllegalArgumentException e) {
      throw malformed("the content of the block " + PemBlock.quoted(label) + " is not base64");
    }
  }

  /** The last digits may hold bits that stand for nothing; written canonically they are zero. */
  private boolean endsCanonically(byte[] der) {
    byte[] tail = Arrays.copyOfRange(der, (der.length - 1) / 3 * 3, der.length);
    byte[] last = Base64.getEncoder().encode(tail);
    return Arrays.equals(digits, digitCount - last.length, digitCount, last, 0, last.length);
  }

  private Stop malformed(String message) {
    return new Stop(new Damage(Kind.MALFORMED, lineNumber, message));
  }

  private static final class Stop extends Exception {
    private final transient Damage damage;

    Stop(Damage damage) {
      super(damage.message(), null, false, false);
      this.damage = damage;
    }
  }
}
