package net.lecentre.certmerge.reloader;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The reloader is killed at each step of a restart, and started again as a kubelet does it. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class CrashIT {
  @TempDir private Path directory;

  /** The steps, by the request to the admin interface that each makes. */
  enum Step {
    NOTED("/healthcheck/fail", false),
    DRAINED("/healthcheck/fail", true),
    WAITING("/stats", false),
    ABOUT_TO_QUIT("/quitquitquit", false),
    QUIT("/quitquitquit", true),
    VERIFYING("/ready", false);

    private final String path;
    private final boolean after;

    Step(String path, boolean after) {
      this.path = path;
      this.after = after;
    }
  }

  /** Stands between the reloader and Envoy, and kills the reloader at a step. */
  private static final class Killing implements AutoCloseable {
    private final URI envoy;
    private final Step step;
    private final HttpServer server;
    private final HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicReference<Program> victim = new AtomicReference<>();
    private final CountDownLatch killed = new CountDownLatch(1);

    Killing(URI envoy, Step step) throws IOException {
      this.envoy = envoy;
      this.step = step;
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(Executors.newCachedThreadPool());
      server.createContext("/", this::answer);
      server.start();
    }

    URI uri() {
      return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
      try (exchange) {
        boolean now = exchange.getRequestURI().getPath().equals(step.path) && killed.getCount() > 0;
        if (now && !step.after) {
          kill();
          return;
        }
        HttpResponse<byte[]> response =
            http.send(
                HttpRequest.newBuilder(envoy.resolve(exchange.getRequestURI()))
                    .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody())
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (now) {
          kill();
          return;
        }
        exchange.sendResponseHeaders(response.statusCode(), response.body().length);
        exchange.getResponseBody().write(response.body());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void kill() {
      Program program = victim.get();
      if (program != null) {
        program.kill();
        killed.countDown();
      }
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private List<String> arguments(Gateway gateway, URI admin) {
    return List.of(
        "--watch=" + gateway.mount().directory(),
        "--envoy-admin=" + admin,
        "--probe=" + gateway.envoy().listener(),
        "--state-dir=" + directory.resolve("state"),
        "--sds-grace=0s",
        "--min-uptime=0s",
        "--unready-wait=0s",
        "--drain-timeout=1s",
        "--poll=1s");
  }

  @ParameterizedTest
  @EnumSource
  void a_reloader_that_is_killed_leaves_a_gateway_that_serves_and_its_successor_ends_the_work(
      Step step) throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC);
        Killing admin = new Killing(gateway.envoy().adminUri(), step);
        Program first = Program.start(directory, Map.of(), arguments(gateway, admin.uri()))) {
      admin.victim.set(first);
      first.await("a first look", () -> !first.status().path("keys").isEmpty());
      String renewed = gateway.renewShop();
      assertThat(admin.killed.await(90, TimeUnit.SECONDS)).as(first.log()).isTrue();

      first.await("the gateway serves", () -> !gateway.shopOnTheWire().isEmpty());

      try (Program second =
          Program.start(directory, Map.of(), arguments(gateway, gateway.envoy().adminUri()))) {
        second.await(
            "it is served and ready",
            () ->
                second.serves("shop-tls", renewed)
                    && second.readiness() == 200
                    && gateway.envoy().isLive());
      }
      assertThat(gateway.envoy().restarts()).isOne();
    }
  }
}
