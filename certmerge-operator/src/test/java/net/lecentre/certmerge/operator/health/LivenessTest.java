package net.lecentre.certmerge.operator.health;

import static net.lecentre.certmerge.operator.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import net.lecentre.certmerge.operator.TestClock;
import org.junit.jupiter.api.Test;

class LivenessTest {
  private final TestClock clock = new TestClock(NOW);
  private final AtomicBoolean watching = new AtomicBoolean(true);
  private final AtomicReference<Optional<String>> stuck = new AtomicReference<>(Optional.empty());
  private final AtomicBoolean apiAnswers = new AtomicBoolean(true);
  private final Liveness liveness =
      new Liveness(
          List.of(new Watched("sources", watching::get)), stuck::get, apiAnswers::get, clock);

  @Test
  void a_process_that_works_is_live() {
    assertThat(liveness.getAsBoolean()).isTrue();
  }

  @Test
  void a_watch_that_breaks_has_time_to_come_back() {
    watching.set(false);

    assertThat(liveAfter(Liveness.TOLERANCE.minusSeconds(10))).isTrue();
  }

  @Test
  void a_watch_that_stays_broken_while_the_api_server_answers_is_not_live() {
    watching.set(false);

    assertThat(liveAfter(Liveness.TOLERANCE)).isFalse();
  }

  @Test
  void a_queue_that_stays_stuck_while_the_api_server_answers_is_not_live() {
    stuck.set(Optional.of("a reconciliation has been running for more than 5 minutes"));

    assertThat(liveAfter(Liveness.TOLERANCE)).isFalse();
  }

  @Test
  void an_api_server_that_does_not_answer_restarts_nobody() {
    watching.set(false);
    stuck.set(Optional.of("nothing moves"));
    apiAnswers.set(false);

    assertThat(liveAfter(Duration.ofDays(1))).isTrue();
  }

  @Test
  void an_api_server_that_is_back_leaves_time_to_recover() {
    watching.set(false);
    apiAnswers.set(false);
    assertThat(liveAfter(Duration.ofHours(1))).isTrue();

    apiAnswers.set(true);

    assertThat(liveAfter(Liveness.TOLERANCE.minusSeconds(10))).isTrue();
    assertThat(liveAfter(Duration.ofSeconds(20))).isFalse();
  }

  @Test
  void an_api_server_that_comes_and_goes_restarts_nobody() {
    watching.set(false);
    for (int outage = 0; outage < 10; outage++) {
      apiAnswers.set(true);
      assertThat(liveAfter(Duration.ofMinutes(4))).isTrue();
      apiAnswers.set(false);
      assertThat(liveAfter(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void a_watch_that_breaks_again_has_its_time_anew() {
    for (int failure = 0; failure < 10; failure++) {
      watching.set(false);
      assertThat(liveAfter(Duration.ofMinutes(4))).isTrue();
      watching.set(true);
      assertThat(liveness.getAsBoolean()).isTrue();
    }
  }

  @Test
  void a_process_that_recovers_in_the_end_is_live() {
    watching.set(false);
    assertThat(liveAfter(Liveness.TOLERANCE)).isFalse();

    watching.set(true);

    assertThat(liveness.getAsBoolean()).isTrue();
  }

  /** As a kubelet asks: every ten seconds. */
  private boolean liveAfter(Duration time) {
    boolean live = liveness.getAsBoolean();
    for (long passed = 0; passed < time.toSeconds(); passed += 10) {
      clock.pass(Duration.ofSeconds(10));
      live = liveness.getAsBoolean();
    }
    return live;
  }
}
