package net.lecentre.certmerge.core.merge;

/**
 * How many entries may leave a target at once.
 *
 * @param value how many, or how many of a hundred
 * @param percent which of the two
 */
public record MaxRemovals(int value, boolean percent) {
  /** All of them. */
  public static final MaxRemovals ALL = percent(100);

  /** Refuses what is no number of entries, or no share of them. */
  public MaxRemovals {
    if (value < 0 || (percent && value > 100)) {
      throw new IllegalArgumentException("not a number of removals: " + value);
    }
  }

  /** At most so many entries. */
  public static MaxRemovals of(int entries) {
    return new MaxRemovals(entries, false);
  }

  /** At most this share of the entries that the target holds, those just added included. */
  public static MaxRemovals percent(int percent) {
    return new MaxRemovals(percent, true);
  }

  /** Whether so many of a target's entries may leave it at once. */
  boolean allows(int removals, int entries) {
    return percent ? 100L * removals <= (long) value * entries : removals <= value;
  }

  /** As people write it: {@code 3} or {@code 10%}. */
  @Override
  public String toString() {
    return percent ? value + "%" : Integer.toString(value);
  }
}
