package net.lecentre.certmerge.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FindingsWhenAskedTest {
  private static final Finding FINDING = new Finding(Code.CHAIN_SIGNATURE, "not signed");

  private final AtomicInteger searches = new AtomicInteger();
  private final List<Finding> findings =
      new FindingsWhenAsked(
          () -> {
            searches.incrementAndGet();
            return List.of(FINDING);
          });

  @Test
  void nothing_is_looked_for_before_somebody_reads_the_list() {
    assertThat(searches).hasValue(0);
    assertThat(findings).containsExactly(FINDING);
  }

  @Test
  void it_is_looked_for_once() {
    assertThat(findings).isEqualTo(List.of(FINDING)).hasSize(1);
    assertThat(searches).hasValue(1);
  }
}
