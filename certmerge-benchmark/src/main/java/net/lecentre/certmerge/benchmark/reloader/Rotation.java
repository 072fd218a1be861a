package net.lecentre.certmerge.benchmark.reloader;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import net.lecentre.certmerge.testbed.Balancer;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;
import net.lecentre.certmerge.testbed.TlsLoad;

/**
 * One, two and three static replicas, with clients, while a certificate is renewed; one also
 * without waiting for open connections, and a container's restart alone, to compare with.
 */
final class Rotation {
  private static final int MOST = 3;
  private static final int CERTIFICATES = 10;
  private static final int CONNECTIONS_PER_SECOND = 150;

  private Rotation() {}

  static void measure(Path directory) {
    System.out.printf(
        "%d new TLS connections a second and 4 that stay; static files, container back after %d"
            + " ms%n%n%-10s %14s %14s %12s %18s %12s%n",
        CONNECTIONS_PER_SECOND,
        Gateway.RESTART.toMillis(),
        "replicas",
        "connections",
        "requests",
        "failed",
        "longest outage ms",
        "all served s");
    plainRestart();
    try (ControlPlane plane = ControlPlane.start()) {
      measure(plane, 1, "0s", directory);
      for (int replicas = 1; replicas <= MOST; replicas++) {
        measure(plane, replicas, "10s", directory);
      }
    }
  }

  /** What a container's restart costs without any reloader, to compare with. */
  private static void plainRestart() {
    try (Gateway gateway = new Gateway(Source.STATIC, CERTIFICATES);
        TlsLoad load =
            TlsLoad.start(
                gateway.envoy().listener(),
                Gateway.host(0),
                gateway.ca(),
                CONNECTIONS_PER_SECOND)) {
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
      gateway.envoy().signal("TERM");
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(6));
      System.out.printf("%-10s", "restart");
      tell(load);
      System.out.println();
    }
  }

  private static void tell(TlsLoad load) {
    System.out.printf(
        " %14d %14d %12d %18d",
        load.connections(), load.requests(), load.failed().size(), load.longestOutage().toMillis());
  }

  private static void measure(
      ControlPlane plane, int replicas, String drainTimeout, Path directory) {
    String namespace = plane.newNamespace("rotation");
    List<Gateway> gateways = new ArrayList<>(List.of(new Gateway(Source.STATIC, CERTIFICATES)));
    List<Sidecar> sidecars = new ArrayList<>();
    try {
      while (gateways.size() < replicas) {
        gateways.add(gateways.get(0).replica());
      }
      for (Gateway gateway : gateways) {
        sidecars.add(
            start(plane, namespace, gateway, sidecars.size(), replicas, drainTimeout, directory));
      }
      List<Balancer.Replica> behind = new ArrayList<>();
      for (int number = 0; number < replicas; number++) {
        sidecars.get(number).await(gateways.get(number)::servesAll);
        behind.add(
            new Balancer.Replica(
                gateways.get(number).envoy().listener(), sidecars.get(number).address()));
      }
      rotate(gateways, sidecars, behind, replicas + " (" + drainTimeout + ")");
    } finally {
      sidecars.forEach(Sidecar::close);
      gateways.forEach(Gateway::close);
    }
  }

  private static Sidecar start(
      ControlPlane plane,
      String namespace,
      Gateway gateway,
      int number,
      int replicas,
      String drainTimeout,
      Path directory) {
    List<String> arguments = new ArrayList<>(gateway.arguments());
    arguments.addAll(
        List.of(
            "--state-dir=" + directory.resolve(namespace + "-" + number),
            "--min-uptime=0s",
            "--sds-grace=1s",
            "--drain-timeout=" + drainTimeout,
            "--poll=1s"));
    // Where there is nobody else, nobody has to hear that this one is unready.
    arguments.addAll(
        replicas == 1
            ? List.of("--coordinate=none")
            : List.of("--coordinate=lease", "--unready-wait=2s"));
    return Sidecar.start(
        Launch.deployed(),
        arguments,
        Map.of(
            "KUBECONFIG",
            plane.adminKubeconfig().toString(),
            "POD_NAMESPACE",
            namespace,
            "POD_NAME",
            "gateway-" + number),
        directory.resolve(namespace + "-" + number + ".log"));
  }

  private static void rotate(
      List<Gateway> gateways, List<Sidecar> sidecars, List<Balancer.Replica> behind, String label) {
    Gateway first = gateways.get(0);
    try (Balancer balancer = Balancer.start(behind);
        TlsLoad load =
            TlsLoad.start(
                balancer.listener(), Gateway.host(0), first.ca(), CONNECTIONS_PER_SECOND)) {
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
      long begin = System.nanoTime();
      String renewed = first.renew(0);
      gateways.forEach(gateway -> gateway.follow(first));
      for (int number = 0; number < gateways.size(); number++) {
        Gateway gateway = gateways.get(number);
        sidecars.get(number).await(status -> gateway.serves(status, 0, renewed));
      }
      Duration served = Duration.ofNanos(System.nanoTime() - begin);
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
      System.out.printf("%-10s", label);
      tell(load);
      System.out.printf(" %12.1f%n", served.toMillis() / 1000.0);
    }
  }
}
