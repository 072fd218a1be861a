package net.lecentre.certmerge.operator;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import net.lecentre.certmerge.operator.logs.JsonLines;
import net.lecentre.certmerge.operator.logs.TextLines;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Sets logging up: one record a line on standard output. */
final class Logging {
  private Logging() {}

  static void configure(Level level, boolean json) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    Encoder<ILoggingEvent> encoder = json ? new JsonLines() : new TextLines();
    encoder.setContext(context);
    encoder.start();
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    // Libraries say at info what concerns nobody, and at debug what may hold Secrets.
    root.setLevel(ch.qos.logback.classic.Level.WARN);
    // Warns of every API version that is not called stable; ours is fixed by what users have.
    context
        .getLogger("io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils")
        .setLevel(ch.qos.logback.classic.Level.ERROR);
    // Warns, with a stack trace, that a connection which is gone cannot be closed in good order.
    context
        .getLogger("io.fabric8.kubernetes.client.jdkhttp.JdkWebSocketImpl")
        .setLevel(ch.qos.logback.classic.Level.ERROR);
    context
        .getLogger(Logging.class.getPackageName())
        .setLevel(ch.qos.logback.classic.Level.convertAnSLF4JLevel(level));
  }
}
