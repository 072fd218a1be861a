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
import net.lecentre.certmerge.core.inspect.Leaf;
import net.lecentre.certmerge.reloader.decide.Action;
import net.lecentre.certmerge.reloader.decide.EnvoyState;
import net.lecentre.certmerge.reloader.decide.EnvoyState.Unreachable;
import net.lecentre.certmerge.reloader.decide.EnvoyState.Up;
import net.lecentre.certmerge.reloader.decide.Evidence;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.Observation;
import net.lecentre.certmerge.reloader.decide.Owed;
import net.lecentre.certmerge.reloader.decide.Past;
import net.lecentre.certmerge.reloader.decide.State;
import net.lecentre.certmerge.reloader.decide.Supervisor;
import net.lecentre.certmerge.reloader.decide.Turn;
import net.lecentre.certmerge.reloader.envoy.EnvoyAdmin;
import net.lecentre.certmerge.reloader.restart.Outcome.Result;
import org.jspecify.annotations.Nullable;
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
  private Duration unreadyWait = Duration.ZERO;
  private Duration quiet = Duration.ofSeconds(5);
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

  private Turn turn = new Turn.Ours();

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
            Evidence.file);
    return new Observation(
        pace.instant(),
        List.of(shop),
        List.of(),
        List.of(),
        envoyState,
        List.of(),
        new Supervisor.Container(),
        Past.NOTHING,
        turn);
  }

  private Duration uptime() {
    return Duration.ofHours(1).plus(Duration.between(START, pace.instant()));
  }

  /** The world until it is asked to quit. */
  private Observation before() {
    return see(State.Stale, new Up("DRAINING", uptime()));
  }

  private GuardedRestart restart(Supplier<Observation> look) {
    return new GuardedRestart(
        admin,
        Set.of(8443),
        look,
        memory,
        new Patience(
            Duration.ofSeconds(45),
            unreadyWait,
            quiet,
            Duration.ofMinutes(3),
            Duration.ofSeconds(5)),
        pace);
  }

  private Outcome run(Supplier<Observation> look) throws InterruptedException {
    return restart(look).apply(RESTART, see(State.Stale, new Up("LIVE", Duration.ofHours(1))));
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
    assertThat(memory.past())
        .isEqualTo(new Past(false, Owed.NOTHING, Set.of("content"), Instant.MIN));
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
    assertThat(quitAt()).isEqualTo(START.plusSeconds(5));
  }

  private Instant quitAt() throws InterruptedException {
    Instant[] quitAt = new Instant[1];
    run(
        () -> {
          if (quit()) {
            return see(State.Served, new Up("LIVE", Duration.ZERO));
          }
          quitAt[0] = pace.instant();
          return before();
        });
    return quitAt[0];
  }

  @Test
  void a_quiet_envoy_is_not_asked_to_quit_before_everybody_knows_that_the_pod_is_unready()
      throws InterruptedException {
    unreadyWait = Duration.ofSeconds(35);

    assertThat(quitAt()).isEqualTo(START.plusSeconds(35));
  }

  @Test
  void without_another_replica_envoy_quits_as_soon_as_nobody_is_connected()
      throws InterruptedException {
    quiet = Duration.ZERO;

    assertThat(quitAt()).isEqualTo(START);
  }

  @Test
  void the_drain_timeout_ends_the_wait_for_unreadiness_as_well() throws InterruptedException {
    unreadyWait = Duration.ofHours(1);

    assertThat(quitAt()).isEqualTo(START.plusSeconds(45));
  }

  @Test
  void it_waits_for_open_connections_no_longer_than_the_drain_timeout()
      throws InterruptedException {
    envoy.hasConnections(7);
    assertThat(quitAt()).isEqualTo(START.plusSeconds(45));
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
  void another_replicas_turn_calls_it_off() throws InterruptedException {
    turn = new Turn.Others("the Lease is held by another");

    assertCalledOff(run(this::before));
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
        .isEqualTo(new Past(false, Owed.NOTHING, Set.of(), pace.instant().plusSeconds(60)));
  }

  @Test
  void a_reloader_that_is_to_end_puts_envoy_back_first() {
    pace.interrupted = true;

    assertThatThrownBy(() -> run(this::before)).isInstanceOf(InterruptedException.class);
    assertThat(envoy.posts()).containsExactly(FAIL, OK);
    assertThat(memory.unready()).isEmpty();
  }

  @Test
  void an_envoy_that_cannot_be_put_back_is_remembered_beyond_the_reloaders_life() throws Exception {
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
        .isEqualTo(
            new Past(false, new Owed(Set.of("shop"), Set.of()), Set.of("content"), Instant.MIN));
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

  /** Two keys, before and after the quit. */
  private Observation two(KeyStatus... keys) {
    return new Observation(
        pace.instant(),
        List.of(keys),
        List.of(),
        List.of(),
        quit() ? new Up("LIVE", Duration.ZERO) : new Up("DRAINING", uptime()),
        List.of(),
        new Supervisor.Container(),
        Past.NOTHING,
        turn);
  }

  private static KeyStatus key(String key, State state, @Nullable Leaf served) {
    return new KeyStatus(
        key, state, List.of(), null, served, START, "A reason.", "content", true, Evidence.file);
  }

  private static Leaf leaf() {
    return new Leaf("CN=a", "1", "digest", START, START.plusSeconds(1), List.of("a"));
  }

  @Test
  void another_keys_certificate_after_the_restart_is_reported_and_the_pod_is_ready_again()
      throws InterruptedException {
    Outcome outcome = run(() -> quit() ? two(key("shop", State.Unknown, leaf())) : before());

    assertThat(outcome.result()).isEqualTo(Result.not_verified);
    assertThat(outcome.reason()).contains("shop is Unknown");
    assertThat(memory.unready()).isEmpty();
    assertThat(memory.past().owed()).isEqualTo(Owed.NOTHING);
  }

  @Test
  void nobody_answering_after_the_restart_keeps_the_pod_unready() throws InterruptedException {
    Outcome outcome = run(() -> quit() ? two(key("shop", State.Unknown, null)) : before());

    assertThat(outcome.result()).isEqualTo(Result.not_verified);
    assertThat(memory.unready()).isNotEmpty();
  }

  @Test
  void a_key_that_was_served_before_the_restart_and_is_no_longer_keeps_the_pod_unready()
      throws InterruptedException {
    Outcome outcome =
        run(
            () ->
                quit()
                    ? two(key("shop", State.Served, leaf()), key("blog", State.Unknown, leaf()))
                    : two(key("shop", State.Stale, leaf()), key("blog", State.Served, leaf())));

    assertThat(outcome.result()).isEqualTo(Result.not_verified);
    assertThat(outcome.reason()).contains("blog is Unknown");
    assertThat(memory.unready()).isNotEmpty();
  }

  @Test
  void a_restart_for_sds_that_refused_something_meanwhile_is_called_off()
      throws InterruptedException {
    KeyStatus shop =
        new KeyStatus(
            "shop",
            State.Stale,
            List.of(),
            null,
            null,
            START,
            "A reason.",
            "content",
            true,
            Evidence.memory);

    assertCalledOff(
        run(
            () ->
                new Observation(
                    pace.instant(),
                    List.of(shop),
                    List.of(),
                    List.of(),
                    new Up("DRAINING", uptime()),
                    List.of("sds.shop.update_rejected"),
                    new Supervisor.Container(),
                    Past.NOTHING,
                    turn)));
  }

  @Test
  void what_could_not_be_verified_holds_beyond_the_reloaders_life() throws Exception {
    run(() -> quit() ? see(State.Stale, new Up("LIVE", Duration.ZERO)) : before());

    Memory successor = new Memory(notes);

    assertThat(successor.unready()).isEqualTo(memory.unready());
    assertThat(successor.past()).isEqualTo(memory.past());
  }

  @Test
  void a_reloader_that_ends_while_it_verifies_leaves_the_proof_to_its_successor() throws Exception {
    assertThatThrownBy(
            () ->
                run(
                    () -> {
                      pace.interrupted = quit();
                      return quit() ? see(State.Unknown, new Unreachable("gone")) : before();
                    }))
        .isInstanceOf(InterruptedException.class);

    Memory successor = new Memory(notes);

    assertThat(successor.unready()).isNotEmpty();
    assertThat(successor.past())
        .isEqualTo(
            new Past(true, new Owed(Set.of("shop"), Set.of()), Set.of("content"), Instant.MIN));
  }

  @Test
  void content_that_was_tried_stays_tried_beyond_the_reloaders_life() throws Exception {
    run(() -> quit() ? see(State.Served, new Up("LIVE", Duration.ZERO)) : before());

    assertThat(new Memory(notes).past().tried()).containsExactly("content");
  }

  @Test
  void a_restart_that_is_called_off_does_not_end_an_earlier_hold() throws InterruptedException {
    run(() -> quit() ? see(State.Stale, new Up("LIVE", Duration.ZERO)) : before());

    run(() -> see(State.Served, new Up("DRAINING", uptime())));

    assertThat(memory.unready()).isNotEmpty();
    assertThat(memory.past().owed()).isEqualTo(new Owed(Set.of("shop"), Set.of()));
  }

  @Test
  void an_envoy_that_is_found_draining_never_quit_so_its_content_may_be_tried() throws Exception {
    memory.takenOut("It is outdated.");
    memory.quitting(new Owed(Set.of("shop"), Set.of()), Set.of("content"));
    memory = new Memory(notes);

    Outcome outcome =
        restart(this::before)
            .apply(new Action.Undrain(), see(State.Stale, new Up("DRAINING", uptime())));

    assertThat(outcome.result()).isEqualTo(Result.done);
    assertThat(envoy.posts()).containsExactly(OK);
    assertThat(memory.unready()).isEmpty();
    assertThat(memory.past()).isEqualTo(Past.NOTHING);
  }
}
