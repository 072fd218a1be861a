package net.lecentre.certmerge.core.inspect;

import java.io.ByteArrayInputStream;
import java.io.IOException;
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
    Prefix prefix = prefix(bytes);
    if (prefix.length() != bytes.length) {
      throw flaw(bytes.length - prefix.length() + " bytes follow the ASN.1 structure");
    }
    return prefix.element();
  }

  /** An element and how many bytes of the input it took. */
  record Prefix(ASN1Primitive element, int length) {}

  /** The element that the bytes begin with. */
  Prefix prefix(byte[] bytes) throws Flaw {
    try (ASN1InputStream in =
        new ASN1InputStream(new ByteArrayInputStream(bytes), bytes.length, false)) {
      ASN1Primitive element = in.readObject();
      if (element == null) {
        throw flaw("there is no ASN.1 structure");
      }
      byte[] encoded = element.getEncoded(ASN1Encoding.DL);
      if (encoded.length > bytes.length
          || !Arrays.equals(encoded, 0, encoded.length, bytes, 0, encoded.length)) {
        throw flaw("the ASN.1 structure is not DER");
      }
      return new Prefix(element, encoded.length);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // Bouncy Castle's message may quote bytes, and says little to people.
      throw flaw("the ASN.1 structure is damaged");
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
