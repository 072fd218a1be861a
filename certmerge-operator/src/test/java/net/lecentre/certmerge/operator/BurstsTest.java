package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BurstsTest {
  private static final Duration A_MILLISECOND = Duration.ofMillis(1);

  private Instant now = Instant.parse("2026-11-24T12:00:00Z");
  private final Bursts bursts = new Bursts(() -> now);
  private final Bursts.Turn turn = bursts.initState();

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private void othersHaveTurns(int count, Duration apart) {
    for (int i = 0; i < count; i++) {
      assertThat(bursts.isLimited(bursts.initState())).isEmpty();
      pass(apart);
    }
  }

  @Test
  void while_little_happens_each_change_has_its_turn_at_once() {
    for (int i = 0; i < 3 * Bursts.MANY; i++) {
      assertThat(bursts.isLimited(turn)).isEmpty();
      pass(Bursts.WITHIN.dividedBy(Bursts.MANY));
    }
  }

  @Test
  void in_a_burst_whoever_had_no_turn_lately_has_it_at_once() {
    othersHaveTurns(10 * Bursts.MANY, A_MILLISECOND);

    assertThat(bursts.isLimited(turn)).isEmpty();
  }

  @Test
  void in_a_burst_whoever_just_had_a_turn_waits() {
    assertThat(bursts.isLimited(turn)).isEmpty();
    othersHaveTurns(Bursts.MANY, A_MILLISECOND);

    assertThat(bursts.isLimited(turn))
        .contains(Bursts.APART.minus(A_MILLISECOND.multipliedBy(Bursts.MANY)));
  }

  @Test
  void whoever_has_waited_has_a_turn_although_the_burst_goes_on() {
    assertThat(bursts.isLimited(turn)).isEmpty();
    othersHaveTurns(2 * Bursts.MANY, A_MILLISECOND);

    pass(bursts.isLimited(turn).orElseThrow());
    othersHaveTurns(Bursts.MANY, Duration.ZERO);

    assertThat(bursts.isLimited(turn)).isEmpty();
  }

  @Test
  void when_a_burst_is_over_each_change_has_its_turn_at_once_again() {
    assertThat(bursts.isLimited(turn)).isEmpty();
    othersHaveTurns(2 * Bursts.MANY, A_MILLISECOND);
    pass(Bursts.WITHIN);

    assertThat(bursts.isLimited(turn)).isEmpty();
    assertThat(bursts.isLimited(turn)).isEmpty();
  }

  @Test
  void a_clock_that_is_set_back_keeps_nobody_waiting() {
    assertThat(bursts.isLimited(turn)).isEmpty();
    pass(Duration.ofHours(-1));
    othersHaveTurns(2 * Bursts.MANY, A_MILLISECOND);

    assertThat(bursts.isLimited(turn)).isEmpty();
  }
}
