package net.lecentre.certmerge.reloader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Severity;
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
import net.lecentre.certmerge.reloader.envoy.EnvoyAdmin;
import net.lecentre.certmerge.reloader.files.KeyFiles;
import net.lecentre.certmerge.reloader.files.Mounts;
import net.lecentre.certmerge.reloader.files.Snapshot;
import net.lecentre.certmerge.reloader.probe.Chains;
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

  private final Mounts mounts;
  private final Prober prober;
  private final EnvoyAdmin admin;
  private final List<Path> watch;
  private final Policy policy;
  private final Supplier<Past> past;
  private final InstantSource clock;
  private Map<String, Remembered> remembered = Map.of();
  private @Nullable Instant lastLook;

  Observer(
      Mounts mounts,
      Prober prober,
      EnvoyAdmin admin,
      List<Path> watch,
      Policy policy,
      Supplier<Past> past,
      InstantSource clock) {
    this.mounts = mounts;
    this.prober = prober;
    this.admin = admin;
    this.watch = watch.stream().map(path -> path.toAbsolutePath().normalize()).toList();
    this.policy = policy;
    this.past = past;
    this.clock = clock;
  }

  private record Remembered(
      String digest, Instant appeared, List<String> hosts, Set<String> leaves) {}

  /** Looks at everything, now. */
  Observation look() {
    Snapshot snapshot = mounts.read();
    List<KeyObservation> keys = look(snapshot);
    Instant asked = clock.instant();
    for (int i = 1; i < LOOKS; i++) {
      Snapshot after = mounts.read();
      if (after.sameFilesAs(snapshot)) {
        break;
      }
      // Swapped while the listeners were asked: their answers belong to other files.
      snapshot = after;
      keys = look(snapshot);
      asked = clock.instant();
    }
    EnvoyState envoy = admin.state();
    List<String> problems = new ArrayList<>(snapshot.problems());
    List<LoadedCertificate> loaded =
        envoy instanceof EnvoyState.Up ? loaded(problems) : List.<LoadedCertificate>of();
    keys.addAll(gone(loaded, keys, asked));
    List<KeyStatus> statuses = Judge.judge(keys, loaded, policy.sdsGrace(), asked);
    return new Observation(asked, statuses, problems, envoy, refused(statuses), past.get());
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
    Prober.Round round = prober.round();
    Map<String, Remembered> keys = new HashMap<>();
    List<KeyObservation> observations = new ArrayList<>();
    for (KeyFiles files : snapshot.keys()) {
      OnDisk onDisk = onDisk(files, now);
      Remembered key = remember(files, onDisk, remembered.get(files.key()), now);
      keys.put(files.key(), key);
      List<Answer> answers =
          key.hosts().stream().map(round::ask).flatMap(Collection::stream).toList();
      observations.add(
          new KeyObservation(
              files.key(),
              files.certificateFile(),
              files.digest(),
              onDisk,
              key.appeared(),
              key.hosts(),
              answers,
              key.leaves()));
    }
    remembered = keys;
    lastLook = now;
    return observations;
  }

  private List<LoadedCertificate> loaded(List<String> problems) {
    try {
      return admin.certificates();
    } catch (IOException e) {
      String problem = "Envoy does not tell its certificates: " + e.getMessage() + ".";
      if (policy.strategy() == Strategy.verify) {
        log.warn("{}", problem);
      } else {
        problems.add(problem);
      }
      return List.of();
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
    return new Remembered(files.digest(), appeared, hosts, leaves);
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
