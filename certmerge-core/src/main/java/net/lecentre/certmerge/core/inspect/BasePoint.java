package net.lecentre.certmerge.core.inspect;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECLookupTable;
import org.bouncycastle.math.ec.ECPoint;

/**
 * Multiplies a curve's base point by private keys. Bouncy Castle's own way doubles a point as often
 * as it adds one; here every window of the scalar has a table of its own, and nothing is doubled.
 *
 * <p>The scalar is written with the digits ±1, ±3, ±5 …, so that tables hold positive odd multiples
 * alone and no digit is zero. As in Bouncy Castle a look-up reads its whole table, so that what it
 * reads tells nothing of the key.
 */
final class BasePoint {
  /** A wider window needs fewer additions, and longer look-ups. */
  static final int WIDTH = 6;

  private static final int HALF = 1 << (WIDTH - 1);

  private final BigInteger order;

  /** One bit for each bit of all windows. */
  private final BigInteger ones;

  /** For each window, from the lowest: 1, 3, 5 … times its weight. */
  private final List<ECLookupTable> windows;

  BasePoint(X9ECParameters curve) {
    order = curve.getN();
    List<ECLookupTable> tables = new ArrayList<>();
    ECPoint base = curve.getG();
    // One bit more than the order has: see multiply.
    for (int shift = 0; shift <= order.bitLength(); shift += WIDTH) {
      tables.add(table(curve.getCurve(), base));
      base = base.timesPow2(WIDTH).normalize();
    }
    ones = BigInteger.ONE.shiftLeft(tables.size() * WIDTH).subtract(BigInteger.ONE);
    windows = List.copyOf(tables);
  }

  private static ECLookupTable table(ECCurve curve, ECPoint base) {
    ECPoint[] multiples = new ECPoint[HALF];
    ECPoint twice = base.twice().normalize();
    multiples[0] = base;
    for (int i = 1; i < multiples.length; i++) {
      multiples[i] = multiples[i - 1].add(twice);
    }
    curve.normalizeAll(multiples);
    return curve.createCacheSafeLookupTable(multiples, 0, multiples.length);
  }

  /** The point times the scalar, which is between 1 and n − 1; not normalized. */
  ECPoint multiply(BigInteger scalar) {
    // Made odd by adding the order, which is, and which changes nothing. Then a bit of this number
    // says whether a power of two is to be added or subtracted.
    BigInteger odd = scalar.testBit(0) ? scalar : scalar.add(order);
    BigInteger signs = odd.add(ones).shiftRight(1);
    ECPoint sum = term(signs, 0);
    for (int i = 1; i < windows.size(); i++) {
      sum = sum.add(term(signs, i));
    }
    return sum;
  }

  private ECPoint term(BigInteger signs, int window) {
    int bits = 0;
    for (int bit = WIDTH - 1; bit >= 0; bit--) {
      bits = bits << 1 | (signs.testBit(window * WIDTH + bit) ? 1 : 0);
    }
    int positive = bits >> (WIDTH - 1);
    // The lower bits count up from the smallest multiple, or down from the largest.
    int multiple = (bits ^ (positive - 1)) & (HALF - 1);
    ECPoint point = windows.get(window).lookup(multiple);
    ECPoint[] both = {point.negate(), point};
    return both[positive];
  }
}
