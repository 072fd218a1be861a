package net.lecentre.certmerge.reloader;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads durations: {@code 10s}, {@code 500ms}, {@code 2m}, {@code 1h30m}, or ISO-8601. */
final class Durations implements ITypeConverter<Duration> {
  private static final Pattern UNITS =
      Pattern.compile("(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

  @Override
  public Duration convert(String text) {
    Matcher units = UNITS.matcher(text);
    if (!text.isEmpty() && units.matches()) {
      return Duration.ofHours(number(units, 1))
          .plusMinutes(number(units, 2))
          .plusSeconds(number(units, 3))
          .plusMillis(number(units, 4));
    }
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative()) {
        return duration;
      }
    } catch (DateTimeException e) {
      // Said below, as for a negative one.
    }
    throw new TypeConversionException(
        "'" + text + "' is no duration such as 10s, 500ms, 2m or PT1M30S");
  }

  private static long number(Matcher units, int group) {
    String digits = units.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
