package net.lecentre.certmerge.core.pem;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Writes canonical PEM: one block after another, LF, 64 columns, nothing else (RFC 7468 2). */
public final class PemWriter {
  private static final Base64.Encoder ENCODER =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Adds a block. */
  public PemWriter block(String label, byte[] der) {
    out.writeBytes(ascii("-----BEGIN " + label + "-----\n"));
    out.writeBytes(ENCODER.encode(der));
    out.writeBytes(ascii("\n-----END " + label + "-----\n"));
    return this;
  }

  /** How many lines a block of so many bytes takes. */
  public static int lines(int derLength) {
    int columns = (derLength + 2) / 3 * 4;
    return 2 + (columns + 63) / 64;
  }

  /** What was written so far. */
  public byte[] toByteArray() {
    return out.toByteArray();
  }

  /** The lines between {@code BEGIN} and {@code END}, each with its newline. */
  static String base64(byte[] der) {
    return ENCODER.encodeToString(der) + "\n";
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
