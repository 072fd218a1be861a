package net.lecentre.certmerge.core.merge;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.lecentre.certmerge.core.inspect.TlsPair;

/**
 * What the target holds now, in all of its shards.
 *
 * @param entries by key
 */
public record Current(Map<String, Entry> entries) {
  /** Copies the map. */
  public Current {
    entries = Map.copyOf(entries);
  }

  /** An empty or missing target. */
  public static Current none() {
    return new Current(Map.of());
  }

  /**
   * One pair of the target.
   *
   * @param source the source it came from; empty when that is not known, and then it is nobody's
   *     last good pair
   * @param pair the pair
   * @param shard the shard it is in, from 0
   * @param goneSince when its source was first seen to be gone, as the plan before has it; empty
   *     while the source is there
   */
  public record Entry(String source, TlsPair pair, int shard, Optional<Instant> goneSince) {
    /** Refuses nulls and negative numbers. */
    public Entry {
      Objects.requireNonNull(source);
      Objects.requireNonNull(pair);
      Objects.requireNonNull(goneSince);
      if (shard < 0) {
        throw new IllegalArgumentException("a negative shard: " + shard);
      }
    }

    /** A pair of the first shard whose source was there. */
    public Entry(String source, TlsPair pair) {
      this(source, pair, 0, Optional.empty());
    }
  }
}
