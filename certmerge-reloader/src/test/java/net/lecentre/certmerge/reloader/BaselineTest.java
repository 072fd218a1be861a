package net.lecentre.certmerge.reloader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import net.lecentre.certmerge.core.inspect.Leaf;
import net.lecentre.certmerge.reloader.decide.Chain;
import net.lecentre.certmerge.reloader.decide.EnvoyState;
import net.lecentre.certmerge.reloader.decide.EnvoyState.Unreachable;
import net.lecentre.certmerge.reloader.decide.EnvoyState.Up;
import net.lecentre.certmerge.reloader.decide.Evidence;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.LoadedCertificate;
import net.lecentre.certmerge.reloader.decide.Observation;
import net.lecentre.certmerge.reloader.decide.Past;
import net.lecentre.certmerge.reloader.decide.State;
import net.lecentre.certmerge.reloader.decide.Supervisor;
import net.lecentre.certmerge.reloader.decide.Turn;
import net.lecentre.certmerge.reloader.files.KeyFiles;
import net.lecentre.certmerge.reloader.files.Snapshot;
import net.lecentre.certmerge.reloader.probe.KeyKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What has to be asked again, and what need not be. */
class BaselineTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Up LIVE = new Up("LIVE", Duration.ofHours(1));
  private static final LoadedCertificate SHOP = new LoadedCertificate("a1", "<inline>");

  private static Leaf leaf(String serial) {
    return new Leaf(
        "CN=shop",
        serial,
        "digest",
        NOW.minusSeconds(900),
        NOW.plusSeconds(90_000),
        List.of("shop.example.com"));
  }

  private static KeyStatus key(State state) {
    return new KeyStatus(
        "shop",
        state,
        List.of("shop.example.com"),
        leaf("a1"),
        leaf("a1"),
        NOW,
        "A reason.",
        "content",
        true,
        Evidence.none);
  }

  private static KeyFiles files(String digest, String serial) {
    return new KeyFiles(
        "shop",
        "shop.crt",
        digest,
        new KeyFiles.Pair(new Chain(leaf(serial), List.of("digest")), KeyKind.EC, true),
        NOW);
  }

  private static Snapshot snapshot(KeyFiles... files) {
    return new Snapshot(List.of(files), List.of());
  }

  private static Observation seen(KeyStatus... keys) {
    return new Observation(
        NOW,
        List.of(keys),
        List.of(),
        List.of(),
        LIVE,
        List.of(),
        new Supervisor.Container(),
        Past.NOTHING,
        new Turn.Ours());
  }

  private static Baseline baseline(State state) {
    return new Baseline(NOW, List.of(SHOP), snapshot(files("content", "a1")), seen(key(state)));
  }

  private static boolean stillRuns(EnvoyState envoy, Duration later) {
    return baseline(State.Served).stillRuns(envoy, NOW.plus(later));
  }

  @Test
  void an_envoy_whose_uptime_grew_with_time_still_runs() {
    Duration later = Duration.ofSeconds(10);

    assertThat(stillRuns(new Up("LIVE", LIVE.uptime().plus(later)), later)).isTrue();
    // It tells whole seconds.
    assertThat(stillRuns(new Up("LIVE", LIVE.uptime().plusSeconds(9)), later)).isTrue();
  }

  @Test
  void an_envoy_that_started_since_is_another_one() {
    assertThat(stillRuns(new Up("LIVE", Duration.ofSeconds(3)), Duration.ofSeconds(10))).isFalse();
  }

  @Test
  void an_envoy_that_drains_or_does_not_answer_is_not_as_it_was() {
    assertThat(stillRuns(new Up("DRAINING", LIVE.uptime()), Duration.ZERO)).isFalse();
    assertThat(stillRuns(new Unreachable("gone"), Duration.ZERO)).isFalse();
  }

  @Test
  void what_was_loaded_or_is_no_longer_has_changed() {
    Baseline before = baseline(State.Served);

    assertThat(before.changedSerials(List.of(SHOP))).isEmpty();
    assertThat(before.changedSerials(List.of(SHOP, new LoadedCertificate("b2", "<inline>"))))
        .containsExactly("b2");
    assertThat(before.changedSerials(List.of())).containsExactly("a1");
  }

  @Test
  void serials_of_watched_keys_are_explained_and_others_are_not() {
    Baseline before = baseline(State.Served);
    Snapshot renewed = snapshot(files("other", "b2"));

    assertThat(before.explains(Set.of("a1"), before.snapshot())).isTrue();
    assertThat(before.explains(Set.of("a1", "b2"), renewed)).isTrue();
    assertThat(before.explains(Set.of("c3"), renewed)).isFalse();
  }

  @Test
  void a_key_whose_files_and_serials_are_as_they_were_need_not_be_asked() {
    assertThat(Baseline.holdsFor(key(State.Served), files("content", "a1"), Set.of("b2"))).isTrue();
  }

  @Test
  void a_key_with_other_files_is_asked() {
    assertThat(Baseline.holdsFor(key(State.Served), files("other", "a1"), Set.of())).isFalse();
  }

  @Test
  void a_key_whose_certificate_was_loaded_anew_is_asked() {
    assertThat(Baseline.holdsFor(key(State.Served), files("content", "a1"), Set.of("a1")))
        .isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"Pending", "Stale"})
  void a_key_for_which_something_is_waited_is_asked(State state) {
    assertThat(Baseline.holdsFor(key(state), files("content", "a1"), Set.of())).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void only_what_time_cannot_change_is_settled(State state) {
    assertThat(baseline(state).isSettled())
        .isEqualTo(state == State.Served || state == State.Invalid);
  }

  private static Instant trueUntil(Instant notBefore, Instant notAfter) {
    Leaf leaf =
        new Leaf("CN=shop", "a1", "digest", notBefore, notAfter, List.of("shop.example.com"));
    KeyStatus key = key(State.Served);
    KeyStatus dated =
        new KeyStatus(
            key.key(),
            key.state(),
            key.hosts(),
            leaf,
            leaf,
            NOW,
            key.reason(),
            key.content(),
            true,
            Evidence.none);
    return new Baseline(NOW, List.of(), snapshot(), seen(key(State.Invalid), dated))
        .trueUntil(NOW.plusSeconds(600));
  }

  @Test
  void what_was_found_holds_until_a_certificate_expires_or_begins_to_be_valid() {
    assertThat(trueUntil(NOW.minusSeconds(9), NOW.plusSeconds(60))).isEqualTo(NOW.plusSeconds(60));
    assertThat(trueUntil(NOW.plusSeconds(30), NOW.plusSeconds(900))).isEqualTo(NOW.plusSeconds(30));
  }

  @Test
  void what_was_found_holds_for_a_while_at_most() {
    assertThat(trueUntil(NOW.minusSeconds(9), NOW.plusSeconds(900)))
        .isEqualTo(NOW.plusSeconds(600));
  }
}
