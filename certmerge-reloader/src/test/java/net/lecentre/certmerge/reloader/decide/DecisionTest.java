package net.lecentre.certmerge.reloader.decide;

import static net.lecentre.certmerge.reloader.decide.Samples.GRACE;
import static net.lecentre.certmerge.reloader.decide.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import net.lecentre.certmerge.reloader.decide.EnvoyState.Unreachable;
import net.lecentre.certmerge.reloader.decide.EnvoyState.Up;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecisionTest {
  private static final Duration MIN_UPTIME = Duration.ofMinutes(10);
  private static final Instant MINUTES_AGO = NOW.minus(Duration.ofMinutes(5));
  private static final EnvoyState LIVE = new Up("LIVE", Duration.ofHours(1));
  private static final EnvoyState DRAINING = new Up("DRAINING", Duration.ofHours(1));

  private static final KeyStatus SERVED =
      Samples.key("blog", State.Served, MINUTES_AGO, Evidence.none);
  private static final KeyStatus STALE =
      Samples.key("shop", State.Stale, MINUTES_AGO, Evidence.file);
  private static final KeyStatus STALE_FROM_SDS =
      Samples.key("shop", State.Stale, MINUTES_AGO, Evidence.memory);
  private static final KeyStatus BROKEN =
      Samples.key("old", State.Invalid, MINUTES_AGO, Evidence.none);
  private static final KeyStatus UNKNOWN =
      Samples.key("odd", State.Unknown, MINUTES_AGO, Evidence.none);

  private static Owed owed(String key) {
    return new Owed(Set.of(key), Set.of());
  }

  private static Policy policy(Strategy strategy) {
    return new Policy(strategy, GRACE, MIN_UPTIME, false);
  }

  private static Action decide(Strategy strategy, EnvoyState envoy, Past past, KeyStatus... keys) {
    return Decision.decide(Samples.seen(List.of(keys), List.of(), envoy, past), policy(strategy));
  }

  private static Action decide(Strategy strategy, KeyStatus... keys) {
    return decide(strategy, LIVE, Past.NOTHING, keys);
  }

  @ParameterizedTest
  @EnumSource
  void nothing_is_done_while_everything_is_served(Strategy strategy) {
    assertThat(decide(strategy, SERVED)).isEqualTo(new Action.None());
  }

  @ParameterizedTest
  @EnumSource
  void within_the_grace_it_waits_for_its_end(Strategy strategy) {
    Instant appeared = NOW.minusSeconds(3);
    KeyStatus pending = Samples.key("shop", State.Pending, appeared, Evidence.file);

    assertThat(decide(strategy, SERVED, pending))
        .isInstanceOfSatisfying(
            Action.Wait.class, wait -> assertThat(wait.until()).isEqualTo(appeared.plus(GRACE)));
  }

  @ParameterizedTest
  @EnumSource(names = {"auto", "restart"})
  void an_outdated_certificate_read_from_a_configured_file_restarts_envoy(Strategy strategy) {
    assertThat(decide(strategy, SERVED, STALE))
        .isInstanceOfSatisfying(
            Action.Restart.class, restart -> assertThat(restart.keys()).containsExactly("shop"));
  }

  @Test
  void verify_never_acts() {
    assertThat(decide(Strategy.verify, STALE)).isInstanceOf(Action.Report.class);
  }

  @Test
  void auto_leaves_an_envoy_alone_that_is_told_by_sds() {
    assertThat(decide(Strategy.auto, STALE_FROM_SDS))
        .isInstanceOfSatisfying(
            Action.Report.class,
            report -> assertThat(report.reason()).contains("--strategy=restart"));
  }

  @Test
  void restart_acts_on_sds_that_missed_a_rotation() {
    assertThat(decide(Strategy.restart, STALE_FROM_SDS)).isInstanceOf(Action.Restart.class);
  }

  @Test
  void sds_that_refused_something_may_hold_a_better_certificate_and_is_left_alone() {
    Observation seen =
        new Observation(
            NOW,
            List.of(STALE_FROM_SDS),
            List.of(),
            List.of(),
            LIVE,
            List.of("sds.shop.key_rotation_failed"),
            new Supervisor.Container(),
            Past.NOTHING,
            new Turn.Ours());

    assertThat(Decision.decide(seen, policy(Strategy.restart)))
        .isInstanceOfSatisfying(
            Action.Report.class,
            report -> assertThat(report.reason()).contains("sds.shop.key_rotation_failed"));
  }

  @ParameterizedTest
  @EnumSource(names = {"auto", "restart"})
  void an_older_certificate_that_is_not_proved_to_be_the_keys_own_is_only_reported(
      Strategy strategy) {
    KeyStatus older = Samples.key("shop", State.Stale, MINUTES_AGO, Evidence.none);

    assertThat(decide(strategy, SERVED, older)).isInstanceOf(Action.Report.class);
  }

  @ParameterizedTest
  @EnumSource
  void broken_files_are_never_acted_on(Strategy strategy) {
    assertThat(decide(strategy, SERVED, BROKEN))
        .isInstanceOfSatisfying(
            Action.Report.class, report -> assertThat(report.reason()).contains("old is Invalid"));
  }

  @ParameterizedTest
  @EnumSource(names = {"auto", "restart"})
  void broken_files_of_one_key_keep_envoy_from_being_restarted_for_another(Strategy strategy) {
    assertThat(decide(strategy, STALE, BROKEN))
        .isInstanceOfSatisfying(
            Action.Report.class,
            report -> assertThat(report.reason()).contains("broken files of old"));
  }

  @Test
  void an_expired_file_that_envoy_loads_does_not_keep_it_from_being_restarted() {
    KeyStatus expired =
        new KeyStatus(
            "old",
            State.Invalid,
            List.of(),
            Samples.leaf("3", 200, "old.example.com"),
            null,
            MINUTES_AGO,
            "EXPIRED",
            "content-of-old",
            true,
            Evidence.none);

    assertThat(decide(Strategy.restart, STALE, expired)).isInstanceOf(Action.Restart.class);
  }

  @ParameterizedTest
  @EnumSource
  void no_proof_is_reported_and_never_acted_on(Strategy strategy) {
    assertThat(decide(strategy, SERVED, UNKNOWN)).isInstanceOf(Action.Report.class);
  }

  @ParameterizedTest
  @EnumSource
  void an_admin_interface_that_is_down_is_never_acted_on(Strategy strategy) {
    assertThat(decide(strategy, new Unreachable("connection refused"), Past.NOTHING, STALE))
        .isInstanceOf(Action.Report.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"auto", "restart"})
  void an_unreadable_directory_keeps_envoy_from_being_restarted(Strategy strategy) {
    Observation seen =
        Samples.seen(List.of(STALE), List.of("/b cannot be read."), LIVE, Past.NOTHING);

    assertThat(Decision.decide(seen, policy(strategy))).isInstanceOf(Action.Report.class);
  }

  @Test
  void an_envoy_that_started_a_while_ago_is_left_alone_until_its_minimal_uptime() {
    KeyStatus fresh = Samples.key("shop", State.Stale, NOW.minusSeconds(30), Evidence.file);
    Up young = new Up("LIVE", Duration.ofMinutes(2));

    assertThat(decide(Strategy.restart, young, Past.NOTHING, fresh))
        .isInstanceOfSatisfying(
            Action.Wait.class,
            wait -> assertThat(wait.until()).isEqualTo(NOW.plus(Duration.ofMinutes(8))));
  }

  @Test
  void content_that_was_tried_is_not_tried_again() {
    Past past = new Past(false, owed("shop"), Set.of(STALE.content()), Instant.MIN);

    assertThat(decide(Strategy.restart, LIVE, past, STALE)).isInstanceOf(Action.Report.class);
  }

  @Test
  void content_that_is_newer_than_the_tried_one_is_tried() {
    Past past = new Past(false, owed("shop"), Set.of("content-of-before"), Instant.MIN);

    assertThat(decide(Strategy.restart, LIVE, past, STALE)).isInstanceOf(Action.Restart.class);
  }

  @Test
  void an_envoy_that_started_after_the_files_appeared_has_read_them_and_is_left_alone() {
    KeyStatus longThere =
        Samples.key("shop", State.Stale, NOW.minus(Duration.ofHours(2)), Evidence.file);

    assertThat(decide(Strategy.restart, LIVE, Past.NOTHING, longThere))
        .isInstanceOfSatisfying(
            Action.Report.class,
            report -> assertThat(report.reason()).contains("has started since"));
  }

  @Test
  void a_restart_that_was_called_off_is_not_begun_again_at_once() {
    Past past = new Past(false, Owed.NOTHING, Set.of(), NOW.plusSeconds(40));

    assertThat(decide(Strategy.restart, LIVE, past, STALE))
        .isInstanceOfSatisfying(
            Action.Wait.class, wait -> assertThat(wait.until()).isEqualTo(NOW.plusSeconds(40)));
  }

  @Test
  void an_envoy_drained_by_the_reloaders_own_hand_is_put_back_before_anything_else() {
    Past past = new Past(true, Owed.NOTHING, Set.of(), Instant.MIN);

    assertThat(decide(Strategy.restart, DRAINING, past, STALE)).isEqualTo(new Action.Undrain());
  }

  @Test
  void an_envoy_drained_by_another_hand_is_left_alone() {
    assertThat(decide(Strategy.restart, DRAINING, Past.NOTHING, STALE))
        .isInstanceOfSatisfying(
            Action.Report.class,
            report -> assertThat(report.reason()).contains("DRAINING by another hand"));
  }

  @Test
  void a_drain_of_its_own_is_forgotten_once_envoy_is_live_again() {
    Past past = new Past(true, Owed.NOTHING, Set.of(), Instant.MIN);

    assertThat(decide(Strategy.verify, LIVE, past, SERVED)).isInstanceOf(Action.Rejoin.class);
  }

  @Test
  void readiness_comes_back_once_what_was_restarted_for_is_served() {
    Past past = new Past(false, owed("blog"), Set.of(), Instant.MIN);

    assertThat(decide(Strategy.restart, LIVE, past, SERVED, UNKNOWN))
        .isInstanceOf(Action.Rejoin.class);
  }

  @Test
  void readiness_stays_away_while_what_was_restarted_for_is_not_served() {
    Past past = new Past(false, owed("odd"), Set.of(), Instant.MIN);

    assertThat(decide(Strategy.restart, LIVE, past, SERVED, UNKNOWN))
        .isInstanceOf(Action.Report.class);
  }

  @Test
  void readiness_stays_away_while_what_was_served_before_the_restart_is_not() {
    Past past =
        new Past(
            false,
            new Owed(Set.of("blog"), Set.of("shown-otherwise")),
            Set.of("content"),
            Instant.MIN);

    assertThat(decide(Strategy.restart, LIVE, past, SERVED, shownOtherwise()))
        .isInstanceOf(Action.Report.class);
  }

  @Test
  void another_keys_certificate_for_what_was_restarted_for_does_not_withhold_readiness() {
    Past past = new Past(false, owed("shown-otherwise"), Set.of(), Instant.MIN);

    assertThat(decide(Strategy.restart, LIVE, past, SERVED, shownOtherwise()))
        .isInstanceOf(Action.Rejoin.class);
  }

  @Test
  void files_that_are_newer_than_the_restart_do_not_withhold_readiness() {
    Past past = new Past(false, owed("shop"), Set.of("content-of-before"), NOW.plusSeconds(40));
    KeyStatus newer =
        new KeyStatus(
            "shop",
            State.Stale,
            List.of("shop.example.com"),
            Samples.leaf("3", 0, "shop.example.com"),
            Samples.leaf("2", 1, "shop.example.com"),
            MINUTES_AGO,
            "An earlier certificate is served.",
            "content",
            true,
            Evidence.file);

    assertThat(decide(Strategy.restart, LIVE, past, SERVED, newer))
        .isInstanceOf(Action.Rejoin.class);
  }

  private static KeyStatus shownOtherwise() {
    return new KeyStatus(
        "shown-otherwise",
        State.Unknown,
        List.of("shop.example.com"),
        Samples.leaf("1", 1, "shop.example.com"),
        Samples.leaf("2", 1, "shop.example.com"),
        MINUTES_AGO,
        "Another key's certificate is served.",
        "content",
        true,
        Evidence.none);
  }

  @Test
  void after_a_quit_nothing_but_a_proof_gives_readiness_back() {
    Past past = new Past(true, owed("odd"), Set.of(), Instant.MIN);

    assertThat(decide(Strategy.restart, LIVE, past, SERVED, UNKNOWN))
        .isInstanceOf(Action.Report.class);
  }

  @Test
  void a_dry_run_tells_what_it_would_do() {
    Observation seen = Samples.seen(List.of(STALE), List.of(), LIVE, Past.NOTHING);

    assertThat(Decision.decide(seen, new Policy(Strategy.restart, GRACE, MIN_UPTIME, true)))
        .isInstanceOfSatisfying(
            Action.DryRun.class,
            dryRun -> assertThat(dryRun.change()).isInstanceOf(Action.Restart.class));
  }
}
