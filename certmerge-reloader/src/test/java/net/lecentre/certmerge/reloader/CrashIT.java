package net.lecentre.certmerge.reloader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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

  /** Kills a reloader at a step. */
  private static final class Killer {
    private final Step step;
    private final AtomicReference<Program> victim = new AtomicReference<>();
    private final CountDownLatch killed = new CountDownLatch(1);

    Killer(Step step) {
      this.step = step;
    }

    AdminBetween before(URI envoy) throws IOException {
      return new AdminBetween(
          envoy, path -> step.after || spares(path), path -> !step.after || spares(path));
    }

    private boolean spares(String path) {
      if (!path.equals(step.path) || killed.getCount() == 0) {
        return true;
      }
      Program program = victim.get();
      if (program != null) {
        program.kill();
        killed.countDown();
      }
      return false;
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
    Killer killer = new Killer(step);
    try (Gateway gateway = Gateway.with(Source.STATIC);
        AdminBetween admin = killer.before(gateway.envoy().adminUri());
        Program first = Program.start(directory, Map.of(), arguments(gateway, admin.uri()))) {
      killer.victim.set(first);
      first.await("a first look", () -> !first.status().path("keys").isEmpty());
      String renewed = gateway.renewShop();
      assertThat(killer.killed.await(90, TimeUnit.SECONDS)).as(first.log()).isTrue();

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
