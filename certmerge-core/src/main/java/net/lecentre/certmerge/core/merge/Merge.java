package net.lecentre.certmerge.core.merge;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.MergePlan.Change;
import net.lecentre.certmerge.core.merge.MergePlan.Entry;
import net.lecentre.certmerge.core.merge.MergePlan.Problem;
import net.lecentre.certmerge.core.merge.MergePlan.Removed;
import net.lecentre.certmerge.core.merge.MergePlan.State;
import org.jspecify.annotations.Nullable;

/** Decides what a target shall hold. */
public final class Merge {
  private final Current current;
  private final Policy policy;
  private final Instant now;

  private Merge(Current current, Policy policy, Instant now) {
    this.current = current;
    this.policy = policy;
    this.now = now;
  }

  /**
   * Plans a merge.
   *
   * <p>A key belongs to the first offer that has a pair for it: a good one, or one that is kept. So
   * a broken newcomer does not take a key from a good source behind it. A source offered twice for
   * a key counts once. An invalid pair is never written; with {@link OnInvalid#KEEP} the pair that
   * the target holds stays, if it came from the same source.
   *
   * @param offers in declared order
   * @param current what the target holds
   * @param policy how to merge
   * @param now the instant to judge validity periods at
   */
  public static MergePlan plan(List<Offer> offers, Current current, Policy policy, Instant now) {
    return new Merge(current, policy, now).plan(offers);
  }

  private MergePlan plan(List<Offer> offers) {
    Set<Claim> seen = new HashSet<>();
    Map<String, String> owners = new HashMap<>();
    List<Entry> entries = new ArrayList<>();
    List<Instant> changes = new ArrayList<>();
    long bytes = 0;
    for (Offer offer : offers) {
      if (!seen.add(new Claim(offer.key(), offer.source()))) {
        continue;
      }
      String owner = owners.get(offer.key());
      Entry entry = entry(offer, owner);
      entries.add(entry);
      if (entry.pair().isPresent()) {
        owners.put(offer.key(), offer.source());
      }
      if (owner == null && offer instanceof Offer.Content content) {
        content.inspection().nextChange(now, policy.expiryWarning()).ifPresent(changes::add);
      }
      if (entry.state() == State.KEPT) {
        // It stays whatever its validity, but that it ends is worth another look.
        new Accepted(entry.pair().orElseThrow(), List.of())
            .nextChange(now, policy.expiryWarning())
            .ifPresent(changes::add);
      }
      bytes += entry.pair().map(TlsPair::size).orElse(0);
    }
    int size = (int) Math.min(bytes, Integer.MAX_VALUE);
    return new MergePlan(
        entries,
        removed(entries),
        size,
        size > policy.maxBytes(),
        changes.stream().min(Comparator.naturalOrder()));
  }

  private Entry entry(Offer offer, @Nullable String owner) {
    if (offer instanceof Offer.Absent absent) {
      return excluded(offer, new Problem(absent.reason().text(), absent.message()), List.of());
    }
    Offer.Content content = (Offer.Content) offer;
    List<Finding> findings = content.inspection().findingsAt(now, policy.expiryWarning());
    if (owner != null) {
      return excluded(
          offer,
          new Problem(
              "Conflict",
              "the key " + offer.key() + " belongs to " + owner + ", which comes first"),
          findings);
    }
    if (content.inspection() instanceof Accepted accepted && accepted.acceptedAt(now)) {
      return written(offer, State.MERGED, accepted.pair(), Optional.empty(), findings);
    }
    Finding error = findings.get(0);
    Problem problem =
        new Problem(error.code().name(), error.message() + ". " + error.code().advice());
    Current.Entry held = current.entries().get(offer.key());
    if (policy.onInvalid() == OnInvalid.KEEP
        && held != null
        && held.source().equals(offer.source())) {
      return written(offer, State.KEPT, held.pair(), Optional.of(problem), findings);
    }
    return excluded(offer, problem, findings);
  }

  private static Entry excluded(Offer offer, Problem problem, List<Finding> findings) {
    return new Entry(
        offer.key(),
        offer.source(),
        State.EXCLUDED,
        Optional.empty(),
        Optional.of(problem),
        findings,
        Change.NONE);
  }

  private Entry written(
      Offer offer, State state, TlsPair pair, Optional<Problem> problem, List<Finding> findings) {
    Current.Entry held = current.entries().get(offer.key());
    Change change =
        held == null ? Change.ADDED : held.pair().equals(pair) ? Change.UNCHANGED : Change.CHANGED;
    return new Entry(
        offer.key(), offer.source(), state, Optional.of(pair), problem, findings, change);
  }

  private List<Removed> removed(List<Entry> entries) {
    Stream<Entry> written = entries.stream().filter(entry -> entry.pair().isPresent());
    Set<String> keys = new HashSet<>(written.map(Entry::key).toList());
    return current.entries().entrySet().stream()
        .filter(held -> !keys.contains(held.getKey()))
        .map(held -> new Removed(held.getKey(), held.getValue().source()))
        .sorted(Comparator.comparing(Removed::key))
        .toList();
  }

  private record Claim(String key, String source) {}
}
