package net.lecentre.certmerge.operator.logs;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.event.KeyValuePair;

/** What a log record says, by name. */
final class Fields {
  static final String CERTMERGE = "certmerge";

  /** How the SDK marks what a thread works on. */
  private static final String NAMESPACE = "resource.namespace";

  private static final String NAME = "resource.name";

  private Fields() {}

  /** The key-value pairs of a record, and the CertMerge that was worked on if they name none. */
  static Map<String, Object> said(ILoggingEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    Map<String, String> context = event.getMDCPropertyMap();
    if (context.containsKey(NAMESPACE) && context.containsKey(NAME)) {
      fields.put(CERTMERGE, context.get(NAMESPACE) + "/" + context.get(NAME));
    }
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        fields.put(pair.key, value(pair.value));
      }
    }
    return fields;
  }

  private static Object value(Object value) {
    return value instanceof Number || value instanceof Boolean
        ? value
        : Redaction.of(Objects.toString(value));
  }

  static String message(ILoggingEvent event) {
    return Redaction.of(Objects.toString(event.getFormattedMessage()));
  }

  static Instant time(ILoggingEvent event) {
    return Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS);
  }
}
