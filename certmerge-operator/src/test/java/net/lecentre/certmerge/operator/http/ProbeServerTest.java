package net.lecentre.certmerge.operator.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import net.lecentre.certmerge.operator.page.StatusView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeServerTest {
  private static final StatusView NONE = new StatusView("2027-01-01T00:00:00Z", List.of());

  private final AtomicBoolean live = new AtomicBoolean(true);
  private final AtomicBoolean ready = new AtomicBoolean(true);
  private final ProbeServer server =
      ProbeServer.start(0, live::get, ready::get, () -> "certmerge_ready 1.0\n", () -> NONE);
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void a_live_process_is_healthy() throws Exception {
    HttpResponse<String> response = get("/healthz");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ok\n");
  }

  @Test
  void a_process_that_should_not_go_on_is_not_healthy() throws Exception {
    live.set(false);

    HttpResponse<String> response = get("/healthz");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).isEqualTo("not ok\n");
  }

  @Test
  void a_process_that_works_is_ready() throws Exception {
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void a_process_that_does_not_work_yet_is_healthy_and_not_ready() throws Exception {
    ready.set(false);

    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void a_process_becomes_ready_without_a_restart() throws Exception {
    ready.set(false);
    assertThat(get("/readyz").statusCode()).isEqualTo(503);

    ready.set(true);

    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void requests_that_never_end_keep_nobody_else_from_an_answer() throws Exception {
    List<Socket> halves = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket half = new Socket(InetAddress.getLoopbackAddress(), server.port());
        halves.add(half);
        half.getOutputStream().write("GET /healthz HTTP/1.1\r\n".getBytes(US_ASCII));
      }

      assertThat(get("/healthz").statusCode()).isEqualTo(200);
    } finally {
      for (Socket half : halves) {
        half.close();
      }
    }
  }

  @Test
  void metrics_are_in_the_text_format_of_prometheus() throws Exception {
    HttpResponse<String> response = get("/metrics");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body()).isEqualTo("certmerge_ready 1.0\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/*", "application/json", "text/plain", "application/json, text/html"})
  void a_program_gets_the_status_as_json(String accepted) throws Exception {
    HttpResponse<String> response = get("/status", "Accept", accepted);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .contains("application/json; charset=utf-8");
    assertThat(response.body()).isEqualTo(NONE.json() + "\n");
  }

  @Test
  void who_says_nothing_of_kinds_gets_json() throws Exception {
    assertThat(get("/status").body()).isEqualTo(NONE.json() + "\n");
  }

  @Test
  void a_browser_gets_the_status_as_a_page_that_may_do_nothing() throws Exception {
    HttpResponse<String> response =
        get("/status", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'; style-src 'sha256-")
        .doesNotContain("unsafe");
    assertThat(response.body()).isEqualTo(NONE.html());
  }

  @Test
  void the_status_cannot_be_written() throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + "/status");
    HttpRequest post =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.noBody()).build();

    assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/status/", "/status/shop"})
  void there_is_nothing_else(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void a_port_that_is_taken_is_told() {
    assertThatThrownBy(
            () -> ProbeServer.start(server.port(), () -> true, () -> true, () -> "", () -> NONE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("port " + server.port());
  }

  @Test
  void a_closed_server_answers_no_more() {
    server.close();

    assertThatThrownBy(() -> get("/healthz")).isInstanceOf(ConnectException.class);
  }

  private HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
