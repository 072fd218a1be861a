package net.lecentre.certmerge.faults.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyConfig.Host;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TlsClient;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** An Envoy that follows its files by itself, and what makes the reloader's look at it hard. */
class GatewayIT {
  private static final Path JAR =
      Path.of("..", "certmerge-reloader", "target", "certmerge-reloader.jar").toAbsolutePath();
  private static final String SHOP = "shop.example.com";
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final TestCa ca = TestCa.create();
  private final KubeletMount mount = KubeletMount.create();
  private final Map<String, byte[]> files = new HashMap<>();
  private final HostPort address = HostPort.free();
  private final EnvoyProcess envoy;
  private String serial = renew();

  @TempDir private Path directory = Path.of("");

  GatewayIT() {
    envoy =
        EnvoyProcess.start(
            EnvoyConfig.of(
                EnvoyConfig.Source.FILE_SDS_WATCHED, Host.in(mount.directory(), SHOP, "shop-tls")));
  }

  @AfterEach
  void end() {
    envoy.close();
    mount.close();
  }

  private String renew() {
    IssuedPair pair = ca.issue(SHOP);
    files.put("shop-tls.crt", pair.crtBytes());
    files.put("shop-tls.key", pair.keyBytes());
    boolean ignored = mount.project(files);
    serial = pair.serial().toString(16);
    return serial;
  }

  private ChildProcess reloader(URI admin) {
    return ChildProcess.start(
        "reloader",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-jar",
            JAR.toString(),
            "--port=" + address.port(),
            "--watch=" + mount.directory(),
            "--envoy-admin=" + admin,
            "--probe=" + envoy.listener(),
            "--state-dir=" + directory.resolve("state"),
            "--coordinate=none",
            "--strategy=restart",
            "--sds-grace=2s",
            "--min-uptime=0s",
            "--poll=500ms"),
        Map.of(),
        directory.resolve("reloader.log"));
  }

  private String get(String path) throws Exception {
    return HTTP.send(
            HttpRequest.newBuilder(URI.create("http://" + address + path))
                .timeout(Duration.ofSeconds(5))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private JsonNode shop() throws Exception {
    JsonNode keys = new ObjectMapper().readTree(get("/status")).path("keys");
    return StreamSupport.stream(keys.spliterator(), false)
        .filter(it -> it.path("key").asText().equals("shop-tls"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no shop-tls in " + keys));
  }

  private void eventuallyServed() {
    eventually(
        () -> {
          assertThat(shop().path("state").asText()).isEqualTo("Served");
          assertThat(shop().path("served").path("serial").asText()).isEqualTo(serial);
        });
  }

  private static void eventually(ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(assertion);
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
    try (ChildProcess reloader = reloader(envoy.adminUri())) {
      eventuallyServed();

      envoy.signal("STOP");
      String renewed = renew();
      eventually(
          () -> assertThat(shop().path("state").asText()).as(reloader.log()).isEqualTo("Unknown"));
      envoy.signal("CONT");
      eventuallyServed();
      assertThat(envoy.restarts()).isZero();
      assertThat(onTheWire()).isEqualTo(renewed);

      envoy.signal("KILL");
      eventually(() -> assertThat(envoy.restarts()).isOne());
      renew();
      eventuallyServed();
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
      try (ChildProcess reloader = reloader(admin.url("/").uri())) {
        eventuallyServed();
        renew();
        eventuallyServed();
        assertThat(posts).as(reloader.log()).isEmpty();
      }
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "certmerge.long", matches = "true")
  void a_mount_that_is_emptied_leaves_the_gateway_as_it_is() {
    try (ChildProcess reloader = reloader(envoy.adminUri())) {
      eventuallyServed();
      String before = serial;

      boolean ignored = mount.project(Map.of());
      eventually(() -> assertThat(get("/status")).doesNotContain("\"state\":\"Served\""));
      assertThat(onTheWire()).isEqualTo(before);

      renew();
      eventuallyServed();
      assertThat(envoy.restarts()).as(reloader.log()).isZero();
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "certmerge.long", matches = "true")
  void files_that_are_swapped_again_and_again_in_the_midst_of_a_look_are_never_taken_for_broken()
      throws Exception {
    try (ChildProcess reloader = reloader(envoy.adminUri())) {
      eventuallyServed();
      for (int i = 0; i < 300; i++) {
        renew();
        if (i % 10 == 0) {
          // Swaps without a pause in between are told of as such.
          assertThat(get("/status")).as(reloader.log()).doesNotContain("Invalid");
        }
      }
      eventuallyServed();
      assertThat(envoy.restarts()).isZero();
    }
  }
}
