package net.lecentre.certmerge.core.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;

/** Reads DER (X.690 10) with Bouncy Castle, and takes nothing that is only BER. */
final class Der {
  private final Code code;

  /** Reports with {@code code}. */
  Der(Code code) {
    this.code = code;
  }

  /** The element that the bytes are. */
  ASN1Primitive exactly(byte[] bytes) throws Flaw {
    return whole(bytes, prefix(bytes));
  }

  /** The element that the bytes begin with, when they are nothing else. */
  ASN1Primitive whole(byte[] bytes, Prefix prefix) throws Flaw {
    if (prefix.length() != bytes.length) {
      throw flaw(bytes.length - prefix.length() + " bytes follow the ASN.1 structure");
    }
    return prefix.element();
  }

  /** An element and how many bytes of the input it took. */
  record Prefix(ASN1Primitive element, int length) {}

  /** The element that the bytes begin with. */
  Prefix prefix(byte[] bytes) throws Flaw {
    try (ASN1InputStream in = new ASN1InputStream(new Source(bytes), bytes.length, false)) {
      ASN1Primitive element = in.readObject();
      if (element == null) {
        throw flaw("there is no ASN.1 structure");
      }
      Comparison comparison = new Comparison(bytes);
      element.encodeTo(comparison, ASN1Encoding.DL);
      if (!comparison.equal) {
        throw flaw("the ASN.1 structure is not DER");
      }
      return new Prefix(element, comparison.length);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // Bouncy Castle's message may quote bytes, and says little to people.
      throw flaw("the ASN.1 structure is damaged");
    }
  }

  /** Bouncy Castle reads byte by byte, and a ByteArrayInputStream takes a lock each time. */
  private static final class Source extends InputStream {
    private final byte[] bytes;
    private int position;

    Source(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return position < bytes.length ? bytes[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      int count = Math.min(length, bytes.length - position);
      if (count <= 0) {
        return length == 0 ? 0 : -1;
      }
      System.arraycopy(bytes, position, to, offset, count);
      position += count;
      return count;
    }

    @Override
    public int available() {
      return bytes.length - position;
    }
  }

  /** Holds what is written against the bytes that were read, instead of keeping a copy. */
  private static final class Comparison extends OutputStream {
    private final byte[] bytes;
    private int length;
    private boolean equal = true;

    Comparison(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void write(int b) {
      equal = equal && length < bytes.length && bytes[length] == (byte) b;
      length++;
    }

    @Override
    public void write(byte[] from, int offset, int count) {
      equal =
          equal
              && count <= bytes.length - length
              && Arrays.equals(bytes, length, length + count, from, offset, offset + count);
      length += count;
    }
  }

  /** Whether an element has more bytes than a limit; does not look any further. */
  static boolean isLonger(ASN1Encodable element, int limit) {
    try {
      element.toASN1Primitive().encodeTo(new Limit(limit), ASN1Encoding.DL);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Takes so many bytes, and no more. */
  private static final class Limit extends OutputStream {
    private int left;

    Limit(int bytes) {
      left = bytes;
    }

    @Override
    public void write(int b) throws IOException {
      take(1);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
      take(count);
    }

    private void take(int count) throws IOException {
      left -= count;
      if (left < 0) {
        throw new IOException("too long");
      }
    }
  }

  /** A ByteArrayOutputStream takes a lock each time. */
  private static final class Buffer extends OutputStream {
    private byte[] bytes = new byte[128];
    private int length;

    @Override
    public void write(int b) {
      reserve(1);
      bytes[length++] = (byte) b;
    }

    @Override
    public void write(byte[] from, int offset, int count) {
      reserve(count);
      System.arraycopy(from, offset, bytes, length, count);
      length += count;
    }

    private void reserve(int count) {
      if (count > bytes.length - length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
      }
    }
  }

  /** The bytes of an element that was read. */
  static byte[] encoded(ASN1Encodable element) {
    Buffer buffer = new Buffer();
    try {
      element.toASN1Primitive().encodeTo(buffer, ASN1Encoding.DL);
      return Arrays.copyOf(buffer.bytes, buffer.length);
    } catch (IOException e) {
      throw new IllegalStateException("ASN.1 that was read can be written", e);
    }
  }

  ASN1Sequence sequence(ASN1Encodable element, String what) throws Flaw {
    return as(ASN1Sequence.class, element, what);
  }

  BigInteger integer(ASN1Encodable element, String what) throws Flaw {
    return as(ASN1Integer.class, element, what).getValue();
  }

  /** The number, which must be 0 or more. */
  BigInteger natural(ASN1Encodable element, String what) throws Flaw {
    BigInteger value = integer(element, what);
    if (value.signum() < 0) {
      throw flaw(what + " is negative");
    }
    return value;
  }

  <T> T as(Class<T> type, ASN1Encodable element, String what) throws Flaw {
    ASN1Primitive primitive = element.toASN1Primitive();
    if (!type.isInstance(primitive)) {
      throw flaw(what + " is not what it should be");
    }
    return type.cast(primitive);
  }

  Flaw flaw(String message) {
    return new Flaw(code, message);
  }
}
