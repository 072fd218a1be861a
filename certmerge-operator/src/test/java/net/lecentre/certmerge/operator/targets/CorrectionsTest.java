package net.lecentre.certmerge.operator.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.lecentre.certmerge.operator.Samples;
import net.lecentre.certmerge.operator.api.ObjectName;
import org.junit.jupiter.api.Test;

class CorrectionsTest {
  private static final ObjectName EDGE = new ObjectName("web", "edge");

  private final Corrections corrections = new Corrections();
  private Instant now = Samples.NOW;
  private int edits;

  private String edited() {
    return "edit " + ++edits;
  }

  private Optional<Duration> wait(String version, String news) {
    return corrections
        .notBefore(EDGE, version, news, now)
        .map(instant -> Duration.between(now, instant));
  }

  /** A target that was put right as often as is done at once. */
  private void correctedThreeTimes() {
    corrections.wrote(EDGE, "good", "", now);
    for (int i = 0; i < Corrections.AT_ONCE; i++) {
      String news = edited();
      assertThat(wait("good", news)).isEmpty();
      corrections.wrote(EDGE, "good", news, now);
    }
  }

  @Test
  void the_first_edits_are_undone_at_once_and_the_next_one_after_a_second() {
    correctedThreeTimes();

    assertThat(wait("good", edited())).hasValue(Duration.ofSeconds(1));
  }

  @Test
  void each_further_edit_is_undone_after_twice_the_time_and_none_later_than_after_a_minute() {
    correctedThreeTimes();

    for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      String news = edited();
      assertThat(wait("good", news)).hasValue(Duration.ofSeconds(seconds));
      now = now.plusSeconds(seconds);
      assertThat(wait("good", news)).isEmpty();
      corrections.wrote(EDGE, "good", news, now);
    }
  }

  @Test
  void what_the_sources_ask_for_anew_waits_for_nothing() {
    correctedThreeTimes();

    assertThat(wait("renewed", edited())).isEmpty();
  }

  @Test
  void a_write_that_nobody_made_necessary_is_no_correction() {
    corrections.wrote(EDGE, "good", "", now);
    for (int i = 0; i < 10; i++) {
      corrections.wrote(EDGE, "good", "", now);
    }

    assertThat(wait("good", edited())).isEmpty();
  }

  @Test
  void after_a_calm_time_edits_are_undone_at_once_again() {
    correctedThreeTimes();

    now = now.plus(Corrections.CALM);

    assertThat(wait("good", edited())).isEmpty();
  }

  @Test
  void a_clock_that_was_set_back_delays_nothing() {
    correctedThreeTimes();

    now = now.minusSeconds(3600);

    assertThat(wait("good", edited())).isEmpty();
  }

  @Test
  void a_certmerge_that_is_made_anew_starts_from_the_beginning() {
    correctedThreeTimes();

    corrections.forget(EDGE);

    assertThat(wait("good", edited())).isEmpty();
  }
}
