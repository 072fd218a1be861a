package net.lecentre.certmerge.operator.logs;

import static net.lecentre.certmerge.operator.Samples.issue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What libraries say of a failure may quote what they were given. */
class KeysInErrorsTest {
  private static final IssuedPair PAIR = issue("shop.example.com");
  private static final String PEM = PAIR.keyPem().replace("\n", "\\n");
  private static final String DATA = Base64.getEncoder().encodeToString(PAIR.keyBytes());

  static Stream<String> brokenSecrets() {
    return Stream.of(
        "{\"kind\":\"Secret\",\"data\":{\"tls.key\":" + DATA + "}}",
        "{\"kind\":\"Secret\",\"data\":{\"tls.key\":\"" + DATA,
        "{\"kind\":\"Secret\",\"data\":\"" + DATA + "\"}",
        "{\"kind\":\"Secret\",\"data\":{\"tls.key\":{\"" + DATA + "\":1}}}",
        "{\"kind\":\"Secret\",\"immutable\":\"" + PEM + "\"}",
        "{\"kind\":\"Secret\",\"metadata\":{\"generation\":\"" + PEM + "\"}}",
        "{\"kind\":\"Secret\",\"metadata\":\"" + PEM + "\"}",
        "{\"kind\":\"Secret\",\"stringData\":[\"" + PEM + "\"]}",
        PAIR.keyPem(),
        DATA,
        "{\"kind\":\"Secret\"}" + DATA);
  }

  @ParameterizedTest
  @MethodSource("brokenSecrets")
  void a_secret_that_cannot_be_read_shows_no_key(String json) {
    Throwable failure =
        failure(() -> JsonMapper.builder().build().readerFor(Secret.class).readValue(json));
    Throwable ofClient = failure(() -> new KubernetesSerialization().unmarshal(json, Secret.class));

    assertThat(logged(failure) + logged(ofClient)).satisfies(KeysInErrorsTest::holdsNoKey);
  }

  @Test
  void a_certmerge_with_a_key_where_a_list_belongs_shows_no_key() {
    Throwable failure =
        failure(
            () ->
                new KubernetesSerialization()
                    .unmarshal(
                        "{\"kind\":\"CertMerge\",\"spec\":{\"secretlist\":\"" + PEM + "\"}}",
                        CertMerge.class));

    assertThat(failure).isNotNull();
    assertThat(logged(failure)).satisfies(KeysInErrorsTest::holdsNoKey);
  }

  @Test
  void an_answer_of_the_api_server_that_quotes_a_request_shows_no_key() {
    KubernetesClientException failure =
        new KubernetesClientException(
            new StatusBuilder()
                .withCode(400)
                .withMessage("illegal base64 data, bigger context ...|" + DATA + "|...")
                .build());

    assertThat(logged(new IllegalStateException("wrapped", failure)))
        .contains("illegal base64 data")
        .satisfies(KeysInErrorsTest::holdsNoKey);
  }

  /** What goes wrong; what does not is nothing to be logged. */
  private static Throwable failure(ThrowingCallable reading) {
    Throwable failure = catchThrowable(reading);
    return failure == null ? new IllegalStateException("it was read") : failure;
  }

  private static String logged(Throwable failure) {
    LoggingEvent event =
        new LoggingEvent(
            KeysInErrorsTest.class.getName(),
            (Logger) LoggerFactory.getLogger(KeysInErrorsTest.class),
            Level.WARN,
            "failed: {}",
            failure,
            new Object[] {failure.getMessage()});
    return new String(new JsonLines().encode(event), StandardCharsets.UTF_8)
        + new String(new TextLines().encode(event), StandardCharsets.UTF_8);
  }

  private static void holdsNoKey(String log) {
    List<String> lines = PAIR.keyPem().lines().filter(line -> !line.startsWith("-----")).toList();
    assertThat(lines).isNotEmpty().noneMatch(log::contains);
    for (int from = 40; from + 24 < DATA.length(); from += 24) {
      assertThat(log).doesNotContain(DATA.substring(from, from + 24));
    }
  }
}
