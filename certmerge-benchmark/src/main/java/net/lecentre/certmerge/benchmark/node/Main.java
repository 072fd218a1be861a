package net.lecentre.certmerge.benchmark.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Node;
import net.lecentre.certmerge.testbed.TlsClient;

/**
 * Measures how long a renewal takes from the write of its Secret through the operator, the kubelet
 * and Envoy to a handshake, each in a pod of its own.
 */
public final class Main {
  private static final int HTTPS = 8443;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** How far it has got. */
  private enum Leg {
    ACKNOWLEDGED("the API server has answered"),
    TARGET("the target holds it"),
    FILES("it is in the pod's files"),
    SERVED("a handshake shows it");

    private final String label;

    Leg(String label) {
      this.label = label;
    }
  }

  private Main() {}

  /** Takes {@code with} or {@code without}, and how many renewals. */
  public static void main(String[] arguments) throws Exception {
    boolean refresh = arguments.length == 0 || arguments[0].equals("with");
    int renewals = arguments.length > 1 ? Integer.parseInt(arguments[1]) : refresh ? 50 : 3;
    if (Node.whyNot().isPresent()) {
      System.err.println(Node.whyNot().get());
      System.exit(1);
    }
    try (Cluster cluster = new Cluster()) {
      cluster.refreshPods(refresh);
      List<Pod> gateways = cluster.gateways();
      System.out.printf(
          Locale.ROOT,
          "%d renewals, %d gateways, %s refreshPods; %d cores for everything, load %s, Kubernetes %s, %s%n%n",
          renewals,
          gateways.size(),
          refresh ? "with" : "without",
          Runtime.getRuntime().availableProcessors(),
          Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0],
          cluster.client().getKubernetesVersion().getGitVersion(),
          cluster
              .client()
              .nodes()
              .list()
              .getItems()
              .get(0)
              .getStatus()
              .getNodeInfo()
              .getContainerRuntimeVersion());
      Map<Leg, List<Double>> millis = new EnumMap<>(Leg.class);
      for (Leg leg : Leg.values()) {
        millis.put(leg, new ArrayList<>());
      }
      Random random = new Random(1);
      // The first ones warm up what measures.
      for (int i = refresh ? -3 : 0; i < renewals; i++) {
        // The operator annotates a pod every five seconds at most; and never in step with the
        // kubelet.
        LockSupport.parkNanos(
            TimeUnit.MILLISECONDS.toNanos((refresh ? 5_100 : 0) + random.nextInt(500)));
        Map<Leg, List<Double>> into = i < 0 ? new EnumMap<>(Leg.class) : millis;
        renew(cluster, gateways, into);
      }
      System.out.printf(
          "%-30s %9s %9s %9s %9s %9s%n",
          "ms from sending the Secret until", "fastest", "p50", "p99", "slowest", "samples");
      millis.forEach(Main::print);
    }
    System.exit(0);
  }

  private static void print(Leg leg, List<Double> millis) {
    List<Double> sorted = millis.stream().sorted().toList();
    System.out.printf(
        Locale.ROOT,
        "%-30s %9.0f %9.0f %9.0f %9.0f %9d%n",
        leg.label,
        sorted.get(0),
        share(sorted, 0.5),
        share(sorted, 0.99),
        sorted.get(sorted.size() - 1),
        sorted.size());
  }

  private static double share(List<Double> sorted, double share) {
    return sorted.get(Math.max(1, (int) Math.ceil(share * sorted.size())) - 1);
  }

  private static void renew(Cluster cluster, List<Pod> gateways, Map<Leg, List<Double>> millis)
      throws InterruptedException, ExecutionException {
    IssuedPair pair = cluster.issue();
    BigInteger serial = pair.serial();
    CompletableFuture<Long> target = new CompletableFuture<>();
    ExecutorService watchers = Executors.newCachedThreadPool();
    Watch watch =
        cluster
            .client()
            .secrets()
            .inNamespace(Cluster.NAMESPACE)
            .withName(Cluster.TARGET)
            .watch(new Target(pair, target));
    try {
      List<Future<Long>> files = new ArrayList<>();
      List<Future<Long>> served = new ArrayList<>();
      for (Pod gateway : gateways) {
        Path data = cluster.certificates(gateway).resolve("..data");
        String before = link(data);
        HostPort https = new HostPort(gateway.getStatus().getPodIP(), HTTPS);
        files.add(watchers.submit(() -> when(1, () -> !link(data).equals(before))));
        served.add(watchers.submit(() -> when(3, () -> serves(https, serial))));
      }
      long sent = System.nanoTime();
      cluster.write(pair);
      add(millis, Leg.ACKNOWLEDGED, System.nanoTime() - sent);
      add(millis, Leg.TARGET, target.get() - sent);
      for (Future<Long> one : files) {
        add(millis, Leg.FILES, one.get() - sent);
      }
      for (Future<Long> one : served) {
        add(millis, Leg.SERVED, one.get() - sent);
      }
    } finally {
      watch.close();
      watchers.shutdownNow();
    }
  }

  private static void add(Map<Leg, List<Double>> millis, Leg leg, long nanos) {
    millis.computeIfAbsent(leg, any -> new ArrayList<>()).add(nanos / 1e6);
  }

  private static long when(long everyMillis, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("a renewal was not seen within " + PATIENCE);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(everyMillis));
    }
    return System.nanoTime();
  }

  private static String link(Path data) {
    try {
      return Files.readSymbolicLink(data).toString();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + data, e);
    }
  }

  private static boolean serves(HostPort https, BigInteger serial) {
    return TlsClient.handshake(https, Cluster.HOST) instanceof TlsClient.Served served
        && served.leaf().getSerialNumber().equals(serial);
  }

  /** Sees when the target comes to hold a certificate. */
  private record Target(IssuedPair pair, CompletableFuture<Long> when) implements Watcher<Secret> {
    @Override
    public void eventReceived(Action action, Secret secret) {
      String crt = secret.getData().getOrDefault("api-tls.crt", "");
      if (new String(Base64.getDecoder().decode(crt), StandardCharsets.US_ASCII)
          .equals(pair.crtPem())) {
        when.complete(System.nanoTime());
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      when.completeExceptionally(cause);
    }
  }
}
