package net.lecentre.certmerge.reloader.decide;

import static net.lecentre.certmerge.reloader.decide.Samples.GRACE;
import static net.lecentre.certmerge.reloader.decide.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.lecentre.certmerge.reloader.decide.EnvoyState.Unreachable;
import net.lecentre.certmerge.reloader.decide.EnvoyState.Up;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is done, row by row: for each situation the action under {@code verify}, {@code auto} and
 * {@code restart}, and a part of the reason under the last.
 */
class DecisionTableTest {
  private static final Instant MINUTES_AGO = NOW.minus(Duration.ofMinutes(5));

  /** One situation; what is not said of it is as it mostly is. */
  private static final class Situation {
    private final List<KeyStatus> keys = new ArrayList<>(List.of(key(State.Served, "blog")));
    private final List<String> problems = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private EnvoyState envoy = new Up("LIVE", Duration.ofHours(1));
    private Supervisor supervisor = new Supervisor.Container();
    private Past past = Past.NOTHING;
    private Turn turn = new Turn.Ours();

    private static KeyStatus key(State state, String name) {
      return Samples.key(name, state, MINUTES_AGO, Evidence.none);
    }

    private static Past past(boolean drained, boolean owed, String tried, Instant notBefore) {
      return new Past(
          drained,
          owed ? new Owed(Set.of("shop"), Set.of()) : Owed.NOTHING,
          Set.of(tried),
          notBefore);
    }

    /** Words of a row. */
    Situation with(String word) {
      switch (word) {
        case "served" -> {}
        case "static" -> keys.add(Samples.key("shop", State.Stale, MINUTES_AGO, Evidence.file));
        case "sds-missed" ->
            keys.add(Samples.key("shop", State.Stale, MINUTES_AGO, Evidence.memory));
        case "older-of-the-name" ->
            keys.add(Samples.key("shop", State.Stale, MINUTES_AGO, Evidence.none));
        case "pending" ->
            keys.add(Samples.key("shop", State.Pending, NOW.minusSeconds(3), Evidence.file));
        case "broken" -> keys.add(key(State.Invalid, "old"));
        case "inconclusive" -> keys.add(key(State.Unknown, "odd"));
        case "unreadable" -> problems.add("/b cannot be read.");
        case "sds-refused" -> refused.add("sds.shop.key_rotation_failed");
        case "admin-down" -> envoy = new Unreachable("connection refused");
        case "draining" -> envoy = new Up("DRAINING", Duration.ofHours(1));
        case "starting" -> envoy = new Up("PRE_INITIALIZING", Duration.ofHours(1));
        case "young" -> envoy = new Up("LIVE", Duration.ofMinutes(6));
        case "started-since" -> envoy = new Up("LIVE", Duration.ofMinutes(2));
        case "istio-1.3" -> supervisor = new Supervisor.Istio(1, 3);
        case "istio-1.4" -> supervisor = new Supervisor.Istio(1, 4);
        case "istio-1.9" -> supervisor = new Supervisor.Istio(1, 9);
        case "istio-1.29" -> supervisor = new Supervisor.Istio(1, 29);
        case "istio-untold" -> supervisor = new Supervisor.Untold("no version");
        case "not-asked" -> turn = new Turn.NotAsked();
        case "others-turn" -> turn = new Turn.Others("the Lease is held by gateway-2");
        case "tried" -> past = past(false, false, "content-of-shop", Instant.MIN);
        case "tried-before" -> past = past(false, false, "content-before", Instant.MIN);
        case "called-off" -> past = past(false, false, "", NOW.plusSeconds(40));
        case "own-drain" -> past = past(true, false, "", Instant.MIN);
        case "own-quit" -> past = past(true, true, "content-of-shop", Instant.MIN);
        case "held" -> past = past(false, true, "content-of-shop", Instant.MIN);
        default -> throw new IllegalArgumentException(word);
      }
      return this;
    }

