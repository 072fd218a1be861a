package net.lecentre.certmerge.core.merge;

import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.TlsPair;

/**
 * What the target shall hold, and why.
 *
 * @param entries one for each offer, in the offers' order; after them, by key, what stays although
 *     nobody offers it
 * @param removed what the target holds and no entry writes any more, by key
 * @param held the removal that is held back; empty when none is
 * @param shards what each Secret of the target shall hold, at least one; empty when the plan is too
 *     large
 * @param bytes how many bytes the values of the target would have together, at most {@link
 *     Integer#MAX_VALUE}
 * @param tooLarge whether that does not fit in the Secrets that the policy allows; the target is
 *     then to be left alone
 * @param nextChange the next instant at which a validity period, a warning threshold or a grace
 *     period of an entry is reached, so that it is time to plan again; empty when there is none
 */
public record MergePlan(
    List<Entry> entries,
    List<Removed> removed,
    Optional<Held> held,
    List<Shard> shards,
    int bytes,
    boolean tooLarge,
    Optional<Instant> nextChange) {
  /** Copies the lists. */
  public MergePlan {
    entries = List.copyOf(entries);
    removed = List.copyOf(removed);
    shards = List.copyOf(shards);
  }

  /** The entries that have a pair to write; each key occurs once. */
  public Stream<Entry> written() {
    return entries.stream().filter(entry -> entry.pair().isPresent());
  }

  /** When the first of the written leaves expires; empty when nothing is written. */
  public Optional<Instant> nextExpiry() {
    return written()
        .map(entry -> entry.pair().orElseThrow().leaf().notAfter())
        .min(Comparator.naturalOrder());
  }

  /**
   * What becomes of one offer.
   *
   * @param key the key in the target
   * @param source the source's name
   * @param state whether the source is in the target
   * @param pair what to write; empty exactly when the state is {@link State#EXCLUDED}
   * @param problem why the source is not merged; empty exactly when the state is {@link
   *     State#MERGED}
   * @param findings what was found out about the source's content, errors first
   * @param change what this does to the key in the target
   * @param goneSince when the source was first seen to be gone; present exactly when its pair stays
   *     all the same. Whoever writes the target remembers it: see {@link Current.Entry#goneSince}
   */
  public record Entry(
      String key,
      String source,
      State state,
      Optional<TlsPair> pair,
      Optional<Problem> problem,
      List<Finding> findings,
      Change change,
      Optional<Instant> goneSince) {
    /** Does not copy the findings: that would ask for them before anybody needs them. */
    public Entry {
      findings = Collections.unmodifiableList(findings);
    }
  }

  /** Whether a source is in the target. */
  public enum State {
    /** With what it holds now. */
    MERGED,
    /** With an earlier good pair. */
    KEPT,
    /** Not at all. */
    EXCLUDED
  }

  /** What an entry does to its key in the target. */
  public enum Change {
    /** The key is new. */
    ADDED,
    /** The key gets another pair. */
    CHANGED,
    /** The key has this pair already. */
    UNCHANGED,
    /** The entry writes nothing. */
    NONE
  }

  /**
   * Why a source is not merged.
   *
   * @param reason the name of a finding's code, or {@code NotFound}, {@code NotTls}, {@code
   *     NotAllowed}, {@code Managed}, {@code Conflict}
   * @param message what is wrong and what to do
   */
  public record Problem(String reason, String message) {}

  /**
   * A key that leaves the target.
   *
   * @param key the key
   * @param source the source its pair came from
   */
  public record Removed(String key, String source) {}

  /**
   * A removal of more entries than may leave at once. None of them leaves; everything else goes on.
   *
   * @param id names exactly these entries: with it the removal can be {@linkplain Policy#release
   *     released}
   * @param removals what would leave, by key
   */
  public record Held(String id, List<Removed> removals) {
    /** Copies the list. */
    public Held {
      removals = List.copyOf(removals);
    }
  }

  /**
   * What one Secret of the target shall hold.
   *
   * @param pairs by key
   * @param bytes how many bytes the values will have together
   */
  public record Shard(SortedMap<String, TlsPair> pairs, int bytes) {
    /** Copies the map. */
    public Shard {
      pairs = Collections.unmodifiableSortedMap(new TreeMap<>(pairs));
    }
  }
}
