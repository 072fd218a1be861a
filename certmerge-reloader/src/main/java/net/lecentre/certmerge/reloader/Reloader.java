package net.lecentre.certmerge.reloader;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.lecentre.certmerge.reloader.decide.Action;
import net.lecentre.certmerge.reloader.decide.Decision;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.Observation;
import net.lecentre.certmerge.reloader.decide.State;
import net.lecentre.certmerge.reloader.envoy.EnvoyAdmin;
import net.lecentre.certmerge.reloader.files.MountWatch;
import net.lecentre.certmerge.reloader.files.Mounts;
import net.lecentre.certmerge.reloader.lease.Turns;
import net.lecentre.certmerge.reloader.probe.Prober;
import net.lecentre.certmerge.reloader.report.LastAction;
import net.lecentre.certmerge.reloader.report.Metrics;
import net.lecentre.certmerge.reloader.report.Report;
import net.lecentre.certmerge.reloader.restart.GuardedRestart;
import net.lecentre.certmerge.reloader.restart.Memory;
import net.lecentre.certmerge.reloader.restart.Outcome;
import net.lecentre.certmerge.reloader.restart.Pace;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Observes, decides and applies, again and again. */
final class Reloader {
  private static final Logger log = LoggerFactory.getLogger(Reloader.class);
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(3);

  /** Envoy needs milliseconds for files that it watches; who waits longer is asked less often. */
  private static final Duration FIRST_RETRY = Duration.ofMillis(10);

  private static final Duration LONGEST_RETRY = Duration.ofSeconds(1);

  /** How often it is looked whether it is this replica's turn. */
  private static final Duration NEXT_TURN = Duration.ofSeconds(1);

  /** How long a single pass waits for its turn. */
  private static final Duration ONE_TURN = Duration.ofSeconds(30);

  /** How often memory is given back at least. */
  private static final Duration TIDY = Duration.ofMinutes(15);

  private static final String DRY_RUN = "dry_run";

  private final Settings settings;
  private final Memory memory;
  private final Observer observer;
  private final GuardedRestart restart;
  private final Turns turns;
  private final Metrics metrics = new Metrics();
  private final Pace pace;

  private Map<String, Standing> standings = Map.of();
  private List<KeyStatus> shown = List.of();
  private Duration retry = FIRST_RETRY;
  private String decision = "";
  private boolean awaitsTurn;
  private Instant tidied = Instant.EPOCH;
  private int tidiedLooks;
  private final Set<String> advised = new HashSet<>();
  private @Nullable LastAction lastAction;
  private volatile Report report = Report.NONE;

  /**
   * Does not look yet.
   *
   * @throws IOException when the note of an earlier reloader cannot be read
   */
  Reloader(Settings settings, EnvoyAdmin admin, Turns turns, Pace pace) throws IOException {
    this.settings = settings;
    this.pace = pace;
    this.turns = turns;
    this.memory = new Memory(settings.stateDirectory());
    this.observer =
        new Observer(
            new Mounts(settings.watch()),
            new Prober(settings.probes(), PROBE_TIMEOUT),
            admin,
            settings.watch(),
            settings.policy(),
            settings.poll(),
            memory::past,
            turns::now,
            pace);
    this.restart =
        new GuardedRestart(
            admin, settings.ports(), observer::look, memory, settings.patience(), pace);
  }

  private record Standing(State state, String content, Instant since) {
    boolean holdsFor(KeyStatus key) {
      return state == key.state() && content.equals(key.content());
    }
  }

  /** Why the pod should get no traffic; empty when it may. */
  Optional<String> unready() {
    return memory.unready();
  }

  /** The metrics. */
  Metrics metrics() {
    return metrics;
  }

  /** How everything stood when it was last looked at. */
  Report report() {
    return report;
  }

  /** Looks and acts until it is interrupted. */
  void run(MountWatch changes) throws InterruptedException {
    show(observer.firstLook());
    for (Path directory : settings.watch()) {
      if (!Mounts.swapped(directory)) {
        log.warn(
            "{} is no mounted volume as the kubelet makes it: files mounted with subPath never"
                + " change",
            directory);
      }
    }
    while (true) {
      Duration next = pass();
      tidy();
      changes.await(next);
    }
  }

  /**
   * By itself the serial collector would let garbage grow old until the heap is full. A look at
   * everything leaves most of it, and takes a hundred times as long.
   */
  private void tidy() {
    Instant now = pace.instant();
    if (observer.looks() != tidiedLooks || !now.isBefore(tidied.plus(TIDY))) {
      tidied = now;
      tidiedLooks = observer.looks();
      System.gc();
    }
  }

  /** Looks and acts once, waiting a while for its turn; looks again when it has acted. */
  Report once() throws InterruptedException {
    Instant end = pace.instant().plus(ONE_TURN);
    Duration next = pass();
    while (awaitsTurn && pace.instant().isBefore(end)) {
      pace.pause(next);
      next = pass();
    }
    if (lastAction != null && !lastAction.result().equals(DRY_RUN)) {
      show(observer.look());
    }
    return report;
  }