    Action under(Strategy strategy) {
      return Decision.decide(
          new Observation(NOW, keys, problems, List.of(), envoy, refused, supervisor, past, turn),
          new Policy(strategy, GRACE, Duration.ofMinutes(10), false));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    // situation                        verify    auto       restart    a part of the reason
    "served,                            None,     None,      None,      served as it is on disk",
    "pending,                           Wait,     Wait,      Wait,      has time to pick up shop",
    "pending broken,                    Wait,     Wait,      Wait,      has time to pick up shop",
    "static,                            Report,   Restart,   Restart,   does not read the files again",
    "sds-missed,                        Report,   Report,    Restart,   does not read the files again",
    "older-of-the-name,                 Report,   Report,    Report,    not proved that it is these",
    "broken,                            Report,   Report,    Report,    old is Invalid",
    "inconclusive,                      Report,   Report,    Report,    odd is Unknown",
    "unreadable,                        Report,   Report,    Report,    cannot be read",
    // What must be well before Envoy is restarted.
    "static broken,                     Report,   Report,    Report,    broken files of old",
    "static unreadable,                 Report,   Report,    Report,    cannot be read",
    "static inconclusive,               Report,   Restart,   Restart,   does not read the files again",
    "static admin-down,                 Report,   Report,    Report,    connection refused",
    "static draining,                   Report,   Report,    Report,    by another hand",
    "static starting,                   Report,   Report,    Report,    PRE_INITIALIZING",
    "static young,                      Report,   Wait,      Wait,      must have run",
    "static started-since,              Report,   Report,    Report,    has started since",
    "static called-off,                 Report,   Wait,      Wait,      just been called off",
    "sds-missed sds-refused,            Report,   Report,    Report,    key_rotation_failed",
    "static sds-refused,                Report,   Restart,   Restart,   does not read the files again",
    // Who starts it again.
    "static istio-1.3,                  Report,   Report,    Report,    Istio 1.3 does not start",
    "static istio-1.4,                  Report,   Restart,   Restart,   does not read the files again",
    "static istio-1.9,                  Report,   Restart,   Restart,   does not read the files again",
    "sds-missed istio-1.29,             Report,   Report,    Restart,   does not read the files again",
    "static istio-untold,               Report,   Report,    Report,    not known who would start it",
    // Whose turn it is.
    "static not-asked,                  Report,   AwaitTurn, AwaitTurn, asks for its turn",
    "static others-turn,                Report,   AwaitTurn, AwaitTurn, held by gateway-2",
    "sds-missed others-turn,            Report,   Report,    AwaitTurn, held by gateway-2",
    "static broken not-asked,           Report,   Report,    Report,    broken files of old",
    "static young not-asked,            Report,   Wait,      Wait,      must have run",
    "served others-turn,                None,     None,      None,      served as it is on disk",
    // What was done before.
    "static tried,                      Report,   Report,    Report,    nothing more is tried",
    "static tried-before,               Report,   Restart,   Restart,   does not read the files again",
    "static tried others-turn,          Report,   Report,    Report,    nothing more is tried",
    "static own-drain draining,         Undrain,  Undrain,   Undrain,   by this reloader's own hand",
    "broken own-drain draining,         Undrain,  Undrain,   Undrain,   by this reloader's own hand",
    "served own-drain others-turn draining, Undrain, Undrain, Undrain,  by this reloader's own hand",
    "served own-drain,                  Rejoin,   Rejoin,    Rejoin,    in service again",
    "served own-drain admin-down,       None,     None,      None,      served as it is on disk",
    "static own-quit,                   Report,   Report,    Report,    nothing more is tried",
    "static held,                       Report,   Report,    Report,    nothing more is tried",
    "served held,                       Rejoin,   Rejoin,    Rejoin,    proved now",
    "served held admin-down,            None,     None,      None,      served as it is on disk",
    "served held starting,              None,     None,      None,      served as it is on disk",
  })
  void each_situation_has_its_action(
      String situation, String verify, String auto, String restart, String reason) {
    Situation seen = new Situation();
    for (String word : situation.split(" ", -1)) {
      seen.with(word);
    }

    assertThat(seen.under(Strategy.verify).getClass().getSimpleName()).isEqualTo(verify);
    assertThat(seen.under(Strategy.auto).getClass().getSimpleName()).isEqualTo(auto);
    assertThat(seen.under(Strategy.restart).getClass().getSimpleName()).isEqualTo(restart);
    assertThat(seen.under(Strategy.restart).reason()).contains(reason);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "served,                  false",
    "static,                  true",
    "static not-asked,        true",
    "static others-turn,      true",
    "static broken,           false",
    "static tried,            false",
    "static young,            false",
    // Until what was taken out is back, no other replica goes on.
    "served own-drain,        true",
    "served own-quit,         true",
    "static held,             true",
    "served held others-turn, true",
  })
  void a_turn_is_asked_for_and_kept_as_long_as_it_is_needed(String situation, boolean needed) {
    Situation seen = new Situation();
    for (String word : situation.split(" ", -1)) {
      seen.with(word);
    }

    assertThat(Decision.needsTurn(seen.under(Strategy.restart), seen.past)).isEqualTo(needed);
  }
}
