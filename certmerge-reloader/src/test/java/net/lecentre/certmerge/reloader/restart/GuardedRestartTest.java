package net.lecentre.certmerge.reloader.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import net.lecentre.certmerge.reloader.decide.Action;
import net.lecentre.certmerge.reloader.decide.EnvoyState;
import net.lecentre.certmerge.reloader.decide.EnvoyState.Unreachable;
import net.lecentre.certmerge.reloader.decide.EnvoyState.Up;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.Observation;
import net.lecentre.certmerge.reloader.decide.Past;
import net.lecentre.certmerge.reloader.decide.State;
import net.lecentre.certmerge.reloader.envoy.EnvoyAdmin;
import net.lecentre.certmerge.reloader.restart.Outcome.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardedRestartTest {
  private static final String FAIL = "/healthcheck/fail";
  private static final String OK = "/healthcheck/ok";
  private static final String QUIT = "/quitquitquit";
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
  private static final Action.Restart RESTART =
      new Action.Restart(List.of("shop"), "It is outdated.");

  @TempDir private Path notes;

  private ScriptedEnvoy envoy;
  private EnvoyAdmin admin;
  private Memory memory;
  private final TestPace pace = new TestPace();

  /** Time that passes only when it is waited for. */
  private static final class TestPace implements Pace {
    private Instant now = START;
    private boolean interrupted;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
      if (interrupted) {
        throw new InterruptedException();
      }
      now = now.plus(duration);
    }
  }

  @BeforeEach
  void start() throws IOException {
    envoy = new ScriptedEnvoy();
    admin = EnvoyAdmin.at(envoy.uri(), Duration.ofSeconds(5));
    memory = new Memory(notes);
  }

  @AfterEach
  void stop() {
    admin.close();
    envoy.close();
  }

  private Observation see(State state, EnvoyState envoyState) {
    KeyStatus shop =
        new KeyStatus(
            "shop",
            state,
            List.of("shop.example.com"),
            null,
            null,
            START,
            "A reason.",
            "content",
            state != State.Invalid,
            true);
    return new Observation(pace.instant(), List.of(shop), List.of(), envoyState, Past.NOTHING);
  }

  private Duration uptime() {
    return Duration.ofHours(1).plus(Duration.between(START, pace.instant()));
  }

  /** The world until it is asked to quit. */
  private Observation before() {
    return see(State.Stale, new Up("DRAINING", uptime()));
  }

  private Outcome run(Supplier<Observation> look) throws InterruptedException {
    GuardedRestart restart =
        new GuardedRestart(
            admin,
            Set.of(8443),
            look,
            memory,
            new Patience(
                Duration.ofSeconds(45),
                Duration.ofSeconds(5),
                Duration.ofMinutes(3),
                Duration.ofSeconds(5)),
            pace);
    return restart.apply(RESTART, see(State.Stale, new Up("LIVE", Duration.ofHours(1))));
  }

  private boolean quit() {
    return envoy.posts().contains(QUIT);
  }

  @Test
  void envoy_is_drained_then_quits_and_readiness_comes_back_with_the_proof()
      throws InterruptedException {
    Outcome outcome =
        run(() -> quit() ? see(State.Served, new Up("LIVE", Duration.ZERO)) : before());

    assertThat(outcome.result()).isEqualTo(Result.done);
    assertThat(envoy.posts()).containsExactly(FAIL, QUIT);
    assertThat(memory.unready()).isEmpty();
    assertThat(memory.past()).isEqualTo(new Past(false, Set.of(), Set.of("content"), Instant.MIN));
  }

  @Test
  void the_pod_is_unready_until_the_proof() throws InterruptedException {
    run(
        () -> {
          assertThat(memory.unready()).contains("It is outdated.");
          return quit() ? see(State.Served, new Up("LIVE", Duration.ZERO)) : before();
        });

    assertThat(memory.unready()).isEmpty();
  }

  @Test
  void it_waits_until_nobody_is_connected_for_a_while() throws InterruptedException {
    Instant[] quitAt = new Instant[1];
    run(
        () -> {
          if (quit()) {
            return see(State.Served, new Up("LIVE", Duration.ZERO));
          }
          quitAt[0] = pace.instant();
          return before();
        });

    assertThat(quitAt[0]).isEqualTo(START.plusSeconds(5));
  }

  @Test
  void it_waits_for_open_connections_no_longer_than_the_drain_timeout()
      throws InterruptedException {
    envoy.hasConnections(7);
    Instant[] quitAt = new Instant[1];
    run(
        () -> {
          if (quit()) {
            return see(State.Served, new Up("LIVE", Duration.ZERO));
          }
          quitAt[0] = pace.instant();
          return before();
        });

    assertThat(quitAt[0]).isEqualTo(START.plusSeconds(45));
  }

  @Test
  void files_that_broke_meanwhile_call_it_off() throws InterruptedException {
    Outcome outcome = run(() -> see(State.Invalid, new Up("DRAINING", uptime())));

    assertCalledOff(outcome);
  }

  @Test
  void a_certificate_that_is_served_meanwhile_calls_it_off() throws InterruptedException {
    assertCalledOff(run(() -> see(State.Served, new Up("DRAINING", uptime()))));
  }

  @Test
  void an_envoy_that_somebody_else_put_back_calls_it_off() throws InterruptedException {
    assertCalledOff(run(() -> see(State.Stale, new Up("LIVE", uptime()))));
  }

  @Test
  void an_envoy_that_stops_answering_calls_it_off() throws InterruptedException {
    assertCalledOff(run(() -> see(State.Stale, new Unreachable("gone"))));
  }

  @Test
  void an_envoy_that_cannot_be_drained_is_put_back() throws InterruptedException {
    envoy.fails("/stats");

    assertCalledOff(run(this::before));
  }

  private void assertCalledOff(Outcome outcome) {
    assertThat(outcome.result()).isEqualTo(Result.called_off);
    assertThat(envoy.posts()).containsExactly(FAIL, OK);
    assertThat(memory.unready()).isEmpty();
    assertThat(memory.past())
        .isEqualTo(new Past(false, Set.of(), Set.of(), pace.instant().plusSeconds(60)));
  }

  @Test
  void a_reloader_that_is_to_end_puts_envoy_back_first() {
    pace.interrupted = true;

    assertThatThrownBy(() -> run(this::before)).isInstanceOf(InterruptedException.class);
    assertThat(envoy.posts()).containsExactly(FAIL, OK);
    assertThat(memory.unready()).isEmpty();
  }

  @Test
  void an_envoy_that_cannot_be_put_back_is_remembered_beyond_the_reloaders_life()
      throws InterruptedException {
    envoy.fails(OK);

    Outcome outcome = run(() -> see(State.Served, new Up("DRAINING", uptime())));

    assertThat(outcome.result()).isEqualTo(Result.failed);
    assertThat(memory.unready()).isNotEmpty();
    assertThat(new Memory(notes).past().drained()).isTrue();
  }

  @Test
  void without_a_proof_in_time_the_pod_stays_unready_and_the_content_counts_as_tried()
      throws InterruptedException {
    Outcome outcome =
        run(() -> quit() ? see(State.Stale, new Up("LIVE", Duration.ZERO)) : before());

    assertThat(outcome.result()).isEqualTo(Result.not_verified);
    assertThat(envoy.posts()).containsExactly(FAIL, QUIT);
    assertThat(memory.unready()).isNotEmpty();
    assertThat(memory.past())
        .isEqualTo(new Past(false, Set.of("shop"), Set.of("content"), Instant.MIN));
  }

  @Test
  void an_envoy_that_does_not_come_back_is_not_verified() throws InterruptedException {
    Outcome outcome = run(() -> quit() ? see(State.Unknown, new Unreachable("gone")) : before());

    assertThat(outcome.result()).isEqualTo(Result.not_verified);
    assertThat(outcome.reason()).contains("did not come back");
  }

  @Test
  void an_envoy_that_does_not_quit_is_put_back() throws InterruptedException {
    envoy.fails(QUIT);

    Outcome outcome = run(this::before);

    assertThat(outcome.result()).isEqualTo(Result.called_off);
    assertThat(envoy.posts()).containsExactly(FAIL, QUIT, OK);
    assertThat(memory.unready()).isEmpty();
  }
}
