package net.lecentre.certmerge.faults.gateway;

import static net.lecentre.certmerge.faults.gateway.ReloaderProcess.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyConfig.Host;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TlsClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** An Envoy that follows its files by itself, and what makes the reloader's look at it hard. */
class GatewayIT {
  private static final String SHOP = "shop.example.com";
  private static final String SHOP_KEY = "shop-tls";

  private final TestCa ca = TestCa.create();
  private final KubeletMount mount = KubeletMount.create();
  private final Map<String, byte[]> files = new HashMap<>();
  private final EnvoyProcess envoy;
  private String serial = renew();

  @TempDir private Path directory = Path.of("");

  GatewayIT() {
    envoy =
        EnvoyProcess.start(
            EnvoyConfig.of(
                EnvoyConfig.Source.FILE_SDS_WATCHED, Host.in(mount.directory(), SHOP, SHOP_KEY)));
  }

  @AfterEach
  void end() {
    envoy.close();
    mount.close();
  }

  private String renew() {
    return renew(() -> {});
  }

  private String renew(Runnable beforeTheLinks) {
    IssuedPair pair = ca.issue(SHOP);
    files.put(SHOP_KEY + ".crt", pair.crtBytes());
    files.put(SHOP_KEY + ".key", pair.keyBytes());
    boolean ignored = mount.project(files, beforeTheLinks);
    serial = pair.serial().toString(16);
    return serial;
  }

  private ReloaderProcess reloader(URI admin) {
    return ReloaderProcess.start(directory, mount.directory(), admin, envoy.listener());
  }

  private String onTheWire() {
    return TlsClient.handshake(envoy.listener(), SHOP) instanceof TlsClient.Served served
        ? served.leaf().getSerialNumber().toString(16)
        : "";
  }

  /** It takes as long as handshakes with nobody. */
  @Test
  @EnabledIfSystemProperty(named = "certmerge.long", matches = "true")
  void an_envoy_that_hangs_is_not_known_and_one_that_is_killed_is_seen_again() {
    try (ReloaderProcess reloader = reloader(envoy.adminUri())) {
      reloader.awaitServed(SHOP_KEY, serial);

      envoy.signal("STOP");
      String renewed = renew();
      eventually(
          () ->
              assertThat(reloader.key(SHOP_KEY).path("state").asText())
                  .as(reloader.log())
                  .isEqualTo("Unknown"));
      envoy.signal("CONT");
      reloader.awaitServed(SHOP_KEY, serial);
      assertThat(envoy.restarts()).isZero();
      assertThat(onTheWire()).isEqualTo(renewed);

      envoy.signal("KILL");
      eventually(() -> assertThat(envoy.restarts()).isOne());
      renew();
      reloader.awaitServed(SHOP_KEY, serial);
      assertThat(envoy.restarts()).isOne();
    }
  }

  @Test
  void an_admin_interface_that_answers_rubbish_hides_nothing_and_is_asked_to_do_nothing()
      throws Exception {
    List<String> posts = new CopyOnWriteArrayList<>();
    try (MockWebServer admin = new MockWebServer()) {
      admin.setDispatcher(
          new Dispatcher() {
            private int number;

            @Override
            public synchronized MockResponse dispatch(RecordedRequest request) {
              if (!request.getMethod().equals("GET")) {
                posts.add(request.getTarget());
              }
              String[] rubbish = {"", "{", "[1,2]", "null", "<html>", "{\"certificates\": 7}"};
              return new MockResponse.Builder()
                  .code(number % 4 == 3 ? 503 : 200)
                  .headersDelay(number % 5 == 4 ? 1500 : 0, TimeUnit.MILLISECONDS)
                  .body(rubbish[number++ % rubbish.length])
                  .build();
            }
          });
      admin.start();
      try (ReloaderProcess reloader = reloader(admin.url("/").uri())) {
        reloader.awaitServed(SHOP_KEY, serial);
        renew();
        reloader.awaitServed(SHOP_KEY, serial);
        assertThat(posts).as(reloader.log()).isEmpty();
      }
    }
  }

  /**
   * The kubelet swaps the directory first and links names that are new after that; Envoy looks
   * once, in between. It counts that as a refusal, so nobody knows what it would come back with.
   */
  @Test
  void files_that_come_back_to_an_emptied_mount_while_envoy_looks_are_told_of_until_the_next_swap()
      throws Exception {
    try (ReloaderProcess reloader = reloader(envoy.adminUri())) {
      reloader.awaitServed(SHOP_KEY, serial);
      String before = serial;
      boolean ignored = mount.project(Map.of());
      eventually(() -> assertThat(reloader.keys()).isEmpty());
      assertThat(onTheWire()).isEqualTo(before);
      long missed = rotationsFailed();

      renew(() -> eventually(() -> assertThat(rotationsFailed()).isGreaterThan(missed)));

      eventually(
          () -> {
            assertThat(reloader.key(SHOP_KEY).path("state").asText()).isEqualTo("Stale");
            assertThat(reloader.get("/status")).contains("key_rotation_failed");
          });
      assertThat(onTheWire()).isEqualTo(before);

      renew();
      reloader.awaitServed(SHOP_KEY, serial);
      assertThat(envoy.restarts()).as(reloader.log()).isZero();
    }
  }

  private long rotationsFailed() throws IOException, InterruptedException {
    String statistics =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        envoy.adminUri().resolve("/stats?filter=key_rotation_failed"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return statistics.lines().mapToLong(line -> Long.parseLong(line.replaceAll(".*: ", ""))).sum();
  }

  @Test
  void a_reloader_whose_log_finds_a_full_disk_goes_on() {
    try (ReloaderProcess reloader =
        ReloaderProcess.startWithoutRoomForLogs(
            directory, mount.directory(), envoy.adminUri(), envoy.listener())) {
      reloader.awaitServed(SHOP_KEY, serial);
      renew();
      reloader.awaitServed(SHOP_KEY, serial);
      files.put(SHOP_KEY + ".key", new byte[0]);
      boolean ignored = mount.project(files);
      eventually(
          () -> assertThat(reloader.key(SHOP_KEY).path("state").asText()).isEqualTo("Invalid"));
      renew();
      reloader.awaitServed(SHOP_KEY, serial);
      assertThat(reloader.isAlive()).isTrue();
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "certmerge.long", matches = "true")
  void files_that_are_swapped_again_and_again_in_the_midst_of_a_look_are_never_taken_for_broken()
      throws Exception {
    try (ReloaderProcess reloader = reloader(envoy.adminUri())) {
      reloader.awaitServed(SHOP_KEY, serial);
      for (int i = 0; i < 300; i++) {
        renew();
        if (i % 10 == 0) {
          // Swaps without a pause in between are told of as such.
          assertThat(reloader.get("/status")).as(reloader.log()).doesNotContain("Invalid");
        }
      }
      reloader.awaitServed(SHOP_KEY, serial);
      assertThat(envoy.restarts()).isZero();
    }
  }
}
