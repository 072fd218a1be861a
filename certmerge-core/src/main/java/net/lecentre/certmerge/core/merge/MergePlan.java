package net.lecentre.certmerge.core.merge;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.TlsPair;

/**
 * What the target shall hold, and why.
 *
 * @param entries one for each offer, in the offers' order
 * @param removed what the target holds and no entry writes any more, by key
 * @param bytes how many bytes the values of the target will have together
 * @param tooLarge whether that is more than the policy allows; the target is then to be left alone
 * @param nextChange the next instant at which a validity period or a warning threshold of an offer
 *     or of a kept pair is reached, so that it is time to plan again; empty when there is none
 */
public record MergePlan(
    List<Entry> entries,
    List<Removed> removed,
    int bytes,
    boolean tooLarge,
    Optional<Instant> nextChange) {
  /** Copies the lists. */
  public MergePlan {
    entries = List.copyOf(entries);
    removed = List.copyOf(removed);
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
   */
  public record Entry(
      String key,
      String source,
      State state,
      Optional<TlsPair> pair,
      Optional<Problem> problem,
      List<Finding> findings,
      Change change) {
    /** Copies the list. */
    public Entry {
      findings = List.copyOf(findings);
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
}
