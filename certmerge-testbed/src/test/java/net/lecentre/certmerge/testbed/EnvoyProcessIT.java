package net.lecentre.certmerge.testbed;

import static java.util.concurrent.TimeUnit.SECONDS;
import static net.lecentre.certmerge.testbed.EnvoyConfig.Source.FILE_SDS;
import static net.lecentre.certmerge.testbed.EnvoyConfig.Source.FILE_SDS_WATCHED;
import static net.lecentre.certmerge.testbed.EnvoyConfig.Source.STATIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EnvoyProcessIT {
  private static final String HOST = "a.example.com";

  private final TestCa ca = TestCa.create();
  private final KubeletMount mount = KubeletMount.create();

  @AfterEach
  void close() {
    mount.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"STATIC", "FILE_SDS", "FILE_SDS_WATCHED"})
  void the_mounted_certificate_is_served(EnvoyConfig.Source source) {
    IssuedPair pair = mountPair(ca.intermediate().issue(HOST));

    try (EnvoyProcess envoy = envoy(source)) {
      assertThat(served(envoy)).isEqualTo(pair.chain());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyAlgorithm.class,
      names = {"RSA_2048", "RSA_3072", "RSA_4096", "P_256", "P_384", "P_521", "ED25519"})
  void pairs_of_every_kind_that_envoy_takes_are_served(KeyAlgorithm algorithm) {
    IssuedPair pair = mountPair(ca.issue(Request.forHosts(HOST).algorithm(algorithm)));

    try (EnvoyProcess envoy = envoy(STATIC)) {
      assertThat(served(envoy)).isEqualTo(pair.chain());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyAlgorithm.class,
      names = {"RSA_1024", "P_224", "SECP256K1", "ED448"})
  void a_start_that_envoy_refuses_fails_with_envoys_reason(KeyAlgorithm algorithm) {
    mountPair(ca.issue(Request.forHosts(HOST).algorithm(algorithm)));

    assertThatThrownBy(() -> envoy(STATIC))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("envoy ended with code 1 while starting", "a.crt");
  }

  @Test
  void each_host_is_answered_with_its_own_certificate() {
    IssuedPair a = ca.issue("a.example.com");
    IssuedPair b = ca.issue("b.example.com");
    mount.project(
        Map.of(
            "a.crt",
            a.crtBytes(),
            "a.key",
            a.keyBytes(),
            "b.crt",
            b.crtBytes(),
            "b.key",
            b.keyBytes()));
    EnvoyConfig config =
        EnvoyConfig.of(
            STATIC,
            EnvoyConfig.Host.in(mount.directory(), "a.example.com", "a"),
            EnvoyConfig.Host.in(mount.directory(), "b.example.com", "b"));

    try (EnvoyProcess envoy = EnvoyProcess.start(config)) {
      assertThat(TlsClient.handshake(envoy.listener(), "b.example.com"))
          .isEqualTo(new TlsClient.Served(b.chain()));
      assertThat(TlsClient.handshake(envoy.listener(), "a.example.com"))
          .isEqualTo(new TlsClient.Served(a.chain()));
      assertThat(TlsClient.handshake(envoy.listener(), "other.example.com"))
          .isInstanceOf(TlsClient.Failed.class);
    }
  }

  @Test
  void file_sds_with_a_watched_directory_picks_up_a_swap() {
    mountPair(ca.issue(HOST));
    try (EnvoyProcess envoy = envoy(FILE_SDS_WATCHED)) {
      IssuedPair renewed = mountPair(ca.issue(HOST));

      await().atMost(10, SECONDS).until(() -> served(envoy), renewed.chain()::equals);
      assertThat(envoy.restarts()).isZero();
    }
  }

  @Test
  void file_sds_without_a_watched_directory_picks_up_a_swap_too() {
    mountPair(ca.issue(HOST));
    try (EnvoyProcess envoy = envoy(FILE_SDS)) {
      IssuedPair renewed = mountPair(ca.issue(HOST));

      await().atMost(10, SECONDS).until(() -> served(envoy), renewed.chain()::equals);
      assertThat(envoy.restarts()).isZero();
    }
  }

  @Test
  void file_sds_keeps_the_served_pair_when_the_new_one_is_broken() throws Exception {
    IssuedPair good = mountPair(ca.issue(HOST));
    try (EnvoyProcess envoy = envoy(FILE_SDS_WATCHED)) {
      mountPair(ca.issue(Request.forHosts(HOST).withWrongKey()));

      // The rejection is counted: only then is it certain that Envoy has looked at the new files.
      await()
          .atMost(10, SECONDS)
          .until(() -> get(envoy, "/stats?filter=key_rotation_failed"), it -> it.contains(": 1"));
      assertThat(served(envoy)).isEqualTo(good.chain());
    }
  }

  @Test
  void static_files_stay_as_they_were_read_until_a_restart() throws Exception {
    IssuedPair first = mountPair(ca.issue(HOST));
    try (EnvoyProcess envoy = envoy(STATIC);
        EnvoyProcess witness = envoy(FILE_SDS)) {
      IssuedPair renewed = mountPair(ca.issue(HOST));

      // When the slower SDS has seen the swap, the static one had its chance.
      await().atMost(10, SECONDS).until(() -> served(witness), renewed.chain()::equals);
      assertThat(served(envoy)).isEqualTo(first.chain());

      quit(envoy);
      await()
          .atMost(10, SECONDS)
          .until(
              () -> TlsClient.handshake(envoy.listener(), HOST),
              new TlsClient.Served(renewed.chain())::equals);
      assertThat(envoy.restarts()).isEqualTo(1);
    }
  }

  @Test
  void envoy_is_started_again_at_the_same_address_each_time_it_quits() throws Exception {
    IssuedPair pair = mountPair(ca.issue(HOST));
    try (EnvoyProcess envoy = envoy(STATIC)) {
      for (int restarts = 1; restarts <= 2; restarts++) {
        quit(envoy);

        await().atMost(10, SECONDS).until(envoy::restarts, Integer.valueOf(restarts)::equals);
        await().atMost(10, SECONDS).until(envoy::isLive);
        assertThat(served(envoy)).isEqualTo(pair.chain());
      }
    }
  }

  @Test
  void closing_frees_the_address_and_leaves_no_file() throws Exception {
    mountPair(ca.issue(HOST));
    EnvoyProcess envoy = envoy(STATIC);

    envoy.close();

    assertThat(TlsClient.handshake(envoy.listener(), HOST)).isInstanceOf(TlsClient.Failed.class);
    assertThat(envoy.isLive()).isFalse();
    assertThat(envoy.logFile()).doesNotExist();
  }

  private EnvoyProcess envoy(EnvoyConfig.Source source) {
    return EnvoyProcess.start(
        EnvoyConfig.of(source, EnvoyConfig.Host.in(mount.directory(), HOST, "a")));
  }

  private IssuedPair mountPair(IssuedPair pair) {
    mount.project(Map.of("a.crt", pair.crtBytes(), "a.key", pair.keyBytes()));
    return pair;
  }

  private static List<X509Certificate> served(EnvoyProcess envoy) {
    TlsClient.Handshake handshake = TlsClient.handshake(envoy.listener(), HOST);
    assertThat(handshake).as(envoy.log()).isInstanceOf(TlsClient.Served.class);
    return ((TlsClient.Served) handshake).chain();
  }

  private static void quit(EnvoyProcess envoy) throws Exception {
    send(
        HttpRequest.newBuilder(envoy.adminUri().resolve("/quitquitquit"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build());
  }

  private static String get(EnvoyProcess envoy, String path) throws Exception {
    URI uri = envoy.adminUri().resolve(path);
    return send(HttpRequest.newBuilder(uri).build());
  }

  private static String send(HttpRequest request) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }
}
