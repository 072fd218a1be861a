package net.lecentre.certmerge.reloader.report;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static net.lecentre.certmerge.reloader.report.Reports.report;
import static net.lecentre.certmerge.reloader.report.Reports.served;
import static net.lecentre.certmerge.reloader.report.Reports.stale;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusServerTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Report REPORT = report(served("shop", "shop.example.com"));
  private static final String METRICS = "a_metric 1.0\n".repeat(10_000);
  private static final String BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";

  private StatusServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new StatusServer(
            0, Optional::empty, out -> out.write(METRICS.getBytes(US_ASCII)), () -> REPORT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/*", "application/json", "text/plain", "application/json, text/html"})
  void a_program_gets_the_status_as_json(String accepted) throws Exception {
    HttpResponse<String> response = get("/status", "Accept", accepted);

    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.body()).isEqualTo(REPORT.json() + "\n");
  }

  @Test
  void metrics_are_answered_to_the_last() throws Exception {
    assertThat(get("/metrics").body()).isEqualTo(METRICS);
  }

  @Test
  void who_says_nothing_of_kinds_gets_json() throws Exception {
    assertThat(get("/status").body()).isEqualTo(REPORT.json() + "\n");
  }

  @Test
  void a_browser_gets_a_page_that_may_do_nothing() throws Exception {
    HttpResponse<String> response = get("/status", "Accept", BROWSER);

    assertThat(response.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'; style-src 'sha256-")
        .doesNotContain("unsafe");
    assertThat(response.body()).contains("shop.example.com", "expires in 80 days");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<script>alert(1)</script>", "\"><b>", "' onmouseover='x", "a\u202Eb"})
  void a_name_in_a_certificate_is_text_wherever_it_stands(String name) {
    Report report =
        new Report(
            Reports.NOW,
            List.of(stale(name, name, name)),
            List.of(name),
            List.of(name),
            name,
            new LastAction(name, Reports.NOW, name, name));

    assertThat(StatusPage.of(report)).doesNotContain(name).contains(Html.text(name));
  }

  @Test
  void requests_that_never_end_keep_nobody_else_from_an_answer() throws Exception {
    List<Socket> halves = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket half = new Socket(InetAddress.getLoopbackAddress(), server.port());
        halves.add(half);
        half.getOutputStream().write("GET /readyz HTTP/1.1\r\n".getBytes(US_ASCII));
      }

      assertThat(get("/readyz").statusCode()).isEqualTo(200);
    } finally {
      for (Socket half : halves) {
        half.close();
      }
    }
  }

  @Test
  void the_keys_that_somebody_has_to_look_at_come_first() {
    assertThat(StatusPage.of(report(served("a"), stale("b", "an older one"))))
        .containsSubsequence("1 Stale, 1 Served", "<td>b</td>", "<td>a</td>");
  }

  @Test
  void the_last_action_is_told_with_what_became_of_it() {
    LastAction action =
        new LastAction("restart", Instant.parse("2026-12-31T23:00:00Z"), "done", "b was stale");

    assertThat(StatusPage.of(REPORT.with("Nothing.", action)))
        .contains("Last action", "restart, <time>2026-12-31T23:00:00Z</time>, done: b was stale");
  }
}
