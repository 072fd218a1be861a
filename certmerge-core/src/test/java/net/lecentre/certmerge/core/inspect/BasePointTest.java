package net.lecentre.certmerge.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import java.util.stream.Stream;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the multiplication by tables against Bouncy Castle's by doubling and adding. */
class BasePointTest {
  @ParameterizedTest
  @EnumSource
  void multiples_are_those_of_the_reference(Curve curve) {
    ECPoint base = curve.parameters().getG();
    assertThat(scalars(curve.parameters().getN()))
        .hasSizeGreaterThan(900)
        .allSatisfy(
            scalar -> {
              ECPoint multiple = ECAlgorithms.referenceMultiply(base, scalar).normalize();
              assertThat(curve.publicPoint(scalar)).isEqualTo(multiple);
              assertThat(curve.isPublicPoint(multiple, scalar)).isTrue();
            });
  }

  @ParameterizedTest
  @EnumSource
  void no_other_point_is_taken_for_the_public_one(Curve curve) {
    ECPoint base = curve.parameters().getG();
    BigInteger scalar = BigInteger.valueOf(20261124);
    ECPoint multiple = curve.publicPoint(scalar);
    assertThat(
            Stream.of(multiple.negate(), multiple.add(base), multiple.twice(), base)
                .map(ECPoint::normalize))
        .noneMatch(point -> curve.isPublicPoint(point, scalar));
  }

  private static Stream<BigInteger> scalars(BigInteger order) {
    Random random = new Random(20261123);
    Stream<BigInteger> powersAndNeighbours =
        Stream.iterate(0, i -> i < order.bitLength(), i -> i + 1)
            .flatMap(
                i ->
                    Stream.of(
                        BigInteger.ONE.shiftLeft(i).subtract(BigInteger.ONE),
                        BigInteger.ONE.shiftLeft(i),
                        BigInteger.ONE.shiftLeft(i).add(BigInteger.ONE)));
    // What every window adds besides its digit: there sums cancel out, or meet a table's entry.
    BigInteger excess =
        Stream.iterate(0, i -> i < order.bitLength(), i -> i + BasePoint.WIDTH)
            .map(BigInteger.ONE::shiftLeft)
            .reduce(BigInteger.ZERO, BigInteger::add)
            .mod(order);
    Stream<BigInteger> edges =
        Stream.iterate(-40, i -> i <= 40, i -> i + 1)
            .map(BigInteger::valueOf)
            .flatMap(i -> Stream.of(i, excess.add(i), excess.negate().add(i)));
    Stream<BigInteger> anywhere =
        Stream.generate(() -> new BigInteger(order.bitLength() + 64, random)).limit(200);
    return Stream.of(powersAndNeighbours, edges, anywhere)
        .flatMap(it -> it)
        .map(scalar -> scalar.mod(order))
        .filter(scalar -> scalar.signum() > 0)
        .distinct();
  }
}
