package net.lecentre.certmerge.reloader.restart;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import net.lecentre.certmerge.reloader.decide.Action;
import net.lecentre.certmerge.reloader.decide.EnvoyState;
import net.lecentre.certmerge.reloader.decide.Evidence;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.Observation;
import net.lecentre.certmerge.reloader.decide.Owed;
import net.lecentre.certmerge.reloader.decide.Past;
import net.lecentre.certmerge.reloader.decide.State;
import net.lecentre.certmerge.reloader.decide.Turn;
import net.lecentre.certmerge.reloader.envoy.EnvoyAdmin;
import net.lecentre.certmerge.reloader.restart.Outcome.Result;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has Envoy start again with the files that are on disk, so that nobody notices: readiness goes
 * first, then the clients, and only when a second look finds all as the decision found it is Envoy
 * asked to quit. Until then everything can be, and on any doubt is, undone; after it readiness
 * comes back only with a proof.
 *
 * <p>Whoever runs Envoy, in a pod the kubelet, starts it again.
 */
public final class GuardedRestart {
  private static final Logger log = LoggerFactory.getLogger(GuardedRestart.class);

  /** Each beginning costs the pod its readiness, so one that is called off is not begun at once. */
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final EnvoyAdmin admin;
  private final Set<Integer> ports;
  private final Supplier<Observation> look;
  private final Memory memory;
  private final Patience patience;
  private final Pace pace;

  /**
   * A procedure that can be run again and again.
   *
   * @param admin the Envoy to start again
   * @param ports the ports of the listeners whose connections are waited for
   * @param look observes everything anew
   * @param memory where it is noted what was done
   * @param patience how long to wait
   * @param pace the time to wait in
   */
  public GuardedRestart(
      EnvoyAdmin admin,
      Set<Integer> ports,
      Supplier<Observation> look,
      Memory memory,
      Patience patience,
      Pace pace) {
    this.admin = admin;
    this.ports = Set.copyOf(ports);
    this.look = look;
    this.memory = memory;
    this.patience = patience;
    this.pace = pace;
  }

  /**
   * Carries out a decision.
   *
   * @param change what was decided
   * @param seen the observation that it was decided on
   * @throws InterruptedException when the reloader is to end; what can be undone then is undone
   */
  public Outcome apply(Action.Change change, Observation seen) throws InterruptedException {
    if (change instanceof Action.Restart restart) {
      return restart(restart, seen);
    }
    return change instanceof Action.Undrain ? undrain(change.reason()) : rejoin(change.reason());
  }

  private Outcome undrain(String reason) {
    try {
      memory.foundDraining();
    } catch (IOException e) {
      return new Outcome(Result.failed, noteStays(e));
    }
    return putBack(Result.done, reason);
  }

  private Outcome restart(Action.Restart action, Observation seen) throws InterruptedException {
    if (!(seen.envoy() instanceof EnvoyState.Up before)) {
      return new Outcome(Result.called_off, "Envoy cannot be reached.");
    }
    try {
      memory.takenOut(action.reason());
      admin.failHealthcheck();
      drain();
      Observation again = look.get();
      String doubt = doubt(action, before, again);
      if (!doubt.isEmpty()) {
        return callOff(doubt);
      }
      memory.quitting(
          new Owed(Set.copyOf(action.keys()), served(again)),
          again.keys().stream().map(KeyStatus::content).collect(Collectors.toSet()));
    } catch (IOException e) {
      return callOff("Envoy could not be taken out of service: " + e.getMessage() + ".");
    } catch (InterruptedException e) {
      callOff("The reloader is to end.");
      throw e;
    }
    Instant quit = pace.instant();
    try {
      admin.quit();
    } catch (IOException e) {
      // It may have quit all the same, before it answered: the verification tells.
      log.warn("Envoy did not confirm that it quits: {}", e.getMessage());
    }
    return verify(action, quit);
  }

  private static Set<String> served(Observation seen) {
    return seen.keys().stream()
        .filter(key -> key.state() == State.Served)
        .map(KeyStatus::key)
        .collect(Collectors.toSet());
  }

  private Outcome rejoin(String reason) {
    try {
      memory.backInService();
      return new Outcome(Result.done, reason);
    } catch (IOException e) {
      return new Outcome(Result.failed, noteStays(e));
    }
  }

  private void drain() throws IOException, InterruptedException {
    Instant begin = pace.instant();
    Instant end = begin.plus(patience.drain());
    Instant quietSince = null;
    while (pace.instant().isBefore(end)) {
      Instant now = pace.instant();
      OptionalLong active = admin.activeConnections(ports);
      boolean none = active.isPresent() && active.getAsLong() == 0;
      if (!none) {
        quietSince = null;
      } else if (quietSince == null) {
        quietSince = now;
      }
      if (quietSince != null
          && !now.isBefore(quietSince.plus(patience.quiet()))
          && !now.isBefore(begin.plus(patience.unready()))) {
        return;
      }
      Duration left = Duration.between(now, end);
      pace.pause(left.compareTo(patience.step()) < 0 ? left : patience.step());
    }
    if (quietSince == null) {
      log.info("connections are still open after {}, which is waited at most", patience.drain());
    }
  }

