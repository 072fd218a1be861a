package net.lecentre.certmerge.operator.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.lecentre.certmerge.operator.spec.LabelMatch.Operator;
import net.lecentre.certmerge.operator.spec.LabelMatch.Requirement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelMatchTest {
  @ParameterizedTest(name = "{0} {1} of {2} is {3}")
  @CsvSource({
    "IN, dev prod, dev, true",
    "IN, dev prod, prod, true",
    "IN, dev prod, test, false",
    "IN, dev prod, DEV, false",
    "NOT_IN, dev prod, dev, false",
    "NOT_IN, dev prod, test, true",
    "EXISTS, '', dev, true",
    "EXISTS, '', '', true",
    "DOES_NOT_EXIST, '', dev, false",
    "GREATER, 5, 6, true",
    "GREATER, 5, 5, false",
    "GREATER, 5, 10, true",
    "GREATER, -5, -4, true",
    "GREATER, 5, many, false",
    "GREATER, 5, '', false",
    "LESS, 5, 4, true",
    "LESS, 5, 5, false",
    "LESS, 10, 9, true",
    "LESS, 5, few, false",
  })
  void a_value_is_compared(Operator operator, String values, String value, boolean matches) {
    assertThat(match(operator, values).matches(Map.of("env", value))).isEqualTo(matches);
  }

  @Test
  void what_has_more_labels_than_anybody_needs_is_not_selected() {
    Map<String, String> labels = new HashMap<>();
    IntStream.range(0, LabelMatch.MOST_LABELS).forEach(i -> labels.put("label-" + i, ""));
    LabelMatch all = new LabelMatch(List.of(), false);

    assertThat(all.matches(labels)).isTrue();
    labels.put("one-more", "");
    assertThat(all.matches(labels)).isFalse();
  }

  @ParameterizedTest(name = "{0} is {2}")
  @CsvSource({
    "IN, dev, false",
    "NOT_IN, dev, true",
    "EXISTS, '', false",
    "DOES_NOT_EXIST, '', true",
    "GREATER, 5, false",
    "LESS, 5, false",
  })
  void a_missing_label_is_judged_as_kubernetes_does(
      Operator operator, String values, boolean matches) {
    assertThat(match(operator, values).matches(Map.of("other", "dev"))).isEqualTo(matches);
  }

  @Test
  void no_requirement_matches_everything() {
    assertThat(new LabelMatch(List.of(), false).matches(Map.of("env", "dev"))).isTrue();
  }

  @Test
  void a_selector_that_was_left_out_matches_nothing() {
    assertThat(LabelMatch.none().matches(Map.of("env", "dev"))).isFalse();
  }

  @Test
  void every_requirement_must_hold() {
    LabelMatch both =
        new LabelMatch(
            List.of(
                new Requirement("env", Operator.IN, List.of("dev")),
                new Requirement("team", Operator.EXISTS, List.of())),
            false);

    assertThat(both.matches(Map.of("env", "dev", "team", "web"))).isTrue();
    assertThat(both.matches(Map.of("env", "dev"))).isFalse();
    assertThat(both.matches(Map.of("team", "web"))).isFalse();
  }

  private static LabelMatch match(Operator operator, String values) {
    List<String> wanted =
        Arrays.stream(values.split(" ", -1)).filter(value -> !value.isEmpty()).toList();
    return new LabelMatch(List.of(new Requirement("env", operator, wanted)), false);
  }
}
