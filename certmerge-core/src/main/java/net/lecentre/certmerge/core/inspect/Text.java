package net.lecentre.certmerge.core.inspect;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.ASN1UniversalString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** Makes what certificates say fit for logs and messages. */
final class Text {
  private static final int MAX = 128;

  private Text() {}

  /** Without control or invisible characters, and cut. */
  static String shown(String text) {
    if (text.length() <= MAX && isPrintableAscii(text)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    int[] codePoints = text.codePoints().limit(MAX + 1).toArray();
    for (int i = 0; i < Math.min(codePoints.length, MAX); i++) {
      int c = codePoints[i];
      if (isPlain(c)) {
        shown.appendCodePoint(c);
      } else {
        shown.append(String.format("\\u%04x", c));
      }
    }
    return codePoints.length > MAX ? shown.append('…').toString() : shown.toString();
  }

  private static boolean isPrintableAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** Its numbers, unless there are so many that writing them out would take long. */
  static String shown(ASN1ObjectIdentifier oid) {
    return Der.isLonger(oid, MAX) ? "(a long identifier)" : shown(oid.getId());
  }

  /** Attribute by attribute, and no further than is shown: what else there is may be dear. */
  static String shown(X500Name name) {
    StringBuilder text = new StringBuilder();
    for (RDN rdn : name.getRDNs()) {
      String separator = text.isEmpty() ? "" : ",";
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        text.append(separator).append(written(attribute));
        separator = "+";
        if (text.length() > 2 * MAX) {
          return shown(text.toString());
        }
      }
    }
    return shown(text.toString());
  }

  private static String written(AttributeTypeAndValue attribute) {
    if (Der.isLonger(attribute.getType(), MAX)) {
      return "(a long identifier)";
    }
    String type = BCStyle.INSTANCE.oidToDisplayName(attribute.getType());
    if (type != null
        && attribute.getValue() instanceof ASN1UTF8String value
        && needsNoEscape(value.getString())) {
      return type + "=" + value.getString();
    }
    try {
      RDN rdn = new RDN(attribute.getType(), cut(attribute.getValue()));
      return BCStyle.INSTANCE.toString(new X500Name(new RDN[] {rdn}));
    } catch (RuntimeException | StackOverflowError e) {
      // A name may hold any ASN.1 at all.
      return "(a name that cannot be shown)";
    }
  }

  /** Most names are words, and what Bouncy Castle does for all others takes long. */
  private static boolean needsNoEscape(String text) {
    if (text.isEmpty() || text.length() > MAX) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean inside = i > 0 && i < text.length() - 1;
      if (!isLetterOrDigit(c) && c != '.' && c != '-' && c != '*' && !(c == ' ' && inside)) {
        return false;
      }
    }
    return true;
  }

  /** In ASCII. */
  static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** Digits alone. */
  static boolean isNumber(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** Bouncy Castle escapes a text in a time that grows with its square. */
  private static ASN1Encodable cut(ASN1Encodable value) {
    if (value.toASN1Primitive() instanceof ASN1String string
        && !(value instanceof ASN1UniversalString)) {
      String text = string.getString();
      return text.length() <= 2 * MAX
          ? value
          : new DERUTF8String(text.substring(0, text.offsetByCodePoints(0, MAX)) + "…");
    }
    return Der.isLonger(value, MAX) ? new DERUTF8String("(no text)") : value;
  }
}
