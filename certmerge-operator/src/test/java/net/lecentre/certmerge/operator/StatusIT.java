package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.putMismatched;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.stream.StreamSupport;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a running operator tells on {@code /status}. */
class StatusIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final IssuedPair shop = issue("shop.example.com");
  private String namespace = "";

  @BeforeEach
  void merge() {
    namespace = Cluster.newNamespace();
    put(namespace, "shop", shop);
    putMismatched(namespace, "broken", "broken.example.com");
    Cluster.apply(namespace, "all", "name: merged, secretlist: [{name: shop}, {name: broken}]");
  }

  @Test
  void a_program_gets_the_status_of_every_certmerge_as_the_api_server_has_it() {
    eventually(
        () -> {
          JsonNode told = told().orElseThrow();
          assertThat(told.path("target").asText()).isEqualTo(namespace + "/merged");
          assertThat(told.path("status"))
              .isEqualTo(JSON.readTree(JSON.writeValueAsString(Cluster.status(namespace, "all"))));
          assertThat(told.path("status").path("counts").path("excluded").asInt()).isOne();
        });
  }

  @Test
  void a_browser_gets_a_page_that_names_what_is_wrong_and_no_key() {
    eventually(
        () ->
            assertThat(get("text/html"))
                .contains(namespace + "/all", "shop.example.com", "KEY_MISMATCH")
                .doesNotContain(shop.keyPem().lines().toList().get(1)));
  }

  @Test
  void a_certmerge_that_is_gone_is_told_no_more() {
    eventually(() -> assertThat(told()).isPresent());

    Cluster.client().resources(CertMerge.class).inNamespace(namespace).withName("all").delete();

    eventually(() -> assertThat(told()).isEmpty());
  }

  private Optional<JsonNode> told() throws IOException, InterruptedException {
    JsonNode all = JSON.readTree(get("*/*")).path("certmerges");
    return StreamSupport.stream(all.spliterator(), false)
        .filter(one -> one.path("namespace").asText().equals(namespace))
        .findFirst();
  }

  private static String get(String accepted) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + Cluster.port() + "/status");
    HttpRequest request = HttpRequest.newBuilder(uri).header("Accept", accepted).build();
    HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }
}
