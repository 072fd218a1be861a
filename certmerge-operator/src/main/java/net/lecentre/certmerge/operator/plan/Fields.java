package net.lecentre.certmerge.operator.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.util.List;
import java.util.stream.Collectors;
import net.lecentre.certmerge.operator.terminal.Mistyped;

/** Which field is meant when one cannot be read. */
final class Fields {
  private Fields() {}

  /** What is wrong with which field, and which was probably meant. */
  static String problem(String root, JsonProcessingException problem) {
    if (problem instanceof UnrecognizedPropertyException unknown) {
      List<String> known =
          unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
      return "there is no field "
          + path(root, unknown)
          + Mistyped.meant(unknown.getPropertyName(), known)
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
}
