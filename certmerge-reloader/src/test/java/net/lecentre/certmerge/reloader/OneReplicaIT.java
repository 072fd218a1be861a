package net.lecentre.certmerge.reloader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;
import net.lecentre.certmerge.testbed.TlsLoad;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway without another replica, and with clients that come directly. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class OneReplicaIT {
  private static final int CONNECTIONS_PER_SECOND = 150;
  private static final String QUIT = "/quitquitquit";

  @TempDir private Path directory;

  /**
   * A time without Envoy.
   *
   * @param from when it was asked to quit
   * @param until when it was seen that it is back
   */
  private record Away(long from, long until) {
    boolean explains(TlsLoad.Failure failure) {
      return failure.noticed() >= from && failure.begun() <= until;
    }
  }

  private Program reloader(Gateway gateway, URI admin) throws IOException {
    return Program.start(
        directory,
        Map.of(),
        List.of(
            "--watch=" + gateway.mount().directory(),
            "--envoy-admin=" + admin,
            "--probe=" + gateway.envoy().listener(),
            "--state-dir=" + directory.resolve("state"),
            "--coordinate=none",
            "--sds-grace=1s",
            "--min-uptime=0s",
            "--drain-timeout=2s",
            "--poll=1s"));
  }

  private static Away awaitBack(Program reloader, Gateway gateway, int restarts, AtomicLong quit) {
    reloader.await(
        "it is back", () -> gateway.envoy().restarts() == restarts && gateway.envoy().isLive());
    return new Away(quit.get(), System.nanoTime());
  }

  @Test
  void a_renewal_fails_no_request_but_while_the_container_restarts_as_in_any_restart()
      throws Exception {
    AtomicLong quit = new AtomicLong();
    try (Gateway gateway = Gateway.restartedAfter(Duration.ofSeconds(1), Source.STATIC);
        AdminBetween admin =
            new AdminBetween(
                gateway.envoy().adminUri(),
                path -> {
                  if (path.equals(QUIT)) {
                    quit.set(System.nanoTime());
                  }
                  return true;
                },
                path -> true);
        Program reloader = reloader(gateway, admin.uri())) {
      reloader.await("a first look", () -> !reloader.status().path("keys").isEmpty());
      try (TlsLoad load =
          TlsLoad.start(
              gateway.envoy().listener(), Gateway.SHOP, gateway.ca(), CONNECTIONS_PER_SECOND)) {
        reloader.await("some load", () -> load.requests() > CONNECTIONS_PER_SECOND);
        assertThat(load.failed()).isEmpty();

        String renewed = gateway.renewShop();
        Away renewal = awaitBack(reloader, gateway, 1, quit);
        reloader.await(
            "it is served and ready",
            () -> reloader.serves("shop-tls", renewed) && reloader.readiness() == 200);
        List<TlsLoad.Failure> failedByRenewal = load.failed();

        post(admin.uri().resolve(QUIT));
        Away restart = awaitBack(reloader, gateway, 2, quit);
        long then = load.requests();
        reloader.await("more load", () -> load.requests() > then + CONNECTIONS_PER_SECOND);

        assertThat(failedByRenewal).isNotEmpty().allMatch(renewal::explains);
        assertThat(load.failed())
            .hasSizeGreaterThan(failedByRenewal.size())
            .allMatch(failure -> renewal.explains(failure) || restart.explains(failure));
      }
    }
  }

  private static void post(URI uri) throws IOException, InterruptedException {
    HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.discarding());
  }
}
