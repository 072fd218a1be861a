package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BurstsTest {
  private static final Duration A_MILLISECOND = Duration.ofMillis(1);

  private Instant now = Instant.parse("2026-11-24T12:00:00Z");
  private final Bursts bursts = new Bursts(() -> now);
  private final Bursts.Turn turn = bursts.initState();

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void while_few_sources_change_each_has_its_turn_at_once() {
    for (int i = 0; i < 3 * Bursts.MANY; i++) {
      bursts.changed();
      assertThat(bursts.isLimited(turn)).isEmpty();
      pass(Bursts.WITHIN.dividedBy(Bursts.MANY - 2));
    }
  }

  private void aBurst() {
    for (int i = 0; i < Bursts.MANY; i++) {
      bursts.changed();
    }
  }

  @Test
  void in_a_burst_a_change_waits_for_its_end() {
    aBurst();

    assertThat(bursts.isLimited(turn)).contains(Bursts.CALM);
  }

  @Test
  void when_it_is_calm_whoever_waits_has_a_turn() {
    aBurst();

    pass(bursts.isLimited(turn).orElseThrow());

    assertThat(bursts.isLimited(turn)).isEmpty();
  }

  @Test
  void when_those_that_waited_have_their_turns_the_burst_is_ending() {
    aBurst();
    pass(bursts.isLimited(turn).orElseThrow());
    boolean before = bursts.isEnding(now);
    bursts.isLimited(turn);

    assertThat(before).isFalse();
    assertThat(bursts.isEnding(now)).isTrue();
    pass(Bursts.SETTLING);
    assertThat(bursts.isEnding(now)).isFalse();
  }

  @Test
  void each_change_puts_the_end_of_a_burst_off() {
    aBurst();
    bursts.isLimited(turn);
    pass(Bursts.CALM.dividedBy(2));
    bursts.changed();
    pass(Bursts.CALM.dividedBy(2));

    assertThat(bursts.isLimited(turn)).contains(Bursts.CALM.dividedBy(2));
  }

  @Test
  void what_comes_back_of_our_own_writes_does_not() {
    aBurst();
    bursts.isLimited(turn);
    pass(Bursts.CALM.dividedBy(2));
    Stream.generate(bursts::initState).limit(4L * Bursts.MANY).forEach(bursts::isLimited);
    pass(Bursts.CALM.dividedBy(2));

    assertThat(bursts.isLimited(turn)).isEmpty();
  }

  @Test
  void whoever_has_waited_longest_has_a_turn_although_the_burst_goes_on() {
    aBurst();
    Instant since = now;

    while (bursts.isLimited(turn).isPresent()) {
      pass(A_MILLISECOND);
      bursts.changed();
    }

    assertThat(Duration.between(since, now)).isEqualTo(Bursts.LONGEST);
  }

  @Test
  void when_a_burst_is_over_each_change_has_its_turn_at_once_again() {
    aBurst();
    pass(Bursts.WITHIN);

    assertThat(bursts.isLimited(turn)).isEmpty();
    assertThat(bursts.isLimited(turn)).isEmpty();
  }

  @Test
  void a_clock_that_is_set_back_keeps_nobody_waiting() {
    aBurst();
    assertThat(bursts.isLimited(turn)).isPresent();
    pass(Duration.ofHours(-1));

    assertThat(bursts.isLimited(turn)).isEmpty();
  }
}
