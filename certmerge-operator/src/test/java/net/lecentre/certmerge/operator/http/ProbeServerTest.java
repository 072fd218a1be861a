package net.lecentre.certmerge.operator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProbeServerTest {
  private final AtomicBoolean live = new AtomicBoolean(true);
  private final AtomicBoolean ready = new AtomicBoolean(true);
  private final ProbeServer server =
      ProbeServer.start(0, live::get, ready::get, () -> "certmerge_ready 1.0\n");
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
  void metrics_are_in_the_text_format_of_prometheus() throws Exception {
    HttpResponse<String> response = get("/metrics");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body()).isEqualTo("certmerge_ready 1.0\n");
  }

  @Test
  void there_is_nothing_else() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(404);
  }

  @Test
  void a_port_that_is_taken_is_told() {
    assertThatThrownBy(() -> ProbeServer.start(server.port(), () -> true, () -> true, () -> ""))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("port " + server.port());
  }

  @Test
  void a_closed_server_answers_no_more() {
    server.close();

    assertThatThrownBy(() -> get("/healthz")).isInstanceOf(ConnectException.class);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}
