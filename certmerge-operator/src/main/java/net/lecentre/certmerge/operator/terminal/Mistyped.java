package net.lecentre.certmerge.operator.terminal;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which word was meant by one that there is not. */
public final class Mistyped {
  /** More letters than that are another word. */
  private static final int MOST = 3;

  private Mistyped() {}

  /**
   * The word that was meant.
   *
   * @param known those that there are
   * @return empty when it is like none of them
   */
  public static Optional<String> meant(String typed, Collection<String> known) {
    return known.stream()
        .filter(name -> distance(typed, name) <= MOST)
        .min(Comparator.comparingInt(name -> distance(typed, name)));
  }

  /** How many letters have to be typed, left out or replaced, whatever their case (Levenshtein). */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int corner = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        boolean same =
            Character.toLowerCase(one.charAt(i - 1)) == Character.toLowerCase(other.charAt(j - 1));
        int replaced = corner + (same ? 0 : 1);
        corner = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
