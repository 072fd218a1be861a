package net.lecentre.certmerge.operator.logs;

import static net.lecentre.certmerge.operator.Samples.issue;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  private static final IssuedPair PAIR = issue("shop.example.com");

  @Test
  void a_key_in_pem_is_taken_out() {
    assertThat(Redaction.of("cannot parse " + PAIR.keyPem() + "!"))
        .isEqualTo("cannot parse [redacted]\n!");
  }

  @Test
  void a_key_that_is_cut_off_is_taken_out() {
    String key = PAIR.keyPem();

    assertThat(Redaction.of("got " + key.substring(0, key.length() / 2)))
        .isEqualTo("got [redacted]");
  }

  @Test
  void a_key_in_a_json_text_is_taken_out() {
    assertThat(Redaction.of("{\"key\":\"" + PAIR.keyPem().replace("\n", "\\n") + "\"}"))
        .isEqualTo("{\"key\":\"[redacted]\\n\"}");
  }

  @Test
  void the_data_of_a_secret_is_taken_out() {
    String data = Base64.getEncoder().encodeToString(PAIR.keyBytes());

    assertThat(Redaction.of("Unrecognized token '" + data + "'"))
        .isEqualTo("Unrecognized token '[redacted]'");
  }

  @Test
  void a_line_from_the_middle_of_a_key_is_taken_out() {
    String line = PAIR.keyPem().lines().toList().get(1);

    assertThat(Redaction.of("at " + line)).isEqualTo("at [redacted]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "Failure executing: GET at: https://127.0.0.1:6443/api/v1/namespaces/web/secrets/shop",
        "/apis/certmerge.lecentre.net/v1alpha1/namespaces/web/certmerges/edge/status",
        "at io.fabric8.kubernetes.client.dsl.internal.OperationSupport.handleResponse(X.java:1)",
        "web/shop is not merged: KEY_MISMATCH, the key is another certificate's",
      })
  void what_people_need_stays(String text) {
    assertThat(Redaction.of(text)).isEqualTo(text);
  }
}
