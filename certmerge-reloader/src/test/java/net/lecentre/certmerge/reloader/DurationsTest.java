package net.lecentre.certmerge.reloader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "10s, PT10S",
    "500ms, PT0.5S",
    "2m, PT2M",
    "168h, PT168H",
    "1h30m, PT1H30M",
    "0s, PT0S",
    "PT1M30S, PT1M30S",
    "P1D, PT24H"
  })
  void durations_read_as_people_and_iso_8601_write_them(String text, Duration duration) {
    assertThat(new Durations().convert(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "10x", "-1s", "PT-1S", "1s1h", "99999999999s"})
  void anything_else_is_refused_with_an_example(String text) {
    assertThatThrownBy(() -> new Durations().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("10s, 500ms");
  }
}
