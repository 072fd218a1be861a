package net.lecentre.certmerge.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.util.encoders.Hex;

/** Puts DER together byte by byte, since no library writes what is wrong. */
final class Tlv {
  static final byte[] NULL = {5, 0};
  static final byte[] TRUE = {1, 1, -1};

  private Tlv() {}

  static byte[] sequence(byte[]... contents) {
    return of(0x30, contents);
  }

  static byte[] set(byte[]... contents) {
    return of(0x31, contents);
  }

  static byte[] integer(long value) {
    return integer(BigInteger.valueOf(value));
  }

  static byte[] integer(BigInteger value) {
    return of(2, value.toByteArray());
  }

  static byte[] octets(byte[] value) {
    return of(4, value);
  }

  static byte[] bits(byte[] value) {
    return of(3, new byte[] {0}, value);
  }

  static byte[] text(int tag, String text) {
    return of(tag, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What Bouncy Castle makes of it, in DER. */
  static byte[] bytes(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded("DER");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] hex(String digits) {
    return Hex.decode(digits.replace(" ", ""));
  }

  /** Tag, length in its shortest form, contents. */
  static byte[] of(int tag, byte[]... contents) {
    byte[] content = join(contents);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      byte[] length = BigInteger.valueOf(content.length).toByteArray();
      int skip = length[0] == 0 ? 1 : 0;
      out.write(0x80 | (length.length - skip));
      out.write(length, skip, length.length - skip);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
