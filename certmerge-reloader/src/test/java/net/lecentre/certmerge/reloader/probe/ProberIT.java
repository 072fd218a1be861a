package net.lecentre.certmerge.reloader.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.reloader.decide.Answer;
import net.lecentre.certmerge.reloader.decide.Answer.NoProof;
import net.lecentre.certmerge.reloader.decide.Answer.Presented;
import net.lecentre.certmerge.reloader.decide.Answer.Shown;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyConfig.Host;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Parts;
import net.lecentre.certmerge.testbed.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ProberIT {
  @TempDir private Path directory;

  private IssuedPair write(String host) throws IOException {
    IssuedPair pair = TestCa.create().intermediate().issue(host);
    Files.write(directory.resolve("a.crt"), pair.crtBytes());
    Files.write(directory.resolve("a.key"), pair.keyBytes());
    return pair;
  }

  private EnvoyProcess serving(String host) {
    return EnvoyProcess.start(EnvoyConfig.of(Source.STATIC, Host.in(directory, host, "a")));
  }

  private static Shown ask(HostPort listener, String host) {
    return new Prober(
            List.of(new Endpoint(listener.host(), listener.port())), Duration.ofSeconds(5))
        .round()
        .ask(host)
        .get(0)
        .shown();
  }

  private static void assertPresented(Shown shown, IssuedPair pair) {
    assertThat(shown)
        .isInstanceOfSatisfying(
            Presented.class,
            presented -> {
              assertThat(presented.chain().leaf().serialHex())
                  .isEqualTo(pair.serial().toString(16));
              assertThat(presented.chain().sha256()).hasSize(2);
            });
  }

  @Test
  void the_whole_chain_is_captured() throws IOException {
    IssuedPair pair = write("shop.example.com");
    try (EnvoyProcess envoy = serving("shop.example.com")) {
      assertPresented(ask(envoy.listener(), "shop.example.com"), pair);
    }
  }

  @Test
  void of_a_wildcard_some_name_under_it_is_asked_for() throws IOException {
    IssuedPair pair = write("*.example.com");
    try (EnvoyProcess envoy = serving("*.example.com")) {
      assertPresented(ask(envoy.listener(), "*.example.com"), pair);
    }
  }

  @Test
  void a_host_that_the_gateway_does_not_know_proves_nothing() throws IOException {
    write("shop.example.com");
    try (EnvoyProcess envoy = serving("shop.example.com")) {
      assertThat(ask(envoy.listener(), "other.example.com")).isInstanceOf(NoProof.class);
    }
  }

  @Test
  void a_listener_that_is_not_there_proves_nothing_and_does_not_hide_the_others()
      throws IOException {
    IssuedPair pair = write("shop.example.com");
    try (EnvoyProcess envoy = serving("shop.example.com")) {
      Prober prober =
          new Prober(
              List.of(
                  new Endpoint("127.0.0.1", 1),
                  new Endpoint(envoy.listener().host(), envoy.listener().port())),
              Duration.ofSeconds(5));

      List<Answer> answers = prober.round().ask("shop.example.com");

      assertThat(answers.get(0).shown()).isInstanceOf(NoProof.class);
      assertPresented(answers.get(1).shown(), pair);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1_2", "TLSv1_3"})
  void a_listener_that_demands_a_client_certificate_presents_its_own_all_the_same(String version)
      throws Exception {
    IssuedPair pair = write("shop.example.com");
    HostPort listener = HostPort.free();
    Process envoy =
        new ProcessBuilder(
                Parts.find().envoy().toString(),
                "--use-dynamic-base-id",
                "--disable-hot-restart",
                "--config-yaml",
                demandingClientCertificates(listener, version))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("envoy.log").toFile())
            .start();
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertPresented(ask(listener, "shop.example.com"), pair));
    } finally {
      envoy.destroy();
      envoy.waitFor();
    }
  }

  private String demandingClientCertificates(HostPort listener, String version) {
    return """
        static_resources:
          listeners:
          - address: {socket_address: {address: %s, port_value: %d}}
            filter_chains:
            - transport_socket:
                name: tls
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                  require_client_certificate: true
                  common_tls_context:
                    tls_params: {tls_minimum_protocol_version: %s, tls_maximum_protocol_version: %s}
                    tls_certificates:
                    - certificate_chain: {filename: "%s/a.crt"}
                      private_key: {filename: "%s/a.key"}
                    validation_context: {trusted_ca: {filename: "%s/a.crt"}}
              filters:
              - name: echo
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo
        """
        .formatted(
            listener.host(), listener.port(), version, version, directory, directory, directory);
  }
}
