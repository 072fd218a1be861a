package net.lecentre.certmerge.reloader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Severity;
import net.lecentre.certmerge.reloader.decide.Advice;
import net.lecentre.certmerge.reloader.decide.Answer;
import net.lecentre.certmerge.reloader.decide.EnvoyState;
import net.lecentre.certmerge.reloader.decide.Evidence;
import net.lecentre.certmerge.reloader.decide.Judge;
import net.lecentre.certmerge.reloader.decide.KeyObservation;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.LoadedCertificate;
import net.lecentre.certmerge.reloader.decide.Observation;
import net.lecentre.certmerge.reloader.decide.OnDisk;
import net.lecentre.certmerge.reloader.decide.Past;
import net.lecentre.certmerge.reloader.decide.Policy;
import net.lecentre.certmerge.reloader.decide.State;
import net.lecentre.certmerge.reloader.decide.Strategy;
import net.lecentre.certmerge.reloader.decide.Supervisor;
import net.lecentre.certmerge.reloader.decide.Turn;
import net.lecentre.certmerge.reloader.envoy.EnvoyAdmin;
import net.lecentre.certmerge.reloader.files.KeyFiles;
import net.lecentre.certmerge.reloader.files.Mounts;
import net.lecentre.certmerge.reloader.files.Snapshot;
import net.lecentre.certmerge.reloader.files.SubPaths;
import net.lecentre.certmerge.reloader.probe.Chains;
import net.lecentre.certmerge.reloader.probe.Endpoint;
import net.lecentre.certmerge.reloader.probe.KeyKind;
import net.lecentre.certmerge.reloader.probe.Prober;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees the world: the files, what the listeners present, and what Envoy says. Remembers of each key
 * when its content appeared and what it held before, which nobody else can tell.
 */
final class Observer {
  private static final Logger log = LoggerFactory.getLogger(Observer.class);
  private static final int REMEMBERED_LEAVES = 16;
  private static final int LOOKS = 3;

  /** How many of the answers that seem to hold are asked for again at each glance. */
  private static final int RENEWED = 3;

  private final Mounts mounts;
  private final Prober prober;
  private final EnvoyAdmin admin;
  private final List<Path> watch;
  private final List<String> subPaths;
  private final Policy policy;
  private final Supplier<Past> past;
  private final Supplier<Turn> turn;
  private final InstantSource clock;
  private Map<String, Remembered> remembered = Map.of();
  private final Map<Question, Answer> answers = new LinkedHashMap<>();
  private @Nullable Baseline baseline;
  private @Nullable Instant lastLook;

  Observer(
      Mounts mounts,
      Prober prober,
      EnvoyAdmin admin,
      List<Path> watch,
      Policy policy,
      Supplier<Past> past,
      Supplier<Turn> turn,
      InstantSource clock) {
    this.mounts = mounts;
    this.prober = prober;
    this.admin = admin;
    this.watch = watch.stream().map(path -> path.toAbsolutePath().normalize()).toList();
    this.subPaths = SubPaths.in(this.watch);
    this.policy = policy;
    this.past = past;
    this.turn = turn;
    this.clock = clock;
  }

  private record Question(Endpoint endpoint, String host, KeyKind kind) {}

  private record Remembered(
      String digest, Instant appeared, List<String> hosts, KeyKind kind, Set<String> leaves) {}

  /** Looks at everything, now. */
  Observation look() {
    answers.clear();
    Snapshot snapshot = mounts.read();
    List<KeyObservation> keys = ask(snapshot);
    EnvoyState envoy = admin.state();
    List<String> problems = new ArrayList<>(snapshot.problems());
    Optional<List<LoadedCertificate>> loaded = loaded(envoy, problems);
    return judged(keys, envoy, loaded.orElse(List.of()), problems, loaded.isPresent());
  }

  /**
   * Looks at what may have changed: an Envoy that still runs, with the certificates that it had, is
   * not asked again for every host. Of the others a few are, in turn.
   */
  Observation glance() {
    EnvoyState envoy = admin.state();
    List<String> problems = new ArrayList<>();
    Optional<List<LoadedCertificate>> loaded = loaded(envoy, problems);
    Baseline before = baseline;
    if (before == null || loaded.isEmpty() || !before.stillRuns(envoy, clock.instant())) {
      return look();
    }
    Set<String> changed = before.changedSerials(loaded.get());
    if (!before.knows(changed)) {
      return look();
    }
    Snapshot snapshot = mounts.read();
    for (KeyFiles files : snapshot.keys()) {
      if (!before.holdsFor(files, changed)) {
        forget(files.key());
      }
    }
    if (!renewOldest()) {
      return look();
    }
    problems.addAll(snapshot.problems());
    return judged(ask(snapshot), envoy, loaded.get(), problems, true);
  }

