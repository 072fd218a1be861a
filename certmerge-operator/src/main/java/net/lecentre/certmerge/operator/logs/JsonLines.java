package net.lecentre.certmerge.operator.logs;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes each log record as one JSON object in one line. What a record says beside its message are
 * fields of their own, such as {@code certmerge}, {@code source} and {@code reason}.
 */
public final class JsonLines extends EncoderBase<ILoggingEvent> {
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final byte[] NOTHING = {};

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("timestamp", Fields.time(event).toString());
    fields.put("level", event.getLevel().toString());
    // Nothing that is said takes the place of what every record has.
    Fields.said(event).forEach(fields::putIfAbsent);
    fields.put("message", Fields.message(event));
    fields.put("logger", event.getLoggerName());
    if (event.getThrowableProxy() != null) {
      fields.put("error", Redaction.of(ThrowableProxyUtil.asString(event.getThrowableProxy())));
    }
    try {
      return (JSON.writeValueAsString(fields) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException thereAreOnlyTextsAndNumbers) {
      throw new IllegalStateException(thereAreOnlyTextsAndNumbers);
    }
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}
