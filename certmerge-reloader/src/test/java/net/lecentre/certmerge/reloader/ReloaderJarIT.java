package net.lecentre.certmerge.reloader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program, as a process. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ReloaderJarIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  private Process start(Gateway gateway, String... more) throws IOException {
    return start(Map.of(), gateway, more);
  }

  private Process start(Map<String, String> environment, Gateway gateway, String... more)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-jar");
    command.add(Path.of("target", "certmerge-reloader.jar").toAbsolutePath().toString());
    command.add("--watch=" + gateway.mount().directory());
    command.add("--envoy-admin=" + gateway.envoy().adminUri());
    command.add("--probe=" + gateway.envoy().listener());
    command.add("--state-dir=" + directory.resolve("state"));
    command.addAll(List.of(more));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("err").toFile());
    builder.environment().remove("KUBERNETES_SERVICE_HOST");
    builder.environment().putAll(environment);
    return builder.start();
  }

  private int run(Gateway gateway, String... more) throws IOException, InterruptedException {
    Process process = start(gateway, more);
    try {
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }

  private JsonNode out() throws IOException {
    return JSON.readTree(Files.readString(directory.resolve("out")));
  }

  @Test
  void once_ends_with_0_and_tells_what_is_served() throws Exception {
    try (Gateway gateway = Gateway.with(Source.FILE_SDS_WATCHED)) {
      int exit = run(gateway, "--once", "--strategy=verify");

      assertThat(exit).isZero();
      assertThat(out().path("keys")).hasSize(2);
      JsonNode shop = out().path("keys").get(1);
      assertThat(shop.path("key").asText()).isEqualTo("shop-tls");
      assertThat(shop.path("state").asText()).isEqualTo("Served");
      assertThat(shop.path("hosts").get(0).asText()).isEqualTo(Gateway.SHOP);
      assertThat(shop.path("disk").path("serial").asText()).isEqualTo(gateway.shopOnTheWire());
      assertThat(shop.path("served")).isEqualTo(shop.path("disk"));
      assertThat(out().path("lastAction").isNull()).isTrue();
    }
  }

  @Test
  void once_ends_with_1_when_an_outdated_certificate_is_served() throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC)) {
      String before = gateway.shopOnTheWire();
      String renewed = gateway.renewShop();

      int exit = run(gateway, "--once", "--strategy=verify", "--sds-grace=0s");

      assertThat(exit).isOne();
      JsonNode shop = out().path("keys").get(1);
      assertThat(shop.path("state").asText()).isEqualTo("Stale");
      assertThat(shop.path("disk").path("serial").asText()).isEqualTo(renewed);
      assertThat(shop.path("served").path("serial").asText()).isEqualTo(before);
    }
  }

  @Test
  void a_dry_run_tells_the_restart_that_it_does_not_do() throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC)) {
      gateway.renewShop();

      run(gateway, "--once", "--dry-run", "--sds-grace=0s", "--min-uptime=0s");

      assertThat(out().path("lastAction").path("action").asText()).isEqualTo("restart");
      assertThat(out().path("lastAction").path("result").asText()).isEqualTo("dry_run");
      assertThat(gateway.envoy().restarts()).isZero();
      assertThat(gateway.envoy().isLive()).isTrue();
    }
  }

  @Test
  void in_a_cluster_whose_api_server_does_not_answer_nothing_is_done() throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC)) {
      gateway.renewShop();
      try (Program program =
          Program.start(
              directory,
              Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", "1"),
              List.of(
                  "--watch=" + gateway.directory(),
                  "--envoy-admin=" + gateway.envoy().adminUri(),
                  "--probe=" + gateway.envoy().listener(),
                  "--state-dir=" + directory.resolve("state"),
                  "--sds-grace=0s",
                  "--min-uptime=0s",
                  "--drain-timeout=0s"))) {
        program.await(
            "it says what it waits for",
            () ->
                program
                    .status()
                    .path("decision")
                    .asText()
                    .contains("the Lease default/certmerge-reloader cannot be used"));

        assertThat(program.readiness()).isEqualTo(200);
      }
      assertThat(gateway.envoy().restarts()).isZero();
    }
  }

  @Test
  void in_a_cluster_a_single_replica_restarts_envoy() throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC)) {
      String renewed = gateway.renewShop();
      Process process =
          start(
              Map.of("KUBERNETES_SERVICE_HOST", "192.0.2.1"),
              gateway,
              "--coordinate=none",
              "--once",
              "--sds-grace=0s",
              "--min-uptime=0s",
              "--drain-timeout=0s");

      assertThat(process.waitFor()).isZero();
      assertThat(gateway.shopOnTheWire()).isEqualTo(renewed);
      assertThat(gateway.envoy().restarts()).isOne();
    }
  }

  @Test
  void the_running_program_answers_on_its_port_and_logs_json() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (Gateway gateway = Gateway.with(Source.FILE_SDS_WATCHED)) {
      Process process = start(gateway, "--strategy=verify", "--port=" + port);
      try {
        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptions()
            .until(() -> get(port, "/status").body().contains("\"state\":\"Served\""));

        assertThat(get(port, "/healthz").statusCode()).isEqualTo(200);
        assertThat(get(port, "/readyz").statusCode()).isEqualTo(200);
        assertThat(get(port, "/metrics").body())
            .contains("certmerge_reloader_files_not_after_seconds{key=\"shop-tls\"}")
            .contains("certmerge_reloader_served{key=\"shop-tls\"} 1.0")
            .contains("certmerge_reloader_unserved_seconds{key=\"shop-tls\"} 0.0")
            .contains("certmerge_reloader_invalid_files{key=\"shop-tls\"} 0.0");
        List<String> log = Files.readAllLines(directory.resolve("out"));
        for (String line : log) {
          assertThat(JSON.readTree(line).has("formattedMessage")).isTrue();
        }
        assertThat(log).anyMatch(line -> line.contains("certificate of shop-tls is served"));
      } finally {
        process.destroy();
        process.waitFor();
      }
    }
  }

  @Test
  void a_program_that_is_ended_while_it_drains_puts_envoy_back_into_service() throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC);
        SSLSocket open = gateway.connect()) {
      assertThat(open.getSession().isValid()).isTrue();
      gateway.renewShop();
      Process process =
          start(
              gateway,
              "--strategy=restart",
              "--sds-grace=0s",
              "--min-uptime=0s",
              "--drain-timeout=10m",
              "--port=0");
      try {
        await().atMost(Duration.ofSeconds(30)).until(() -> !gateway.envoy().isLive());
      } finally {
        process.destroy();
        process.waitFor();
      }

      assertThat(gateway.envoy().isLive()).isTrue();
      assertThat(gateway.envoy().restarts()).isZero();
      assertThat(directory.resolve("state")).isEmptyDirectory();
    }
  }

  private static HttpResponse<String> get(int port, String path)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
