package net.lecentre.certmerge.operator.flags;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 168h}, {@code 1h30m} and {@code 500ms} as Go does, and ISO-8601. */
public final class Durations implements ITypeConverter<Duration> {
  /** The parser below passes over whatever it does not understand: 1.5h would be five hours. */
  private static final Pattern WHOLE = Pattern.compile("[Pp].*|([0-9]+[a-zµ]+)+");

  @Override
  public Duration convert(String text) {
    Duration duration = read(text).orElseThrow(() -> notADuration(text));
    if (duration.isZero()) {
      throw new TypeConversionException("'" + text + "' is not longer than nothing");
    }
    return duration;
  }

  /** Reads a duration that may be nothing at all; empty when the text is none or negative. */
  public static Optional<Duration> read(String text) {
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    if (!WHOLE.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      Duration duration =
          text.toUpperCase(Locale.ROOT).startsWith("P")
              ? Duration.parse(text)
              : io.fabric8.kubernetes.api.model.Duration.parse(text).getDuration();
      return Optional.of(duration).filter(one -> !one.isNegative());
    } catch (java.text.ParseException
        | java.time.format.DateTimeParseException
        | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static TypeConversionException notADuration(String text) {
    return new TypeConversionException(
        "'" + text + "' is not a duration such as 168h, 1h30m, 500ms or PT168H");
  }
}
