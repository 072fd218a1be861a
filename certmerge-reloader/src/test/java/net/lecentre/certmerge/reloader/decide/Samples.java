package net.lecentre.certmerge.reloader.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.lecentre.certmerge.core.inspect.Leaf;
import org.jspecify.annotations.Nullable;

/** Values for the tables. */
final class Samples {
  static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  static final Duration GRACE = Duration.ofSeconds(10);

  private Samples() {}

  /** A leaf that began this many days before now, and lasts 90. */
  static Leaf leaf(String serial, int ageInDays, String... hosts) {
    Instant begin = NOW.minus(Duration.ofDays(ageInDays));
    return new Leaf(
        "CN=" + hosts[0],
        serial,
        "digest-of-" + serial,
        begin,
        begin.plus(Duration.ofDays(90)),
        List.of(hosts));
  }

  static Chain chain(Leaf leaf, String... issuers) {
    return new Chain(
        leaf,
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(leaf.sha256()), java.util.Arrays.stream(issuers))
            .toList());
  }

  /** What one pass saw, when it is this replica's turn and the container starts Envoy again. */
  static Observation seen(
      List<KeyStatus> keys, List<String> problems, EnvoyState envoy, Past past) {
    return new Observation(
        NOW,
        keys,
        problems,
        List.of(),
        envoy,
        List.of(),
        new Supervisor.Container(),
        past,
        new Turn.Ours());
  }

  static KeyStatus key(String key, State state, Instant appeared, Evidence evidence) {
    @Nullable Leaf disk = state == State.Invalid ? null : leaf("2" + key, 1, key + ".example.com");
    return new KeyStatus(
        key,
        state,
        List.of(key + ".example.com"),
        disk,
        null,
        appeared,
        "A reason.",
        "content-of-" + key,
        state != State.Invalid,
        evidence);
  }
}
