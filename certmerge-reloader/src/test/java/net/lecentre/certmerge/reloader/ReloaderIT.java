package net.lecentre.certmerge.reloader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.reloader.decide.Policy;
import net.lecentre.certmerge.reloader.decide.State;
import net.lecentre.certmerge.reloader.decide.Strategy;
import net.lecentre.certmerge.reloader.envoy.EnvoyAdmin;
import net.lecentre.certmerge.reloader.files.MountWatch;
import net.lecentre.certmerge.reloader.lease.Turns;
import net.lecentre.certmerge.reloader.probe.Endpoint;
import net.lecentre.certmerge.reloader.report.Report;
import net.lecentre.certmerge.reloader.restart.Pace;
import net.lecentre.certmerge.reloader.restart.Patience;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole reloader beside the real Envoy. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ReloaderIT {
  private static final Duration LONG = Duration.ofSeconds(40);

  @TempDir private Path notes;
  @TempDir private Path files;

  /** A reloader that runs until it is closed. */
  private final class Running implements AutoCloseable {
    private final EnvoyAdmin admin;
    private final MountWatch changes;
    private final Reloader reloader;
    private final Thread loop;

    Running(Gateway gateway, Strategy strategy) throws IOException {
      Settings settings =
          new Settings(
              List.of(gateway.directory()),
              List.of(
                  new Endpoint(
                      gateway.envoy().listener().host(), gateway.envoy().listener().port())),
              new Policy(strategy, Duration.ofSeconds(1), Duration.ZERO, false),
              new Patience(
                  Duration.ofSeconds(2),
                  Duration.ZERO,
                  Duration.ofMillis(300),
                  Duration.ofSeconds(30),
                  Duration.ofMillis(100)),
              Duration.ofSeconds(1),
              notes);
      admin = EnvoyAdmin.at(gateway.envoy().adminUri(), Duration.ofSeconds(5));
      changes = new MountWatch(settings.watch());
      reloader = new Reloader(settings, admin, Turns.alone(), Pace.system());
      loop = new Thread(this::run, "reloader");
      loop.start();
    }

    private void run() {
      try {
        reloader.run(changes);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    Report.Key shop() {
      return key("shop-tls");
    }

    Report.Key key(String name) {
      return reloader.report().keys().stream()
          .filter(key -> key.key().equals(name))
          .findAny()
          .orElseThrow(() -> new AssertionError(name + " was not looked at yet"));
    }

    /** Waits until shop-tls stands so, with this serial on disk. */
    void awaitShop(State state, String serial) {
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> {
                assertThat(shop().state()).isEqualTo(state);
                assertThat(shop().disk()).isNotNull();
                assertThat(shop().disk().serial()).isEqualTo(serial);
              });
    }

    void awaitShop(State state) {
      await().atMost(LONG).untilAsserted(() -> assertThat(shop().state()).isEqualTo(state));
    }

    void awaitNoKeys() {
      await().atMost(LONG).until(() -> reloader.report().keys().isEmpty());
    }

    /** Waits until everything that is on disk now was looked at, and acted upon. */
    void awaitAnotherPass() {
      for (int look = 0; look < 2; look++) {
        Instant before = reloader.report().at();
        await().atMost(LONG).until(() -> reloader.report().at().isAfter(before));
      }
    }

    String metrics() throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      reloader.metrics().writeTo(out);
      return out.toString(StandardCharsets.UTF_8);
    }

    Reloader reloader() {
      return reloader;
    }

    @Override
    public void close() throws IOException {
      loop.interrupt();
      await().atMost(LONG).until(() -> !loop.isAlive());
      changes.close();
      admin.close();
    }
  }

  @Test
  void a_static_envoy_serves_a_renewed_certificate_after_exactly_one_restart() throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC);
        Running running = new Running(gateway, Strategy.restart)) {
      running.awaitShop(State.Served);

      String renewed = gateway.renewShop();
      running.awaitShop(State.Served, renewed);
      running.awaitAnotherPass();

      assertThat(gateway.shopOnTheWire()).isEqualTo(renewed);
      assertThat(gateway.envoy().restarts()).isOne();
      assertThat(running.reloader().unready()).isEmpty();
      assertThat(running.metrics())
          .contains("certmerge_reloader_actions_total{action=\"restart\",result=\"done\"} 1.0")
          .contains("certmerge_reloader_served{key=\"shop-tls\"} 1.0");
    }
  }

  @Test
  void auto_restarts_an_envoy_that_names_the_file_as_the_origin() throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC);
        Running running = new Running(gateway, Strategy.auto)) {
      running.awaitShop(State.Served);

      running.awaitShop(State.Served, gateway.renewShop());

      assertThat(gateway.envoy().restarts()).isOne();
    }
  }

  @Test
  void verify_never_restarts_an_envoy_that_serves_an_outdated_certificate() throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC);
        Running running = new Running(gateway, Strategy.verify)) {
      running.awaitShop(State.Served);
      String before = gateway.shopOnTheWire();

      running.awaitShop(State.Stale, gateway.renewShop());
      running.awaitAnotherPass();

      assertThat(running.shop().served()).isNotNull();
      assertThat(running.shop().served().serial()).isEqualTo(before);
      assertThat(gateway.envoy().restarts()).isZero();
      assertThat(running.reloader().report().lastAction()).isNull();
      assertThat(running.metrics())
          .contains("certmerge_reloader_served{key=\"shop-tls\"} 0.0")
          .doesNotContain("certmerge_reloader_unserved_seconds{key=\"shop-tls\"} 0.0");
    }
  }

  @Test
  void an_envoy_with_sds_serves_a_renewed_certificate_by_itself() throws Exception {
    try (Gateway gateway = Gateway.with(Source.FILE_SDS_WATCHED);
        Running running = new Running(gateway, Strategy.restart)) {
      running.awaitShop(State.Served);

      running.awaitShop(State.Served, gateway.renewShop());

      assertThat(gateway.envoy().restarts()).isZero();
      assertThat(running.reloader().report().lastAction()).isNull();
    }
  }

  @Test
  void broken_files_are_invalid_and_nothing_is_done() throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC);
        Running running = new Running(gateway, Strategy.restart)) {
      running.awaitShop(State.Served);
      String before = gateway.shopOnTheWire();

      gateway.breakShop();
      running.awaitShop(State.Invalid);
      running.awaitAnotherPass();

      assertThat(running.shop().reason()).contains("KEY_MISMATCH");
      assertThat(gateway.shopOnTheWire()).isEqualTo(before);
      assertThat(gateway.envoy().restarts()).isZero();
      assertThat(running.metrics())
          .contains("certmerge_reloader_invalid_files{key=\"shop-tls\"} 1.0");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"auto", "restart"})
  void a_static_envoy_whose_other_files_are_gone_is_not_restarted(Strategy strategy)
      throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC);
        Running running = new Running(gateway, strategy)) {
      running.awaitShop(State.Served);
      String before = gateway.shopOnTheWire();

      gateway.removeBlog();
      running.awaitShop(State.Stale, gateway.renewShop());
      running.awaitAnotherPass();

      assertThat(running.key("blog-tls").state()).isEqualTo(State.Invalid);
      assertThat(running.key("blog-tls").reason()).contains("blog-tls.crt, which is gone");
      assertThat(running.reloader().report().decision()).contains("broken files of blog-tls");
      assertThat(gateway.envoy().restarts()).isZero();
      assertThat(gateway.shopOnTheWire()).isEqualTo(before);
    }
  }

  @Test
  void the_keys_of_one_host_that_are_renewed_together_lead_to_one_restart_and_readiness()
      throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC)) {
      gateway.renewSpare();
      try (Running running = new Running(gateway, Strategy.restart)) {
        running.awaitShop(State.Served);

        gateway.renewSpare();
        running.awaitShop(State.Served, gateway.renewShop());
        running.awaitAnotherPass();

        assertThat(running.key("spare-tls").state()).isIn(State.Unknown, State.Pending);
        assertThat(gateway.envoy().restarts()).isOne();
        assertThat(running.reloader().unready()).isEmpty();
        assertThat(running.metrics())
            .contains("certmerge_reloader_actions_total{action=\"restart\",result=\"done\"} 1.0");
      }
    }
  }

  @Test
  void what_envoy_refuses_of_sds_is_found_in_its_statistics() throws Exception {
    try (Gateway gateway = Gateway.with(Source.FILE_SDS_WATCHED);
        EnvoyAdmin admin = EnvoyAdmin.at(gateway.envoy().adminUri(), Duration.ofSeconds(5))) {
      assertThat(admin.refusals()).isEmpty();

      gateway.breakShop();

      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(admin.refusals())
                      .singleElement(InstanceOfAssertFactories.STRING)
                      .endsWith(".key_rotation_failed"));
    }
  }

  @Test
  void an_envoy_that_an_earlier_reloader_took_out_of_service_is_put_back() throws Exception {
    Files.writeString(
        notes.resolve("restart.json"),
        """
        {"phase": "draining", "reason": "r", "renewed": [], "served": [], "tried": []}""");
    try (Gateway gateway = Gateway.with(Source.FILE_SDS_WATCHED);
        EnvoyAdmin admin = EnvoyAdmin.at(gateway.envoy().adminUri(), Duration.ofSeconds(5))) {
      admin.failHealthcheck();
      await().atMost(LONG).until(() -> !gateway.envoy().isLive());

      try (Running running = new Running(gateway, Strategy.restart)) {
        await().atMost(LONG).until(() -> gateway.envoy().isLive());
        running.awaitShop(State.Served);
      }

      assertThat(notes).isEmptyDirectory();
    }
  }

  @Test
  void a_rotation_that_envoy_missed_is_found_and_repaired() throws Exception {
    try (Gateway gateway = Gateway.behindLink(files, Source.FILE_SDS_WATCHED);
        Running running = new Running(gateway, Strategy.restart)) {
      running.awaitShop(State.Served);

      String renewed = gateway.renewShop();
      running.awaitShop(State.Served, renewed);

      assertThat(gateway.shopOnTheWire()).isEqualTo(renewed);
      assertThat(gateway.envoy().restarts()).isOne();
    }
  }

  @Test
  void files_that_come_back_to_an_emptied_mount_and_that_envoy_missed_are_found_and_repaired()
      throws Exception {
    try (Gateway gateway = Gateway.behindLink(files, Source.FILE_SDS_WATCHED);
        Running running = new Running(gateway, Strategy.restart)) {
      running.awaitShop(State.Served);
      gateway.empty();
      running.awaitNoKeys();

      String renewed = gateway.renewShop();
      running.awaitShop(State.Served, renewed);

      assertThat(gateway.shopOnTheWire()).isEqualTo(renewed);
      assertThat(gateway.envoy().restarts()).isOne();
    }
  }

  @Test
  void an_emptied_mount_that_holds_the_same_again_is_served_as_before() throws Exception {
    try (Gateway gateway = Gateway.with(Source.FILE_SDS_WATCHED);
        Running running = new Running(gateway, Strategy.restart)) {
      running.awaitShop(State.Served);
      gateway.empty();
      running.awaitNoKeys();

      gateway.fill();
      running.awaitShop(State.Served);
      running.awaitAnotherPass();

      assertThat(gateway.envoy().restarts()).isZero();
    }
  }

  @Test
  void auto_only_tells_of_a_rotation_that_envoy_missed() throws Exception {
    try (Gateway gateway = Gateway.behindLink(files, Source.FILE_SDS_WATCHED);
        Running running = new Running(gateway, Strategy.auto)) {
      running.awaitShop(State.Served);

      running.awaitShop(State.Stale, gateway.renewShop());
      running.awaitAnotherPass();

      assertThat(running.reloader().report().decision()).contains("--strategy=restart");
      assertThat(gateway.envoy().restarts()).isZero();
    }
  }

  @Test
  void a_plain_envoy_with_the_mounted_sds_files_serves_a_renewal_without_a_restart()
      throws Exception {
    try (Gateway gateway = Gateway.with(Source.MOUNTED_SDS);
        Running running = new Running(gateway, Strategy.auto)) {
      running.awaitShop(State.Served);

      running.awaitShop(State.Served, gateway.renewShop());

      assertThat(running.reloader().report().advice()).isEmpty();
      assertThat(gateway.envoy().restarts()).isZero();
    }
  }

  @Test
  void a_static_envoy_is_told_how_to_do_without_restarts() throws Exception {
    try (Gateway gateway = Gateway.with(Source.STATIC);
        Running running = new Running(gateway, Strategy.verify)) {
      running.awaitShop(State.Served);

      assertThat(running.reloader().report().advice())
          .singleElement(InstanceOfAssertFactories.STRING)
          .contains("blog-tls, shop-tls", "path_config_source");
    }
  }

  @Test
  void a_listener_that_is_made_anew_serves_the_renewal_without_a_restart() throws Exception {
    try (Gateway gateway = Gateway.with(Source.FILE_LDS);
        Running running = new Running(gateway, Strategy.verify)) {
      running.awaitShop(State.Served);
      String renewed = gateway.renewShop();
      running.awaitShop(State.Stale, renewed);

      gateway.envoy().makeListenerAnew();

      running.awaitShop(State.Served, renewed);
      assertThat(gateway.envoy().restarts()).isZero();
    }
  }

  @Test
  void a_listener_from_a_file_that_stays_as_it_is_needs_a_restart() throws Exception {
    try (Gateway gateway = Gateway.with(Source.FILE_LDS);
        Running running = new Running(gateway, Strategy.auto)) {
      running.awaitShop(State.Served);

      running.awaitShop(State.Served, gateway.renewShop());

      assertThat(gateway.envoy().restarts()).isOne();
    }
  }

  @Test
  void an_envoy_that_crashes_while_nothing_else_changes_is_found_away_and_back() throws Exception {
    try (Gateway gateway = Gateway.restartedAfter(Duration.ofSeconds(5), Source.FILE_SDS_WATCHED);
        Running running = new Running(gateway, Strategy.restart)) {
      running.awaitShop(State.Served);
      running.awaitAnotherPass();

      gateway.envoy().signal("KILL");

      running.awaitShop(State.Unknown);
      running.awaitShop(State.Served);
      assertThat(gateway.envoy().restarts()).isOne();
      assertThat(running.reloader().report().lastAction()).isNull();
    }
  }
}
