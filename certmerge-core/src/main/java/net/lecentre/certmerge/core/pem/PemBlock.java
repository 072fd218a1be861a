package net.lecentre.certmerge.core.pem;

/**
 * One block of a PEM text.
 *
 * @param label what stands between {@code BEGIN} and the dashes
 * @param header the lines before a blank line inside the block (RFC 1421), empty when there are
 *     none
 * @param der the decoded bytes; shared, not to be changed
 * @param number the block's place in the text, from 1
 * @param line the line of its {@code BEGIN}, from 1
 * @param canonical whether it is written as {@link PemWriter} would write it
 */
// The bytes are neither compared nor printed: a block may hold a key.
@SuppressWarnings("ArrayRecordComponent")
public record PemBlock(
    String label, String header, byte[] der, int number, int line, boolean canonical) {
  /** Names the block; holds nothing of its content. */
  @Override
  public String toString() {
    return "block " + number + " (" + label + ", line " + line + ")";
  }
}
