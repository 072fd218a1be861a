package net.lecentre.certmerge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.IstioGateway;
import net.lecentre.certmerge.testbed.Istiod;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TlsClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reloader beside a real Istio ingress gateway: istiod, pilot-agent and its Envoy. */
@Tag("neighbours")
class IstioGatewayIT {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final String HOST = "shop.example.com";
  private static final String KEY = "shop-tls";

  private static Istiod istiod;

  @TempDir private Path directory = Path.of("");
  private final TestCa ca = TestCa.create();

  @BeforeAll
  static void start() {
    istiod = Istiod.start(ControlPlane.shared());
  }

  @AfterAll
  static void end() {
    istiod.close();
  }

  /**
   * Has gateways serve the host with the files of a directory, which are there: where one starts
   * with a Gateway of missing files, every listener waits 15 s.
   */
  private static void serveFrom(Path files) {
    ControlPlane.shared()
        .apply(
            """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata:
              name: shop
            spec:
              selector:
                istio: ingressgateway
              servers:
              - port: {number: 443, name: https, protocol: HTTPS}
                tls:
                  mode: SIMPLE
                  serverCertificate: %1$s/%2$s.crt
                  privateKey: %1$s/%2$s.key
                hosts: [%3$s]
            """
                .formatted(files, KEY, HOST),
            Istiod.NAMESPACE);
  }

  private IssuedPair renew(KubeletMount mount) {
    IssuedPair pair = ca.issue(HOST);
    mount.project(Map.of(KEY + ".crt", pair.crtBytes(), KEY + ".key", pair.keyBytes()));
    return pair;
  }

  private static void awaitState(ReloaderProcess reloader, String state, IssuedPair onDisk) {
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              JsonNode status = reloader.status(KEY);
              assertThat(status.path("state").asText()).as(reloader.log()).isEqualTo(state);
              assertThat(new BigInteger(status.path("disk").path("serial").asText(), 16))
                  .isEqualTo(onDisk.serial());
            });
  }

  private static BigInteger onTheWire(IstioGateway gateway) {
    return TlsClient.handshake(gateway.listener(), HOST) instanceof TlsClient.Served served
        ? served.leaf().getSerialNumber()
        : BigInteger.ZERO;
  }

  @Test
  void rotations_of_a_mounted_secret_are_proved_and_a_mismatched_pair_is_not_served() {
    try (KubeletMount mount = KubeletMount.create()) {
      IssuedPair first = renew(mount);
      serveFrom(mount.directory());
      try (IstioGateway gateway = IstioGateway.start(istiod);
          ReloaderProcess reloader =
              new ReloaderProcess(gateway, mount.directory(), directory, "--strategy=restart")) {
        awaitState(reloader, "Served", first);

        IssuedPair second = renew(mount);
        awaitState(reloader, "Served", second);
        IssuedPair third = renew(mount);
        awaitState(reloader, "Served", third);
        IssuedPair crossed = ca.issue(HOST);
        mount.project(Map.of(KEY + ".crt", crossed.crtBytes(), KEY + ".key", third.keyBytes()));
        await()
            .atMost(LONG)
            .untilAsserted(
                () -> assertThat(reloader.status(KEY).path("state").asText()).isEqualTo("Invalid"));

        assertThat(onTheWire(gateway)).isEqualTo(third.serial());
        assertThat(gateway.restarts()).isZero();
      }
    }
  }

  @Test
  void a_rotation_behind_a_chain_of_links_is_missed_by_istio_and_repaired_by_a_restart()
      throws IOException {
    try (KubeletMount real = KubeletMount.create()) {
      // As CSI drivers mount: what the gateway has is links into a directory that is swapped.
      Path chained = Files.createDirectory(directory.resolve("chained"));
      for (String file : new String[] {KEY + ".crt", KEY + ".key"}) {
        Files.createSymbolicLink(chained.resolve(file), real.file(file));
      }
      IssuedPair first = renew(real);
      serveFrom(chained);
      try (IstioGateway gateway = IstioGateway.start(istiod)) {
        assertSecondRotationIsMissedAndRepaired(gateway, chained, real, first);
      }
    }
  }

  @Test
  void rotations_that_an_older_istio_misses_are_reported_and_repaired_by_a_restart() {
    try (KubeletMount mount = KubeletMount.create()) {
      IssuedPair first = renew(mount);
      serveFrom(mount.directory());
      try (IstioGateway gateway = IstioGateway.startOlder(istiod)) {
        assertSecondRotationIsMissedAndRepaired(gateway, mount.directory(), mount, first);
      }
    }
  }

  private void assertSecondRotationIsMissedAndRepaired(
      IstioGateway gateway, Path watch, KubeletMount mount, IssuedPair first) {
    try (ReloaderProcess reloader =
        new ReloaderProcess(
            gateway,
            watch,
            directory,
            "--strategy=restart",
            "--sds-grace=3s",
            "--min-uptime=1s",
            "--unready-wait=0s",
            "--drain-timeout=0s")) {
      awaitState(reloader, "Served", first);
      IssuedPair second = renew(mount);
      awaitState(reloader, "Served", second);
      IssuedPair third = renew(mount);
      awaitState(reloader, "Stale", third);
      assertThat(onTheWire(gateway)).isNotEqualTo(third.serial());

      awaitState(reloader, "Served", third);

      assertThat(gateway.restarts()).isOne();
      assertThat(onTheWire(gateway)).isEqualTo(third.serial());
    }
  }
}