  /** What has become different since the decision; empty when nothing has. */
  private static String doubt(Action.Restart action, EnvoyState.Up before, Observation again) {
    if (!again.problems().isEmpty()) {
      return String.join(" ", again.problems());
    }
    String broken =
        again.keys().stream()
            .filter(key -> !key.loadable())
            .map(KeyStatus::key)
            .collect(Collectors.joining(", "));
    if (!broken.isEmpty()) {
      return "Envoy would not start with the files of " + broken + " as they are now.";
    }
    if (!(again.envoy() instanceof EnvoyState.Up envoy)) {
      return "Envoy's admin interface stopped answering.";
    }
    if (!envoy.draining() || envoy.uptime().compareTo(before.uptime()) < 0) {
      return "Somebody else restarted Envoy or put it back into service.";
    }
    if (again.turn() instanceof Turn.Others others) {
      return "It is no longer this replica's turn: " + others.reason() + ".";
    }
    List<KeyStatus> outdated =
        again.keys().stream()
            .filter(key -> action.keys().contains(key.key()) && key.state() == State.Stale)
            .filter(key -> key.evidence() != Evidence.none)
            .toList();
    if (outdated.isEmpty()) {
      return "It is no longer proved that an earlier certificate is served.";
    }
    boolean fromFile = outdated.stream().anyMatch(key -> key.evidence() == Evidence.file);
    return fromFile || again.refused().isEmpty()
        ? ""
        : "Envoy may hold a better certificate than it would get: "
            + String.join(", ", again.refused())
            + ".";
  }

  private Outcome callOff(String reason) {
    memory.calledOff(pace.instant().plus(PAUSE));
    return putBack(Result.called_off, reason);
  }

  /** Even when the reloader is to end, which would otherwise break the call off. */
  private Outcome putBack(Result result, String reason) {
    boolean interrupted = Thread.interrupted();
    try {
      admin.passHealthcheck();
      memory.undone();
      return new Outcome(result, reason);
    } catch (FileSystemException e) {
      return new Outcome(Result.failed, reason + " " + noteStays(e));
    } catch (IOException e) {
      return new Outcome(
          Result.failed,
          reason + " Envoy could not be put back into service: " + e.getMessage() + ".");
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String noteStays(IOException e) {
    return "The note that Envoy is out of service cannot be changed: " + e.getMessage() + ".";
  }

  private Outcome verify(Action.Restart action, Instant quit) throws InterruptedException {
    Instant end = quit.plus(patience.verify());
    Past past = memory.past();
    Owed owed = past.owed();
    String open;
    boolean quitSeen = false;
    try {
      while (true) {
        Observation seen = look.get();
        boolean same =
            seen.envoy() instanceof EnvoyState.Up envoy
                && envoy.startedNotBefore(seen.now()).isBefore(quit.minusSeconds(2));
        quitSeen = quitSeen || !same;
        open = same ? "Envoy did not quit." : notBack(seen);
        boolean back = open.isEmpty() && owed.missing(seen.keys(), past.tried()).isEmpty();
        if (open.isEmpty()) {
          open = sentences(owed.unproved(seen.keys()));
        }
        if (open.isEmpty()) {
          memory.backInService();
          return new Outcome(
              Result.done,
              "Envoy was back after "
                  + Duration.between(quit, seen.now()).toMillis()
                  + " ms and serves "
                  + String.join(", ", action.keys())
                  + " as on disk.");
        }
        if (!pace.instant().isBefore(end)) {
          if (back) {
            memory.backInService();
            return new Outcome(
                Result.not_verified, open + " Other certificates are served there: reported only.");
          }
          break;
        }
        pace.pause(patience.step());
      }
      if (!quitSeen) {
        return callOff(open);
      }
      memory.hold(open);
    } catch (IOException e) {
      open = "The note of the restart cannot be changed: " + e.getMessage();
    }
    return new Outcome(
        Result.not_verified,
        open + " The gateway stays unready; Envoy is not asked again for these files.");
  }

  private String notBack(Observation seen) {
    if (!(seen.envoy() instanceof EnvoyState.Up envoy)) {
      return "Envoy did not come back within " + patience.verify() + ".";
    }
    if (!envoy.live()) {
      return "Envoy came back and is " + envoy.state() + ".";
    }
    try {
      if (!admin.ready()) {
        return "Envoy came back and says that it is not ready.";
      }
    } catch (IOException e) {
      return "Envoy came back and does not say whether it is ready: " + e.getMessage() + ".";
    }
    return "";
  }

  private static String sentences(List<KeyStatus> keys) {
    return keys.stream()
        .map(key -> key.key() + " is " + key.state() + " after the restart: " + key.reason())
        .collect(Collectors.joining(" "));
  }
}