  /** One pass; returns how long it may take until the next one. */
  private Duration pass() throws InterruptedException {
    Observation seen = observer.glance();
    if (Thread.interrupted()) {
      // What was seen may be only what the interruption left of it.
      throw new InterruptedException();
    }
    Action action = Decision.decide(seen, settings.policy());
    show(seen);
    tell(action);
    awaitsTurn = action instanceof Action.AwaitTurn;
    if (Decision.needsTurn(action, seen.past())) {
      turns.ask();
    } else {
      turns.giveBack();
    }
    return action instanceof Action.Change change ? apply(change, seen) : idle(action, seen);
  }

  /**
   * A change may have been made or not, so it is looked at again at once; or later if it failed.
   */
  private Duration apply(Action.Change change, Observation seen) throws InterruptedException {
    Instant begin = pace.instant();
    log.atWarn().addKeyValue("action", change.name()).log("{}: {}", change.name(), change.reason());
    publish(new LastAction(change.name(), begin, "running", change.reason()));
    Outcome outcome = restart.apply(change, seen);
    publish(new LastAction(change.name(), begin, outcome.result().name(), outcome.reason()));
    metrics.count(change.name(), outcome.result().name());
    boolean done = outcome.result() == Outcome.Result.done;
    log.atLevel(done ? Level.INFO : Level.ERROR)
        .addKeyValue("action", change.name())
        .addKeyValue("result", outcome.result())
        .log("{} {}: {}", change.name(), outcome.result(), outcome.reason());
    return done ? Duration.ZERO : settings.poll();
  }

  private Duration idle(Action action, Observation seen) {
    Duration next = settings.poll();
    if (action instanceof Action.AwaitTurn) {
      next = shorter(next, NEXT_TURN);
    }
    if (action instanceof Action.Wait wait) {
      next = shorter(next, Duration.between(seen.now(), wait.until()));
    }
    if (seen.keys().stream().anyMatch(key -> key.state() == State.Pending)) {
      next = shorter(next, retry);
      retry = shorter(retry.multipliedBy(2), LONGEST_RETRY);
    } else {
      retry = FIRST_RETRY;
    }
    return next.compareTo(FIRST_RETRY) < 0 ? FIRST_RETRY : next;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Tells what was decided, when that is new. */
  private void tell(Action action) {
    if (action.reason().equals(decision)) {
      return;
    }
    decision = action.reason();
    if (action instanceof Action.DryRun dryRun) {
      String name = dryRun.change().name();
      lastAction = new LastAction(name, pace.instant(), DRY_RUN, action.reason());
      metrics.count(name, DRY_RUN);
    }
    report = report.with(decision, lastAction);
    if (!(action instanceof Action.Change)) {
      boolean problem = action instanceof Action.Report || action instanceof Action.DryRun;
      log.atLevel(problem ? Level.WARN : Level.INFO).log("{}", decision);
    }
  }

  private void show(Observation seen) {
    if (seen.keys().equals(shown) && seen.keys().stream().allMatch(Reloader::isSettled)) {
      report =
          new Report(
              seen.now(), report.keys(), seen.problems(), seen.advice(), decision, lastAction);
      return;
    }
    shown = seen.keys();
    Map<String, Standing> now = new HashMap<>();
    List<Report.Key> keys = new ArrayList<>();
    for (KeyStatus key : seen.keys()) {
      Standing standing = standings.get(key.key());
      if (standing == null || !standing.holdsFor(key)) {
        standing = new Standing(key.state(), key.content(), seen.now());
        log(key, seen.now());
      }
      now.put(key.key(), standing);
      keys.add(Report.Key.of(key, standing.since()));
    }
    standings = now;
    seen.advice().stream().filter(advised::add).forEach(log::warn);
    metrics.show(seen.keys(), seen.now());
    report = new Report(seen.now(), keys, seen.problems(), seen.advice(), decision, lastAction);
  }

  /** Whether time alone changes nothing of what is told of a key. */
  private static boolean isSettled(KeyStatus key) {
    return key.state() == State.Served || key.state() == State.Invalid;
  }

  private void publish(LastAction action) {
    lastAction = action;
    report = report.with(decision, action);
  }

  private static void log(KeyStatus key, Instant now) {
    boolean good = key.state() == State.Served || key.state() == State.Pending;
    LoggingEventBuilder record =
        log.atLevel(good ? Level.INFO : Level.WARN)
            .addKeyValue("key", key.key())
            .addKeyValue("state", key.state())
            .addKeyValue("hosts", String.join(",", key.hosts()));
    if (key.disk() != null) {
      record = record.addKeyValue("serial", key.disk().serialHex());
    }
    if (key.served() != null && key.state() != State.Served) {
      record = record.addKeyValue("servedSerial", key.served().serialHex());
    }
    switch (key.state()) {
      case Served ->
          record
              .addKeyValue("milliseconds", Duration.between(key.appeared(), now).toMillis())
              .log("certificate of {} is served", key.key());
      case Pending -> record.log("certificate of {} is not served yet", key.key());
      case Stale -> record.log("certificate of {} is not served: {}", key.key(), key.reason());
      case Invalid -> record.log("files of {} are left alone: {}", key.key(), key.reason());
      case Unknown -> record.log("no proof of what is served of {}: {}", key.key(), key.reason());
    }
  }
}
