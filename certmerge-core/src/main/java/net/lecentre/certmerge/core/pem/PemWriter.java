package net.lecentre.certmerge.core.pem;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Writes canonical PEM: one block after another, LF, 64 columns, nothing else (RFC 7468 2). */
public final class PemWriter {
  private static final Base64.Encoder ENCODER =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Adds a block. */
  public PemWriter block(String label, byte[] der) {
    out.writeBytes(write(label, der));
    return this;
  }

  /** How many lines a block of so many bytes takes. */
  public static int lines(int derLength) {
    int columns = (derLength + 2) / 3 * 4;
    return 2 + (columns + 63) / 64;
  }

  /** One block alone; leaves no other trace of it in memory, since it may be a key. */
  public static byte[] write(String label, byte[] der) {
    byte[] begin = ascii("-----BEGIN " + label + "-----\n");
    byte[] base64 = ENCODER.encode(der);
    byte[] end = ascii("\n-----END " + label + "-----\n");
    byte[] text = Arrays.copyOf(begin, begin.length + base64.length + end.length);
    System.arraycopy(base64, 0, text, begin.length, base64.length);
    System.arraycopy(end, 0, text, begin.length + base64.length, end.length);
    Arrays.fill(base64, (byte) 0);
    return text;
  }

  /** What was written so far. */
  public byte[] toByteArray() {
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
