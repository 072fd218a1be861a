package net.lecentre.certmerge.operator.logs;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes each log record as one line for people. */
public final class TextLines extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(Fields.message(event));
    Fields.said(event)
        .forEach(
            (key, value) -> line.append(' ').append(key).append("=\"").append(value).append('"'));
    for (IThrowableProxy at = event.getThrowableProxy(); at != null; at = causeOf(at)) {
      line.append(" | ").append(Redaction.of(told(at)));
    }
    String level = String.format(Locale.ROOT, "%-5s", event.getLevel());
    // A line end would let a hostile name forge a record, an escape sequence hide one.
    String text = line.toString().replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]+", " ");
    return (TIME.format(Fields.time(event)) + " " + level + " " + text + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable IThrowableProxy causeOf(IThrowableProxy failure) {
    return failure.isCyclic() ? null : failure.getCause();
  }

  /** What failed and where; the whole way there is in the JSON records. */
  private static String told(IThrowableProxy failure) {
    StackTraceElementProxy[] steps = failure.getStackTraceElementProxyArray();
    String what =
        failure.getMessage() == null
            ? failure.getClassName()
            : failure.getClassName() + ": " + failure.getMessage();
    return steps == null || steps.length == 0 ? what : what + " " + steps[0].getSTEAsString();
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}