  private Observation judged(
      List<KeyObservation> keys,
      EnvoyState envoy,
      List<LoadedCertificate> loaded,
      List<String> problems,
      boolean complete) {
    Instant asked = clock.instant();
    keys.addAll(gone(loaded, keys, asked));
    List<KeyStatus> statuses = Judge.judge(keys, loaded, policy.sdsGrace(), asked);
    baseline = complete ? new Baseline(envoy, asked, loaded, statuses) : null;
    boolean conceivable =
        policy.strategy() != Strategy.verify
            && statuses.stream().anyMatch(key -> key.state() == State.Stale);
    return new Observation(
        asked,
        statuses,
        problems,
        advice(keys, loaded),
        envoy,
        refused(statuses),
        conceivable ? admin.supervisor() : new Supervisor.Container(),
        past.get(),
        turn.get());
  }

  private List<String> advice(List<KeyObservation> keys, List<LoadedCertificate> loaded) {
    List<String> advice = new ArrayList<>(subPaths);
    advice.addAll(
        Advice.on(
            keys,
            loaded,
            key ->
                watch.stream()
                    .anyMatch(directory -> Files.exists(directory.resolve(key + ".sds.yaml")))));
    return advice;
  }

  private List<KeyObservation> ask(Snapshot first) {
    Snapshot snapshot = first;
    List<KeyObservation> keys = look(snapshot);
    for (int i = 1; i < LOOKS; i++) {
      Snapshot after = mounts.read();
      if (after.sameFilesAs(snapshot)) {
        break;
      }
      // Swapped while the listeners were asked: their answers belong to other files.
      answers.clear();
      snapshot = after;
      keys = look(snapshot);
    }
    return keys;
  }

  private void forget(String key) {
    Remembered files = remembered.get(key);
    if (files != null) {
      answers.keySet().removeIf(question -> files.hosts().contains(question.host()));
    }
  }

  /** Asks again what was asked longest ago; whether the answers are the same. */
  private boolean renewOldest() {
    Prober.Round round = prober.round();
    for (Question question : answers.keySet().stream().limit(RENEWED).toList()) {
      Answer before = answers.remove(question);
      Answer now = round.ask(question.endpoint(), question.host(), question.kind());
      answers.put(question, now);
      if (!now.equals(before)) {
        return false;
      }
    }
    return true;
  }

  /** What was found, and what may have changed since. */
  private record Baseline(
      EnvoyState envoy, Instant at, List<LoadedCertificate> loaded, List<KeyStatus> keys) {

    boolean stillRuns(EnvoyState now, Instant when) {
      return envoy instanceof EnvoyState.Up before
          && now instanceof EnvoyState.Up up
          && up.state().equals(before.state())
          && !up.startedNotBefore(when).isAfter(before.startedNotBefore(at).plusSeconds(1));
    }

    /** The serials that are loaded or no longer are, compared with then. */
    Set<String> changedSerials(List<LoadedCertificate> now) {
      Set<LoadedCertificate> changed = new HashSet<>(loaded);
      Set<LoadedCertificate> added = new HashSet<>(now);
      Set<LoadedCertificate> same = new HashSet<>(changed);
      same.retainAll(added);
      changed.addAll(added);
      changed.removeAll(same);
      Set<String> serials = new HashSet<>();
      changed.forEach(certificate -> serials.add(certificate.serialHex()));
      return serials;
    }

    boolean knows(Set<String> serials) {
      Set<String> unknown = new HashSet<>(serials);
      for (KeyStatus key : keys) {
        unknown.removeAll(serials(key));
      }
      return unknown.isEmpty();
    }

    boolean holdsFor(KeyFiles files, Set<String> changed) {
      return keys.stream()
          .filter(key -> key.key().equals(files.key()))
          .anyMatch(
              key ->
                  key.content().equals(files.digest())
                      && key.state() != State.Pending
                      && key.state() != State.Stale
                      && serials(key).stream().noneMatch(changed::contains));
    }

    private static Set<String> serials(KeyStatus key) {
      Set<String> serials = new HashSet<>();
      if (key.disk() != null) {
        serials.add(key.disk().serialHex());
      }
      if (key.served() != null) {
        serials.add(key.served().serialHex());
      }
      return serials;
    }
  }

  /**
   * The files that Envoy's configuration names and that are not there: an Envoy that is restarted
   * without them does not come back.
   */
  private List<KeyObservation> gone(
      List<LoadedCertificate> loaded, List<KeyObservation> keys, Instant now) {
    Set<String> names = new HashSet<>();
    keys.forEach(key -> names.add(key.key()));
    return loaded.stream()
        .filter(LoadedCertificate::fromConfiguredFile)
        .map(certificate -> Path.of(certificate.path()).normalize())
        .distinct()
        .filter(file -> watch.stream().anyMatch(file::startsWith) && !Files.exists(file))
        .map(file -> gone(file, names, now))
        .toList();
  }

  private static KeyObservation gone(Path file, Set<String> names, Instant now) {
    String name = String.valueOf(file.getFileName());
    String key = name.endsWith(".crt") ? name.substring(0, name.length() - ".crt".length()) : name;
    String reason =
        "Envoy's configuration names "
            + file
            + ", which is gone: put it back, or take it out of the configuration.";
    return new KeyObservation(
        names.add(key) ? key : file.toString(),
        name,
        "",
        new OnDisk.Broken(List.of(reason)),
        now,
        List.of(),
        List.of(),
        Set.of());
  }

