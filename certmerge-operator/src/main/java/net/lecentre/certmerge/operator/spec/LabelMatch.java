package net.lecentre.certmerge.operator.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A label selector, ready to be asked.
 *
 * @param requirements what must hold; none: everything matches
 * @param nothing whether nothing matches, as with a selector that was left out
 */
public record LabelMatch(List<Requirement> requirements, boolean nothing) {
  /**
   * What has more labels than this is not selected: every label of every Secret is in memory, and
   * nobody is to use that up with a few Secrets.
   */
  public static final int MOST_LABELS = 256;

  /** Copies the list. */
  public LabelMatch {
    requirements = List.copyOf(requirements);
  }

  /** Selects nothing. */
  static LabelMatch none() {
    return new LabelMatch(List.of(), true);
  }

  /** Whether a Secret's labels are selected. */
  public boolean matches(Map<String, String> labels) {
    return !nothing
        && labels.size() <= MOST_LABELS
        && requirements.stream()
            .allMatch(requirement -> requirement.holds(labels.get(requirement.key())));
  }

  /** A label of which every selected Secret has one of some values; empty if there is none. */
  public Optional<OneOf> oneOf() {
    return requirements.stream()
        .filter(requirement -> requirement.operator() == Operator.IN)
        .map(requirement -> new OneOf(requirement.key(), requirement.values()))
        .findFirst();
  }

  /**
   * A label that has one of some values.
   *
   * @param key the label
   * @param values the values
   */
  public record OneOf(String key, List<String> values) {}

  /**
   * One requirement.
   *
   * @param key the label it is about
   * @param operator how the value is compared
   * @param values what with
   */
  record Requirement(String key, Operator operator, List<String> values) {
    private boolean holds(@Nullable String value) {
      return switch (operator) {
        case IN -> value != null && values.contains(value);
        // As Kubernetes has it: a missing label is not in the list either.
        case NOT_IN -> value == null || !values.contains(value);
        case EXISTS -> value != null;
        case DOES_NOT_EXIST -> value == null;
        case GREATER -> compared(value).map(sign -> sign > 0).orElse(false);
        case LESS -> compared(value).map(sign -> sign < 0).orElse(false);
      };
    }

    private Optional<Integer> compared(@Nullable String value) {
      Optional<Long> number = value == null ? Optional.empty() : integer(value);
      return number.flatMap(
          found -> integer(values.get(0)).map(wanted -> Long.compare(found, wanted)));
    }
  }

  /** Reads a decimal integer; empty when it is none. */
  static Optional<Long> integer(String text) {
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException notAnInteger) {
      return Optional.empty();
    }
  }

  /** How a label's value is compared, and how many values that takes. */
  enum Operator {
    IN(1, Integer.MAX_VALUE),
    NOT_IN(1, Integer.MAX_VALUE),
    EXISTS(0, 0),
    DOES_NOT_EXIST(0, 0),
    GREATER(1, 1),
    LESS(1, 1);

    private final int fewest;
    private final int most;

    Operator(int fewest, int most) {
      this.fewest = fewest;
      this.most = most;
    }

    boolean takes(int values) {
      return values >= fewest && values <= most;
    }

    /** How many values it takes, in words. */
    String arity() {
      return most == 0 ? "no values" : most == 1 ? "exactly one value" : "at least one value";
    }
  }
}
