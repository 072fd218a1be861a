package net.lecentre.certmerge.operator;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Sets logging up: one record a line on standard output. */
final class Logging {
  /** Line ends in a message would let a hostile name forge a record. */
  private static final String TEXT =
      "%date{HH:mm:ss.SSS} %-5level %replace(%message %kvp){'[\\r\\n]+', ' '}%n%xEx{short}";

  private Logging() {}

  static void configure(Level level, boolean json) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setEncoder(json ? json(context) : text(context));
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    // Libraries say at info what concerns nobody, and at debug what may hold Secrets.
    root.setLevel(ch.qos.logback.classic.Level.WARN);
    // Warns of every API version that is not called stable; ours is fixed by what users have.
    context
        .getLogger("io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils")
        .setLevel(ch.qos.logback.classic.Level.ERROR);
    context
        .getLogger(Logging.class.getPackageName())
        .setLevel(ch.qos.logback.classic.Level.convertAnSLF4JLevel(level));
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithContext(false);
    encoder.setWithMDC(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithFormattedMessage(true);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(TEXT);
    encoder.start();
    return encoder;
  }
}
