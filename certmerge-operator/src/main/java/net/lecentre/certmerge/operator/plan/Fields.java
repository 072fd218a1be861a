package net.lecentre.certmerge.operator.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which field is meant when one cannot be read. */
final class Fields {
  /** More letters than that are another word. */
  private static final int MISTYPED = 3;

  private Fields() {}

  /** What is wrong with which field, and which was probably meant. */
  static String problem(String root, JsonProcessingException problem) {
    if (problem instanceof UnrecognizedPropertyException unknown) {
      List<String> known =
          unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
      return "there is no field "
          + path(root, unknown)
          + closest(unknown.getPropertyName(), known)
              .map(meant -> "; did you mean " + meant + "?")
              .orElse("; there are " + String.join(", ", known));
    }
    if (problem instanceof InvalidFormatException value && value.getTargetType().isEnum()) {
      return path(root, value) + ": '" + value.getValue() + "' is none of its values";
    }
    if (problem instanceof JsonMappingException mapping) {
      return path(root, mapping) + " is of another type than the CRD says";
    }
    return "it is damaged";
  }

  private static String path(String root, JsonMappingException problem) {
    return root
        + problem.getPath().stream()
            .map(
                step ->
                    step.getFieldName() == null
                        ? "[" + step.getIndex() + "]"
                        : "." + step.getFieldName())
            .collect(Collectors.joining());
  }

  private static Optional<String> closest(String typed, List<String> known) {
    return known.stream()
        .filter(name -> distance(typed, name) <= MISTYPED)
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
