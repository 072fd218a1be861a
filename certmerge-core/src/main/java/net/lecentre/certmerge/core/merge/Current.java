package net.lecentre.certmerge.core.merge;

import java.util.Map;
import net.lecentre.certmerge.core.inspect.TlsPair;

/**
 * What the target holds now.
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
   * @param source the source it came from
   * @param pair the pair
   */
  public record Entry(String source, TlsPair pair) {}
}
