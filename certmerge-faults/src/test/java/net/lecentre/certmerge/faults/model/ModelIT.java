package net.lecentre.certmerge.faults.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.lecentre.certmerge.faults.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The operator does what a model of its rules does, whatever happens in whatever order. */
class ModelIT {
  private static final Duration PATIENCE = Duration.ofMinutes(Stage.isLong() ? 5 : 1);
  private static final Duration SHRINKING = Duration.ofMinutes(10);

  @Test
  void a_random_history_ends_as_the_rules_say_and_so_is_every_target_in_between() {
    assertRight(Stage.seed(), 60, false);
  }

  /** {@code certmerge.steps} in histories of 300 each. */
  @Test
  @EnabledIfSystemProperty(named = "certmerge.long", matches = "true")
  void thousands_of_steps_with_the_operator_killed_now_and_then_end_as_the_rules_say() {
    int steps = Integer.getInteger("certmerge.steps", 3000);
    for (int i = 0; i < steps / 300; i++) {
      long seed = Stage.seed() + i;
      assertRight(seed, 300, true);
      System.out.printf("the history of seed %d agrees%n", seed);
    }
  }

  private static void assertRight(long seed, int length, boolean kills) {
    List<Step> steps = Histories.random(seed, length, kills);
    Optional<String> wrong = Play.of(steps, PATIENCE);
    if (wrong.isPresent()) {
      List<Step> fewest = shrink(steps);
      assertThat(wrong)
          .as("seed %d; the least that goes wrong:\n%s", seed, lines(fewest))
          .isEmpty();
    }
  }

  private static String lines(List<Step> steps) {
    return String.join("\n", steps.stream().map(Step::toString).toList());
  }

  /** Leaves out as many steps as it can, in chunks that get smaller, for some minutes. */
  private static List<Step> shrink(List<Step> steps) {
    Instant end = Instant.now().plus(SHRINKING);
    List<Step> fewest = steps;
    for (int chunk = steps.size() / 2; chunk > 0; chunk /= 2) {
      for (int from = 0; from < fewest.size() && Instant.now().isBefore(end); ) {
        List<Step> fewer = new ArrayList<>(fewest.subList(0, from));
        fewer.addAll(fewest.subList(Math.min(from + chunk, fewest.size()), fewest.size()));
        if (Play.of(fewer, Duration.ofSeconds(15)).isPresent()) {
          fewest = fewer;
        } else {
          from += chunk;
        }
      }
    }
    return fewest;
  }
}