  private List<KeyObservation> look(Snapshot snapshot) {
    Instant now = clock.instant();
    Set<Question> asked = new HashSet<>();
    Prober.Round round = prober.round();
    Map<String, Remembered> keys = new HashMap<>();
    List<KeyObservation> observations = new ArrayList<>();
    for (KeyFiles files : snapshot.keys()) {
      OnDisk onDisk = onDisk(files, now);
      Remembered key = remember(files, onDisk, remembered.get(files.key()), now);
      keys.put(files.key(), key);
      List<Answer> shown = new ArrayList<>();
      for (String host : key.hosts()) {
        for (Endpoint endpoint : prober.endpoints()) {
          Question question = new Question(endpoint, host, key.kind());
          asked.add(question);
          shown.add(
              answers.computeIfAbsent(
                  question, unknown -> round.ask(endpoint, host, unknown.kind())));
        }
      }
      observations.add(
          new KeyObservation(
              files.key(),
              files.certificateFile(),
              files.digest(),
              onDisk,
              key.appeared(),
              key.hosts(),
              shown,
              key.leaves()));
    }
    answers.keySet().retainAll(asked);
    remembered = keys;
    lastLook = now;
    return observations;
  }

  /** Empty when Envoy does not tell. */
  private Optional<List<LoadedCertificate>> loaded(EnvoyState envoy, List<String> problems) {
    if (!(envoy instanceof EnvoyState.Up)) {
      return Optional.empty();
    }
    try {
      return Optional.of(admin.certificates());
    } catch (IOException e) {
      String problem = "Envoy does not tell its certificates: " + e.getMessage() + ".";
      if (policy.strategy() == Strategy.verify) {
        log.warn("{}", problem);
      } else {
        problems.add(problem);
      }
      return Optional.empty();
    }
  }

  private List<String> refused(List<KeyStatus> keys) {
    boolean asked =
        policy.strategy() == Strategy.restart
            && keys.stream()
                .anyMatch(key -> key.state() == State.Stale && key.evidence() == Evidence.memory);
    try {
      return asked ? admin.refusals() : List.of();
    } catch (IOException e) {
      return List.of("it does not tell what it refused (" + e.getMessage() + ")");
    }
  }

  private Remembered remember(
      KeyFiles files, OnDisk onDisk, @Nullable Remembered before, Instant now) {
    Set<String> leaves = new LinkedHashSet<>(before == null ? Set.of() : before.leaves());
    List<String> hosts = before == null ? List.of() : before.hosts();
    KeyKind kind = before == null ? KeyKind.ANY : before.kind();
    if (files.content() instanceof KeyFiles.Pair pair
        && pair.inspection() instanceof Accepted accepted) {
      kind = Chains.kindOf(accepted.pair());
    }
    if (onDisk instanceof OnDisk.Usable usable) {
      leaves.add(usable.chain().leaf().sha256());
      hosts = usable.chain().leaf().dnsNames();
    } else if (onDisk instanceof OnDisk.OutOfDate outOfDate) {
      leaves.add(outOfDate.chain().leaf().sha256());
      hosts = outOfDate.chain().leaf().dnsNames();
    }
    while (leaves.size() > REMEMBERED_LEAVES) {
      leaves.remove(leaves.iterator().next());
    }
    Instant appeared =
        before != null && before.digest().equals(files.digest())
            ? before.appeared()
            : appeared(files, now);
    return new Remembered(files.digest(), appeared, hosts, kind, leaves);
  }

  /** What the file system says, as far as it agrees with when it was not yet there. */
  private Instant appeared(KeyFiles files, Instant now) {
    Instant earliest = lastLook == null ? files.modified() : lastLook;
    Instant appeared = files.modified().isBefore(earliest) ? earliest : files.modified();
    return appeared.isAfter(now) || appeared.equals(Instant.EPOCH) ? now : appeared;
  }

  private static OnDisk onDisk(KeyFiles files, Instant now) {
    if (files.content() instanceof KeyFiles.Incomplete incomplete) {
      return new OnDisk.Broken(List.of(incomplete.reason()));
    }
    KeyFiles.Pair pair = (KeyFiles.Pair) files.content();
    if (!(pair.inspection() instanceof Accepted accepted)) {
      return new OnDisk.Broken(errors(pair.inspection(), now));
    }
    return accepted.acceptedAt(now)
        ? new OnDisk.Usable(Chains.of(accepted.pair()), pair.canonical())
        : new OnDisk.OutOfDate(Chains.of(accepted.pair()), errors(accepted, now));
  }

  private static List<String> errors(Inspection inspection, Instant now) {
    return inspection.findingsAt(now, java.time.Duration.ZERO).stream()
        .filter(finding -> finding.severity() == Severity.ERROR)
        .map(Observer::sentence)
        .toList();
  }

  private static String sentence(Finding finding) {
    String message = finding.message();
    return finding.code()
        + ": "
        + message
        + (message.endsWith(".") ? " " : ". ")
        + finding.code().advice();
  }
}
