package net.lecentre.certmerge.reloader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.testbed.Balancer;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;
import net.lecentre.certmerge.testbed.TlsLoad;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Replicas of a gateway behind a balancer, with clients. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ReplicasIT {
  private static final int CONNECTIONS_PER_SECOND = 150;

  @TempDir private Path directory;

  private Program reloader(Gateway gateway, String namespace, int number) throws IOException {
    return Program.start(
        directory,
        Map.of(
            "KUBECONFIG",
            ControlPlane.shared().adminKubeconfig().toString(),
            "POD_NAMESPACE",
            namespace,
            "POD_NAME",
            "gateway-" + number),
        List.of(
            "--watch=" + gateway.mount().directory(),
            "--envoy-admin=" + gateway.envoy().adminUri(),
            "--probe=" + gateway.envoy().listener(),
            "--state-dir=" + directory.resolve("state-" + number),
            "--coordinate=lease",
            "--sds-grace=1s",
            "--min-uptime=0s",
            "--unready-wait=1s",
            "--drain-timeout=8s",
            "--poll=1s"));
  }

  @Test
  void two_static_replicas_serve_a_renewal_one_after_the_other_and_no_request_fails()
      throws Exception {
    String namespace = ControlPlane.shared().newNamespace("replicas");
    try (Gateway one = Gateway.with(Source.STATIC);
        Gateway two = one.replica();
        Program first = reloader(one, namespace, 1);
        Program second = reloader(two, namespace, 2)) {
      for (Program program : List.of(first, second)) {
        program.await("a first look", () -> !program.status().path("keys").isEmpty());
      }
      Balancer.Replica[] replicas = {
        new Balancer.Replica(one.envoy().listener(), first.address()),
        new Balancer.Replica(two.envoy().listener(), second.address())
      };
      List<Integer> unready = new ArrayList<>();
      try (Balancer balancer = Balancer.start(List.of(replicas));
          TlsLoad load =
              TlsLoad.start(balancer.listener(), Gateway.SHOP, one.ca(), CONNECTIONS_PER_SECOND)) {
        second.await("some load", () -> load.requests() > CONNECTIONS_PER_SECOND);

        String renewed = one.renewShop(two);
        second.await(
            "both serve it",
            () -> {
              unready.add((first.readiness() == 200 ? 0 : 1) + (second.readiness() == 200 ? 0 : 1));
              return first.serves("shop-tls", renewed)
                  && second.serves("shop-tls", renewed)
                  && first.readiness() == 200
                  && second.readiness() == 200;
            });
        long then = load.requests();
        second.await("more load", () -> load.requests() > then + CONNECTIONS_PER_SECOND);

        assertThat(load.failures()).isEmpty();
      }
      assertThat(one.envoy().restarts()).isOne();
      assertThat(two.envoy().restarts()).isOne();
      assertThat(unready).contains(1).doesNotContain(2);
      assertThat(one.shopOnTheWire()).isEqualTo(two.shopOnTheWire());
    }
  }

  /** Takes half a minute: {@code -Dcertmerge.long=true}. */
  @Test
  @EnabledIfSystemProperty(named = "certmerge.long", matches = "true")
  void a_replica_whose_reloader_dies_in_its_turn_keeps_the_other_in_service_until_it_is_back()
      throws Exception {
    String namespace = ControlPlane.shared().newNamespace("replicas");
    try (Gateway one = Gateway.with(Source.STATIC);
        Gateway two = one.replica();
        Program first = reloader(one, namespace, 1)) {
      first.await("a first look", () -> !first.status().path("keys").isEmpty());
      String renewed = one.renewShop(two);
      first.await("its turn", () -> !one.envoy().isLive());
      first.kill();

      try (Program second = reloader(two, namespace, 2)) {
        second.await(
            "it waits", () -> second.status().path("decision").asText().contains("gateway-1"));
        try (Program again = reloader(one, namespace, 1)) {
          again.await("it serves", () -> again.serves("shop-tls", renewed));
          second.await("its own turn", () -> second.serves("shop-tls", renewed));
        }
      }

      assertThat(one.envoy().restarts()).isOne();
      assertThat(two.envoy().restarts()).isOne();
    }
  }
}
