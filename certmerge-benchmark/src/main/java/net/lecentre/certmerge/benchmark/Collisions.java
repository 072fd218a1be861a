package net.lecentre.certmerge.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/**
 * Finds object identifiers that share the hash code which Bouncy Castle gives them: it begins with
 * the length and then, from the last byte to the first, multiplies by 257 and adds the byte without
 * carry. Met in the middle: three bytes from the one end, four from the other.
 */
final class Collisions {
  private static final int FACTOR = 257;
  private static final int INVERSE = 0xff00ff01;
  private static final int LENGTH = 7;

  private Collisions() {}

  static List<ASN1ObjectIdentifier> identifiers(int count) {
    // The last three bytes, with the hash code after them in the upper half.
    long[] tails = new long[1 << 21];
    boolean[] known = new boolean[1 << 24];
    for (int tail = 0; tail < tails.length; tail++) {
      int hash = LENGTH + 1;
      for (int i = 0; i < 3; i++) {
        hash = hash * FACTOR ^ (tail >> (7 * i) & 0x7f);
      }
      tails[tail] = ((long) hash << 32) | tail;
      known[hash >>> 8] = true;
    }
    Arrays.sort(tails);
    List<ASN1ObjectIdentifier> found = new ArrayList<>();
    for (int head = 0; head < 1 << 28 && found.size() < count; head++) {
      int hash = 0;
      for (int i = 0; i < 4; i++) {
        hash = (hash ^ (head >> (7 * i) & 0x7f)) * INVERSE;
      }
      if (known[hash >>> 8]) {
        int at = Arrays.binarySearch(tails, (long) hash << 32);
        for (int i = at < 0 ? -at - 1 : at; i < tails.length && tails[i] >> 32 == hash; i++) {
          found.add(identifier(head, (int) tails[i]));
        }
      }
    }
    return found.subList(0, Math.min(count, found.size()));
  }

  private static ASN1ObjectIdentifier identifier(int head, int tail) {
    byte[] contents = new byte[LENGTH];
    for (int i = 0; i < 4; i++) {
      contents[i] = (byte) (head >> (7 * i) & 0x7f);
    }
    for (int i = 0; i < 3; i++) {
      contents[LENGTH - 1 - i] = (byte) (tail >> (7 * i) & 0x7f);
    }
    return ASN1ObjectIdentifier.fromContents(contents);
  }
}
