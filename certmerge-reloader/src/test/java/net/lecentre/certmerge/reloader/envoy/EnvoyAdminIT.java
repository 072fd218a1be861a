package net.lecentre.certmerge.reloader.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import net.lecentre.certmerge.reloader.decide.EnvoyState;
import net.lecentre.certmerge.reloader.decide.LoadedCertificate;
import net.lecentre.certmerge.reloader.decide.Supervisor;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyConfig.Host;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Parts;
import net.lecentre.certmerge.testbed.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EnvoyAdminIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @TempDir private Path directory;

  private EnvoyProcess start(Source source, IssuedPair pair) throws IOException {
    Files.write(directory.resolve("shop.crt"), pair.crtBytes());
    Files.write(directory.resolve("shop.key"), pair.keyBytes());
    return EnvoyProcess.start(
        EnvoyConfig.of(source, Host.in(directory, "shop.example.com", "shop")));
  }

  @Test
  void a_static_certificate_names_its_file_and_one_of_sds_does_not() throws IOException {
    IssuedPair pair = TestCa.create().issue("shop.example.com");
    String serial = pair.serial().toString(16);
    try (EnvoyProcess envoy = start(Source.STATIC, pair);
        EnvoyAdmin admin = EnvoyAdmin.at(envoy.adminUri(), TIMEOUT)) {
      assertThat(admin.certificates())
          .contains(new LoadedCertificate(serial, directory.resolve("shop.crt").toString()));
    }
    try (EnvoyProcess envoy = start(Source.FILE_SDS, pair);
        EnvoyAdmin admin = EnvoyAdmin.at(envoy.adminUri(), TIMEOUT)) {
      assertThat(admin.certificates()).contains(new LoadedCertificate(serial, "<inline>"));
    }
  }

  @Test
  void draining_shows_in_the_state_and_can_be_undone() throws IOException {
    IssuedPair pair = TestCa.create().issue("shop.example.com");
    try (EnvoyProcess envoy = start(Source.STATIC, pair);
        EnvoyAdmin admin = EnvoyAdmin.at(envoy.adminUri(), TIMEOUT)) {
      admin.failHealthcheck();
      assertThat(((EnvoyState.Up) admin.state()).draining()).isTrue();
      assertThat(admin.ready()).isFalse();

      admin.passHealthcheck();
      assertThat(((EnvoyState.Up) admin.state()).live()).isTrue();
      assertThat(admin.ready()).isTrue();
    }
  }

  @Test
  void the_listeners_connections_are_counted() throws IOException {
    TestCa ca = TestCa.create();
    try (EnvoyProcess envoy = start(Source.STATIC, ca.issue("shop.example.com"));
        EnvoyAdmin admin = EnvoyAdmin.at(envoy.adminUri(), TIMEOUT)) {
      Set<Integer> port = Set.of(envoy.listener().port());
      assertThat(admin.activeConnections(port)).isEqualTo(OptionalLong.of(0));

      try (SSLSocket client = connect(ca, envoy)) {
        assertThat(client.getSession().isValid()).isTrue();
        await()
            .untilAsserted(
                () -> assertThat(admin.activeConnections(port)).isEqualTo(OptionalLong.of(1)));
      }
    }
  }

  private static SSLSocket connect(TestCa ca, EnvoyProcess envoy) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            ca.clientContext()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), envoy.listener().port());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName("shop.example.com")));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  @Test
  void nobody_there_is_a_state_too() {
    try (EnvoyAdmin admin = EnvoyAdmin.at(URI.create("http://127.0.0.1:1"), TIMEOUT)) {
      assertThat(admin.state()).isInstanceOf(EnvoyState.Unreachable.class);
    }
  }

  @Test
  void an_admin_interface_on_a_unix_socket_answers_as_well() throws Exception {
    withNode(
        "",
        admin -> {
          assertThat(admin.supervisor()).isEqualTo(new Supervisor.Container());
          admin.failHealthcheck();
          assertThat(admin.ready()).isFalse();
        });
  }

  @Test
  void a_gateway_of_istio_tells_its_version() throws Exception {
    withNode(
        "node: {id: \"router~10.0.0.1~gateway.istio-system~x\", cluster: gateway,"
            + " metadata: {ISTIO_VERSION: \"1.9.3\"}}",
        admin -> assertThat(admin.supervisor()).isEqualTo(new Supervisor.Istio(1, 9)));
  }

  @Test
  void a_gateway_of_istio_that_tells_no_version_is_not_taken_for_any() throws Exception {
    withNode(
        "node: {id: \"router~10.0.0.1~gateway.istio-system~x\", cluster: gateway}",
        admin -> assertThat(admin.supervisor()).isInstanceOf(Supervisor.Untold.class));
  }

  @Test
  void nobody_there_tells_who_would_start_it_again() {
    try (EnvoyAdmin admin = EnvoyAdmin.at(URI.create("http://127.0.0.1:1"), TIMEOUT)) {
      assertThat(admin.supervisor()).isInstanceOf(Supervisor.Untold.class);
    }
  }

  private interface Asked {
    void ask(EnvoyAdmin admin) throws IOException;
  }

  private void withNode(String node, Asked asked) throws Exception {
    Path socket = directory.resolve("admin.sock");
    Process envoy =
        new ProcessBuilder(
                Parts.find().envoy().toString(),
                "--use-dynamic-base-id",
                "--disable-hot-restart",
                "--config-yaml",
                "admin: {address: {pipe: {path: \"" + socket + "\"}}}\n" + node)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("envoy.log").toFile())
            .start();
    try (EnvoyAdmin admin = EnvoyAdmin.at(URI.create("unix://" + socket), TIMEOUT)) {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(admin.state())
                      .isInstanceOfSatisfying(
                          EnvoyState.Up.class, up -> assertThat(up.live()).isTrue()));

      asked.ask(admin);
    } finally {
      envoy.destroy();
      envoy.waitFor();
    }
  }
}
