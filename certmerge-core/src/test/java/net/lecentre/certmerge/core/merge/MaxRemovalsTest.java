package net.lecentre.certmerge.core.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class MaxRemovalsTest {
  @Test
  void it_reads_as_people_write_it() {
    assertThat(MaxRemovals.of(3)).hasToString("3");
    assertThat(MaxRemovals.percent(10)).hasToString("10%");
  }

  @Test
  void what_is_no_number_of_entries_is_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> MaxRemovals.of(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> MaxRemovals.percent(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> MaxRemovals.percent(101));
    assertThat(MaxRemovals.of(101).allows(101, 5000)).isTrue();
  }
}
