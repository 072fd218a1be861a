package net.lecentre.certmerge.core.pem;

import java.util.regex.Pattern;

/**
 * One block of a PEM text.
 *
 * @param label what stands between {@code BEGIN} and the dashes
 * @param header what stands before a blank line inside the block
 * @param der the decoded bytes; shared, not to be changed
 * @param number the block's place in the text, from 1
 * @param line the line of its {@code BEGIN}, from 1
 * @param canonical whether it is written as {@link PemWriter} would write it
 */
// The bytes are neither compared nor printed: a block may hold a key.
@SuppressWarnings("ArrayRecordComponent")
public record PemBlock(
    String label, Header header, byte[] der, int number, int line, boolean canonical) {
  /** What the lines before a blank line say (RFC 1421). */
  public enum Header {
    /** There are none. */
    NONE,
    /** That the content is encrypted. */
    ENCRYPTED,
    /** Anything else. */
    OTHER
  }

  /** Words of capitals and digits, as all labels are that anybody uses (RFC 7468 3). */
  private static final Pattern LABEL = Pattern.compile("[A-Z0-9]{1,11}( [A-Z0-9]{1,11}){0,4}");

  /**
   * A label as messages show it: in quotes, and only where it is one. When a file has lost its
   * newlines, its label holds the key.
   */
  public static String quoted(String label) {
    return LABEL.matcher(label).matches() ? '"' + label + '"' : "(unreadable label)";
  }

  /** Names the block; holds nothing of its content. */
  @Override
  public String toString() {
    return "block " + number + " (" + quoted(label) + ", line " + line + ")";
  }
}
