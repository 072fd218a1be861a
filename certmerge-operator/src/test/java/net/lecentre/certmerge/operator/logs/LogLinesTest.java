package net.lecentre.certmerge.operator.logs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class LogLinesTest {
  private static final String FORGED = "shop\n00:00:00.000 INFO  all is well";

  private final ListAppender<ILoggingEvent> records = new ListAppender<>();
  private final Logger log = (Logger) LoggerFactory.getLogger("net.lecentre.certmerge.operator.X");

  @BeforeEach
  void listen() {
    log.setLevel(Level.INFO);
    log.setAdditive(false);
    records.setContext(log.getLoggerContext());
    records.start();
    log.addAppender(records);
  }

  @AfterEach
  void listenNoMore() {
    log.detachAppender(records);
  }

  @Test
  void what_a_record_says_beside_its_message_are_fields() throws Exception {
    log.atWarn()
        .addKeyValue("certmerge", "web/edge")
        .addKeyValue("source", "web/shop")
        .addKeyValue("reason", "KEY_MISMATCH")
        .log("web/{} is not merged", "shop");

    JsonNode record = json();
    assertThat(record.get("level").asText()).isEqualTo("WARN");
    assertThat(record.get("certmerge").asText()).isEqualTo("web/edge");
    assertThat(record.get("source").asText()).isEqualTo("web/shop");
    assertThat(record.get("reason").asText()).isEqualTo("KEY_MISMATCH");
    assertThat(record.get("message").asText()).isEqualTo("web/shop is not merged");
    assertThat(record.get("logger").asText()).isEqualTo("net.lecentre.certmerge.operator.X");
  }

  @Test
  void the_time_is_in_utc() throws Exception {
    log.info("now");

    assertThat(json().get("timestamp").asText())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z");
  }

  @Test
  void numbers_stay_numbers() throws Exception {
    log.atInfo().addKeyValue("port", 8080).log("running");

    assertThat(json().get("port").isInt()).isTrue();
  }

  @Test
  void a_field_cannot_take_the_place_of_another() throws Exception {
    log.atInfo().addKeyValue("level", "ERROR").addKeyValue("message", "forged").log("true");

    assertThat(json().get("level").asText()).isEqualTo("INFO");
    assertThat(json().get("message").asText()).isEqualTo("true");
  }

  @Test
  void what_the_sdk_says_names_the_certmerge_it_works_on() throws Exception {
    MDC.put("resource.namespace", "web");
    MDC.put("resource.name", "edge");
    try {
      log.warn("Uncaught error during event processing");
      assertThat(json().get("certmerge").asText()).isEqualTo("web/edge");
    } finally {
      MDC.clear();
    }
  }

  @Test
  void an_error_has_its_stack_trace_in_the_same_line() throws Exception {
    log.warn("failed", new IllegalStateException("above", new IllegalArgumentException("below")));

    assertThat(line(new JsonLines())).endsWith("}\n").containsOnlyOnce("\n");
    assertThat(json().get("error").asText())
        .contains("IllegalStateException: above", "IllegalArgumentException: below", "\n");
  }

  @Test
  void a_record_for_people_has_its_causes_in_the_same_line() {
    log.warn("failed", new IllegalStateException("above", new IllegalArgumentException("below")));

    assertThat(line(new TextLines()))
        .containsOnlyOnce("\n")
        .contains("WARN  failed | java.lang.IllegalStateException: above at ")
        .contains(" | java.lang.IllegalArgumentException: below at ");
  }

  @Test
  void a_record_for_people_shows_its_fields() {
    log.atInfo().addKeyValue("certmerge", "web/edge").log("merged");

    assertThat(line(new TextLines())).endsWith("INFO  merged certmerge=\"web/edge\"\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {FORGED, "shop\r\nx", "shop\u2028x", "shop\u0085x", "shop\u001b[2Kx"})
  void nobody_can_forge_a_record(String name) {
    log.atWarn()
        .addKeyValue("source", name)
        .log("{} is broken", name, new IllegalStateException(name));

    assertThat(line(new TextLines()).stripTrailing()).matches("[^\\p{Cntrl}\\u0085\\u2028]*");
    assertThat(line(new JsonLines())).containsOnlyOnce("\n");
  }

  @Test
  void no_key_gets_into_a_record() {
    String key = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----";
    log.atWarn().addKeyValue("source", key).log("{}", key, new IllegalStateException(key));

    assertThat(line(new TextLines())).doesNotContain("MIGHAgEAMBMGByqGSM49");
    assertThat(line(new JsonLines())).doesNotContain("MIGHAgEAMBMGByqGSM49");
  }

  private JsonNode json() throws Exception {
    return JsonMapper.builder().build().readTree(line(new JsonLines()));
  }

  private String line(Encoder<ILoggingEvent> encoder) {
    return new String(encoder.encode(records.list.get(0)), StandardCharsets.UTF_8);
  }
}
