package net.lecentre.certmerge.reloader.decide;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The whole policy: what is to be done about what was seen. */
public final class Decision {
  private final Observation seen;
  private final Policy policy;

  private Decision(Observation seen, Policy policy) {
    this.seen = seen;
    this.policy = policy;
  }

  /** Decides what is to be done; asks nobody and changes nothing. */
  public static Action decide(Observation seen, Policy policy) {
    Action action = new Decision(seen, policy).action();
    return policy.dryRun() && action instanceof Action.Change change
        ? new Action.DryRun(change)
        : action;
  }

  /**
   * Whether the replica's turn is needed, or must not end yet: what was taken out of service has to
   * be back before another replica goes on.
   */
  public static boolean needsTurn(Action action, Past past) {
    return action instanceof Action.Restart
        || action instanceof Action.AwaitTurn
        || past.drained()
        || !past.owed().isEmpty();
  }

  private Action action() {
    if (seen.past().drained() && seen.envoy() instanceof EnvoyState.Up up) {
      if (up.draining()) {
        return new Action.Undrain();
      }
      if (up.live() && seen.past().owed().isEmpty()) {
        return new Action.Rejoin("Envoy is in service again.");
      }
    }
    if (heldAndProved()) {
      return new Action.Rejoin("What could not be proved after the restart is proved now.");
    }
    List<KeyStatus> stale = in(State.Stale);
    if (stale.isEmpty()) {
      return nothingStale();
    }
    return aboutStale(stale);
  }

  private boolean heldAndProved() {
    return !seen.past().owed().isEmpty()
        && seen.envoy() instanceof EnvoyState.Up up
        && up.live()
        && seen.problems().isEmpty()
        && seen.past().owed().missing(seen.keys(), seen.past().tried()).isEmpty();
  }

  private Action nothingStale() {
    Optional<Instant> graceEnd =
        in(State.Pending).stream()
            .map(key -> key.appeared().plus(policy.sdsGrace()))
            .min(Instant::compareTo);
    if (graceEnd.isPresent()) {
      return new Action.Wait(
          graceEnd.get(), "Envoy has time to pick up " + names(in(State.Pending)) + " by itself.");
    }
    if (!seen.problems().isEmpty()) {
      return new Action.Report(String.join(" ", seen.problems()));
    }
    List<KeyStatus> open = seen.keys().stream().filter(key -> key.state() != State.Served).toList();
    return open.isEmpty()
        ? new Action.None()
        : new Action.Report(
            open.stream()
                .map(key -> key.key() + " is " + key.state() + ": " + key.reason())
                .collect(Collectors.joining(" ")));
  }

  private Action aboutStale(List<KeyStatus> stale) {
    String outdated = "Envoy serves an earlier certificate of " + names(stale) + ", ";
    if (policy.strategy() == Strategy.verify) {
      return new Action.Report(outdated + "and the strategy is to verify only.");
    }
    List<KeyStatus> broken = seen.keys().stream().filter(key -> !key.loadable()).toList();
    if (!broken.isEmpty()) {
      return new Action.Report(
          outdated + "but would not start with the broken files of " + names(broken) + ".");
    }
    if (!seen.problems().isEmpty()) {
      return new Action.Report(outdated + "but: " + String.join(" ", seen.problems()));
    }
    if (seen.envoy() instanceof EnvoyState.Unreachable unreachable) {
      return new Action.Report(outdated + "but its admin port: " + unreachable.reason() + ".");
    }
    EnvoyState.Up envoy = (EnvoyState.Up) seen.envoy();
    if (!envoy.live()) {
      return new Action.Report(outdated + "but is " + envoy.state() + " by another hand.");
    }
    Optional<String> supervisor = seen.supervisor().doubt();
    if (supervisor.isPresent()) {
      return new Action.Report(outdated + "but is not asked to quit: " + supervisor.get() + ".");
    }
    List<KeyStatus> proved = stale.stream().filter(key -> key.evidence() != Evidence.none).toList();
    if (proved.isEmpty()) {
      return new Action.Report(
          outdated + "but it is not proved that it is these keys' own: nothing is done.");
    }
    List<KeyStatus> fromFile =
        proved.stream().filter(key -> key.evidence() == Evidence.file).toList();
    if (fromFile.isEmpty() && policy.strategy() == Strategy.auto) {
      return new Action.Report(
          outdated
              + "but does not say that it read it from a file of its configuration, and only with"
              + " --strategy=restart would it be restarted all the same.");
    }
    List<KeyStatus> candidates = policy.strategy() == Strategy.auto ? fromFile : proved;
    if (fromFile.isEmpty() && !seen.refused().isEmpty()) {
      return new Action.Report(
          outdated
              + "but would perhaps come back without a good one: "
              + String.join(", ", seen.refused())
              + ".");
    }
    List<KeyStatus> untried =
        candidates.stream()
            .filter(key -> !seen.past().tried().contains(key.content()))
            .filter(key -> !envoy.startedNotBefore(seen.now()).isAfter(key.appeared()))
            .toList();
    if (untried.isEmpty()) {
      return new Action.Report(
          outdated + "although it has started since these files appeared: nothing more is tried.");
    }
    if (envoy.uptime().compareTo(policy.minUptime()) < 0) {
      return new Action.Wait(
          seen.now().plus(policy.minUptime()).minus(envoy.uptime()),
          outdated + "but must have run " + policy.minUptime() + " before it is restarted.");
    }
    if (seen.now().isBefore(seen.past().notBefore())) {
      return new Action.Wait(
          seen.past().notBefore(), outdated + "but a restart has just been called off.");
    }
    if (!policy.dryRun() && seen.turn() instanceof Turn.NotAsked) {
      return new Action.AwaitTurn(outdated + "and this replica asks for its turn.");
    }
    if (!policy.dryRun() && seen.turn() instanceof Turn.Others others) {
      return new Action.AwaitTurn(outdated + "and waits for its turn: " + others.reason() + ".");
    }
    return new Action.Restart(
        untried.stream().map(KeyStatus::key).toList(),
        outdated + "and does not read the files again by itself.");
  }

  private List<KeyStatus> in(State state) {
    return seen.keys().stream().filter(key -> key.state() == state).toList();
  }

  private static String names(List<KeyStatus> keys) {
    return keys.stream().map(KeyStatus::key).collect(Collectors.joining(", "));
  }
}
