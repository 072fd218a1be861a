package net.lecentre.certmerge.operator.health;

import static net.lecentre.certmerge.operator.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import net.lecentre.certmerge.operator.TestClock;
import org.junit.jupiter.api.Test;

class ApiPingTest {
  private final TestClock clock = new TestClock(NOW);
  private final Queue<Runnable> background = new ArrayDeque<>();
  private final AtomicBoolean up = new AtomicBoolean(true);
  private final ApiPing ping = new ApiPing(up::get, background::add, clock);

  @Test
  void nothing_is_known_before_the_first_answer() {
    assertThat(ping.getAsBoolean()).isFalse();
  }

  @Test
  void a_good_answer_is_known_afterwards() {
    ping.getAsBoolean();
    background.remove().run();

    assertThat(ping.getAsBoolean()).isTrue();
  }

  @Test
  void an_answer_grows_old() {
    ping.getAsBoolean();
    background.remove().run();
    clock.pass(ApiPing.FRESH);

    assertThat(ping.getAsBoolean()).isFalse();
  }

  @Test
  void a_server_that_is_gone_is_known_to_be() {
    ping.getAsBoolean();
    background.remove().run();
    up.set(false);
    ping.getAsBoolean();
    background.remove().run();

    assertThat(ping.getAsBoolean()).isFalse();
  }

  @Test
  void it_is_asked_once_at_a_time() {
    ping.getAsBoolean();
    ping.getAsBoolean();

    assertThat(background).hasSize(1);
  }
}
