package net.lecentre.certmerge.reloader;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import net.lecentre.certmerge.reloader.decide.EnvoyState;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.LoadedCertificate;
import net.lecentre.certmerge.reloader.decide.Observation;
import net.lecentre.certmerge.reloader.decide.State;
import net.lecentre.certmerge.reloader.files.KeyFiles;
import net.lecentre.certmerge.reloader.files.Snapshot;

/**
 * What was found when it was last looked, against which it shows what may have changed since.
 *
 * @param at when
 * @param loaded what Envoy said it had loaded
 * @param snapshot the files
 * @param seen what was made of it
 */
record Baseline(Instant at, List<LoadedCertificate> loaded, Snapshot snapshot, Observation seen) {

  /** Whether the same Envoy runs on, in the same state. */
  boolean stillRuns(EnvoyState now, Instant when) {
    return seen.envoy() instanceof EnvoyState.Up before
        && now instanceof EnvoyState.Up up
        && up.state().equals(before.state())
        && !up.startedNotBefore(when).isAfter(before.startedNotBefore(at).plusSeconds(1));
  }

  /** Whether nothing is waited for. */
  boolean isSettled() {
    return seen.keys().stream()
        .allMatch(key -> key.state() == State.Served || key.state() == State.Invalid);
  }

  /** Until when no certificate on disk begins or ceases to be valid, and not beyond a limit. */
  Instant trueUntil(Instant limit) {
    return seen.keys().stream()
        .map(KeyStatus::disk)
        .filter(Objects::nonNull)
        .flatMap(leaf -> Stream.of(leaf.notBefore(), leaf.notAfter()))
        .filter(change -> !change.isBefore(at) && change.isBefore(limit))
        .min(Instant::compareTo)
        .orElse(limit);
  }

  /** The serials that are loaded now or were then, but not both. */
  Set<String> changedSerials(List<LoadedCertificate> now) {
    Set<LoadedCertificate> before = new HashSet<>(loaded);
    Set<LoadedCertificate> after = new HashSet<>(now);
    Set<String> serials = new HashSet<>();
    Stream.concat(
            before.stream().filter(certificate -> !after.contains(certificate)),
            after.stream().filter(certificate -> !before.contains(certificate)))
        .forEach(certificate -> serials.add(certificate.serialHex()));
    return serials;
  }

  /** Whether these serials are all of watched keys, as they were or as they are now. */
  boolean explains(Set<String> serials, Snapshot now) {
    if (serials.isEmpty()) {
      return true;
    }
    Set<String> open = new HashSet<>(serials);
    seen.keys().forEach(key -> open.removeAll(serials(key)));
    for (KeyFiles files : now.keys()) {
      if (files.content() instanceof KeyFiles.Pair pair) {
        open.remove(pair.chain().leaf().serialHex());
      }
    }
    return open.isEmpty();
  }

  /** Whether what was found of a key needs not be asked again. */
  static boolean holdsFor(KeyStatus key, KeyFiles files, Set<String> changed) {
    return key.content().equals(files.digest())
        && key.state() != State.Pending
        && key.state() != State.Stale
        && serials(key).stream().noneMatch(changed::contains);
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
