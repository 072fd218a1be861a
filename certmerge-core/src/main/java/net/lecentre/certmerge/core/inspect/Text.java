package net.lecentre.certmerge.core.inspect;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** Makes what certificates say fit for logs and messages. */
final class Text {
  private static final int MAX = 128;

  private Text() {}

  /** Without control or invisible characters, and cut. */
  static String shown(String text) {
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

  static String shown(X500Name name) {
    try {
      return shown(BCStyle.INSTANCE.toString(name));
    } catch (RuntimeException | StackOverflowError e) {
      // A name may hold any ASN.1 at all.
      return "(a name that cannot be shown)";
    }
  }
}
