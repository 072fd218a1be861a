package net.lecentre.certmerge.reloader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.inspect.Leaf;
import net.lecentre.certmerge.reloader.decide.Advice;
import net.lecentre.certmerge.reloader.decide.Answer;
import net.lecentre.certmerge.reloader.decide.Answer.Presented;
import net.lecentre.certmerge.reloader.decide.Chain;
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

  /** Of so many keys that are gone it is remembered what they held, should they come back. */
  private static final int REMEMBERED_GONE = 1_000;

  /** How many of the answers that seem to hold are asked for again at each glance. */
  private static final int RENEWED = 1;

  /** At how many keys it is looked first. */
  private static final int FIRST = 4;

  /** How long everything else is believed to be as it was, if nothing speaks against it. */
  private static final Duration BELIEVED = Duration.ofMinutes(10);

  private final Mounts mounts;
  private final Prober prober;
  private final EnvoyAdmin admin;
  private final List<Path> watch;
  private final List<String> subPaths;
  private final Policy policy;
  private final Supplier<Past> past;
  private final Supplier<Turn> turn;
  private final InstantSource clock;

  /**
   * How many looks in a row may do without Envoy's own word: what it has loaded or became of it is
   * found out within the grace and one interval all the same, as new files are.
   */
  private final long mostUntold;

  private long untold;
  private Map<String, Remembered> remembered = Map.of();
  private final Map<String, Remembered> gone = new LinkedHashMap<>();
  private final Map<Question, Answer> answers = new LinkedHashMap<>();
  private @Nullable Baseline baseline;
  private @Nullable Snapshot lastSnapshot;
  private @Nullable Instant lastLook;
  private int looks;

  Observer(
      Mounts mounts,
      Prober prober,
      EnvoyAdmin admin,
      List<Path> watch,
      Policy policy,
      Duration poll,
      Supplier<Past> past,
      Supplier<Turn> turn,
      InstantSource clock) {
    this.mounts = mounts;
    this.prober = prober;
    this.admin = admin;
    this.watch = watch.stream().map(path -> path.toAbsolutePath().normalize()).toList();
    this.subPaths = SubPaths.in(this.watch);
    this.policy = policy;
    this.mostUntold = policy.sdsGrace().dividedBy(poll);
    this.past = past;
    this.turn = turn;
    this.clock = clock;
  }

  private record Question(Endpoint endpoint, String host, KeyKind kind) {}

  private record Remembered(
      String digest, Instant appeared, List<String> hosts, KeyKind kind, Set<String> leaves) {
    /** The same without files: whatever comes back is new. */
    Remembered away() {
      return new Remembered("", appeared, hosts, kind, leaves);
    }
  }

  /**
   * Looks at a few keys, so that the first certificate need not wait for hundreds. As long as there
   * may be more, that is a problem.
   */
  Observation firstLook() {
    Snapshot snapshot = mounts.readSome(FIRST);
    EnvoyState envoy = admin.state();
    List<String> problems = new ArrayList<>();
    Optional<List<LoadedCertificate>> loaded = loaded(envoy, problems);
    List<KeyObservation> keys = look(snapshot);
    if (keys.isEmpty() || keys.size() == FIRST) {
      problems.add("Not everything has been looked at yet.");
    }
    // Of the others it was not seen when they were not yet there.
    lastLook = null;
    return judged(keys, envoy, loaded, problems);
  }

  /** How often everything was looked at. */
  int looks() {
    return looks;
  }

  /** Looks at everything, now. */
  Observation look() {
    looks++;
    answers.clear();
    Snapshot snapshot = mounts.read();
    List<KeyObservation> keys = ask(snapshot);
    EnvoyState envoy = admin.state();
    List<String> problems = new ArrayList<>(snapshot.problems());
    Optional<List<LoadedCertificate>> loaded = loaded(envoy, problems);
    return judged(keys, envoy, loaded, problems);
  }

  /**
   * Looks at what may have changed: an Envoy that still runs, with the certificates that it had, is
   * not asked again for every host. Of the others a few are, in turn. While nothing is waited for
   * and the files are as they were, Envoy itself is not asked at each look.
   */
  Observation glance() {
    Baseline before = baseline;
    if (before != null && untold < mostUntold && isQuiet(before)) {
      untold++;
      return renewOldest() ? again(before, before.seen().envoy()) : look();
    }
    untold = 0;
    // Before Envoy says for how long it has run: a slow answer does not make it a younger one.
    Instant asked = clock.instant();
    EnvoyState envoy = admin.state();
    List<String> problems = new ArrayList<>();
    Optional<List<LoadedCertificate>> loaded = loaded(envoy, problems);
    if (before == null || loaded.isEmpty() || !before.stillRuns(envoy, asked)) {
      log.debug("Envoy may be another one, and all is asked again: {}", envoy);
      return look();
    }
    Snapshot snapshot = mounts.read();
    boolean sameLoaded = before.loaded().equals(loaded.get());
    Set<String> changed = sameLoaded ? Set.of() : before.changedSerials(loaded.get());
    if (!before.explains(changed, snapshot)) {
      return look();
    }
    boolean same = sameLoaded && snapshot.equals(before.snapshot()) && before.isSettled();
    if (!same) {
      forgetChanged(snapshot, before, changed);
    }
    // The looks between, if there are any, are for the listeners.
    if ((mostUntold == 0 || !same) && !renewOldest()) {
      return look();
    }
    if (same && isBelieved(before)) {
      return again(before, envoy);
    }
    problems.addAll(snapshot.problems());
    return judged(ask(snapshot), envoy, loaded, problems);
  }

  /** Whether there is nothing new to ask Envoy about, and nothing that was done to it. */
  private boolean isQuiet(Baseline before) {
    Past done = past.get();
    return isBelieved(before)
        && before.isSettled()
        && !done.drained()
        && done.owed().isEmpty()
        && mounts.read().equals(before.snapshot());
  }

  private boolean isBelieved(Baseline before) {
    return clock.instant().isBefore(before.trueUntil(before.at().plus(BELIEVED)));
  }

  private Observation again(Baseline before, EnvoyState envoy) {
    Observation seen = before.seen();
    return new Observation(
        clock.instant(),
        seen.keys(),
        seen.problems(),
        seen.advice(),
        envoy,
        seen.refused(),
        seen.supervisor(),
        past.get(),
        turn.get());
  }

  private void forgetChanged(Snapshot snapshot, Baseline before, Set<String> changed) {
    Map<String, KeyStatus> keys = new HashMap<>();
    before.seen().keys().forEach(key -> keys.put(key.key(), key));
    for (KeyFiles files : snapshot.keys()) {
      KeyStatus key = keys.get(files.key());
      if (key == null || !Baseline.holdsFor(key, files, changed)) {
        forget(files.key());
      }
    }
  }

  private Observation judged(
      List<KeyObservation> keys,
      EnvoyState envoy,
      Optional<List<LoadedCertificate>> told,
      List<String> problems) {
    Instant asked = clock.instant();
    List<LoadedCertificate> loaded = told.orElse(List.of());
    keys.addAll(gone(loaded, keys, asked));
    List<KeyStatus> statuses = Judge.judge(keys, loaded, policy.sdsGrace(), asked);
    boolean conceivable =
        policy.strategy() != Strategy.verify
            && statuses.stream().anyMatch(key -> key.state() == State.Stale);
    Observation seen =
        new Observation(
            asked,
            statuses,
            problems,
            advice(keys, loaded),
            envoy,
            refused(statuses),
            conceivable ? admin.supervisor() : new Supervisor.Container(),
            past.get(),
            turn.get());
    Snapshot snapshot = lastSnapshot;
    baseline =
        told.isPresent() && snapshot != null ? new Baseline(asked, loaded, snapshot, seen) : null;
    return seen;
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
    lastSnapshot = snapshot;
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
    for (Map.Entry<Question, Answer> entry :
        answers.entrySet().stream().limit(RENEWED).map(Map.Entry::copyOf).toList()) {
      Question question = entry.getKey();
      Answer before = entry.getValue();
      Chain expected = before.shown() instanceof Presented presented ? presented.chain() : null;
      Answer now = round.ask(question.endpoint(), question.host(), question.kind(), expected);
      answers.remove(question);
      answers.put(question, now);
      if (!now.equals(before)) {
        log.debug(
            "{} at {} is not answered as before: {}", now.host(), now.endpoint(), now.shown());
        return false;
      }
    }
    return true;
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
      Remembered before = remembered.get(files.key());
      Remembered key =
          remember(files, onDisk, before == null ? gone.remove(files.key()) : before, now);
      keys.put(files.key(), key);
      List<Answer> shown = new ArrayList<>();
      Chain expected = files.content() instanceof KeyFiles.Pair pair ? pair.chain() : null;
      for (String host : key.hosts()) {
        for (Endpoint endpoint : prober.endpoints()) {
          Question question = new Question(endpoint, host, key.kind());
          asked.add(question);
          shown.add(
              answers.computeIfAbsent(
                  question, unknown -> round.ask(endpoint, host, unknown.kind(), expected)));
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
    rememberGone(keys.keySet());
    remembered = keys;
    lastLook = now;
    return observations;
  }

  /** Envoy may serve what a key held before its files went away, and miss their return. */
  private void rememberGone(Set<String> there) {
    remembered.forEach(
        (name, key) -> {
          if (!there.contains(name)) {
            gone.put(name, key.away());
          }
        });
    while (gone.size() > REMEMBERED_GONE) {
      gone.remove(gone.keySet().iterator().next());
    }
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
    if (files.content() instanceof KeyFiles.Pair pair) {
      kind = pair.kind();
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
    if (files.content() instanceof KeyFiles.Refused refused) {
      return new OnDisk.Broken(refused.reasons());
    }
    KeyFiles.Pair pair = (KeyFiles.Pair) files.content();
    Leaf leaf = pair.chain().leaf();
    if (now.isAfter(leaf.notAfter())) {
      return outOfDate(pair, Code.EXPIRED, "the certificate expired at " + leaf.notAfter());
    }
    if (now.isBefore(leaf.notBefore())) {
      return outOfDate(
          pair, Code.NOT_YET_VALID, "the certificate is not valid before " + leaf.notBefore());
    }
    return new OnDisk.Usable(pair.chain(), pair.canonical());
  }

  private static OnDisk outOfDate(KeyFiles.Pair pair, Code code, String message) {
    return new OnDisk.OutOfDate(pair.chain(), List.of(Mounts.sentence(code, message)));
  }
}
