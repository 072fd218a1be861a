package net.lecentre.certmerge.benchmark.road;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import net.lecentre.certmerge.benchmark.operator.Timings;
import net.lecentre.certmerge.testbed.AcmeServer;
import net.lecentre.certmerge.testbed.CertManager;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Istiod;

/** The command: {@code renewals}, {@code rotations}, {@code hosts NUMBER[/MOUNTS]…}. */
public final class Main {
  private static final int SAMPLES = 100;
  private static final int MOST_SINGLE_RENEWALS = 30;
  private static final int HOSTS_TIMES_RENEWALS = 9_000;
  private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(2);
  private static final int CERTIFICATES = 5;
  private static final double NANOS_PER_MILLI = 1e6;

  private Main() {}

  /**
   * Measures and prints a table.
   *
   * @param arguments see the script
   */
  public static void main(String[] arguments) {
    if (arguments.length > 0 && arguments[0].equals("renewals")) {
      renewals();
    } else if (arguments.length > 0 && arguments[0].equals("rotations")) {
      rotations();
    } else if (arguments.length > 1 && arguments[0].equals("hosts")) {
      for (String number : List.of(arguments).subList(1, arguments.length)) {
        String[] hostsAndMounts = number.split("/", 2);
        int count = Integer.parseInt(hostsAndMounts[0]);
        if (hostsAndMounts.length > 1) {
          hosts(count, Integer.parseInt(hostsAndMounts[1]));
        } else {
          hosts(count, 1);
          hosts(count, 0);
        }
      }
    } else {
      System.err.println("usage: road renewals | road rotations | road hosts NUMBER[/MOUNTS]…");
      System.exit(2);
    }
    System.exit(0);
  }

  private static void say(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }

  private static double millis(long fromNanos, long toNanos) {
    return (toNanos - fromNanos) / NANOS_PER_MILLI;
  }

  /**
   * Many hosts of one gateway: merged, in so many mounts with a CertMerge each, or by one Secret
   * each as Istio has it.
   */
  private static void hosts(int count, int mounts) {
    boolean merged = mounts > 0;
    try (Stage stage = new Stage(Math.max(1, mounts))) {
      say(
          "%d hosts, %s",
          count,
          merged ? "merged by certmerge, mounts: " + mounts : "one Secret each by Istio's SDS");
      Hosts hosts = new Hosts(stage.cluster(), count, Math.max(1, mounts));
      Served served = new Served(stage.gateway());
      List<IssuedPair> pairs = hosts.issueAll();
      hosts.writeAll(pairs);
      if (merged) {
        stage.startCertmerge();
        Served.until(
            "the mounted files",
            Duration.ofMillis(50),
            () ->
                java.util.stream.IntStream.range(0, count)
                    .allMatch(
                        number ->
                            Files.exists(
                                stage
                                    .mount(hosts.group(number))
                                    .file(Hosts.secret(number) + ".crt"))));
      }
      long begin = System.nanoTime();
      hosts.serve(
          number ->
              merged
                  ? stage.files(hosts.group(number), Hosts.secret(number))
                  : "credentialName: " + Hosts.secret(number));
      say("  Gateways applied -> all served: %.0f ms", millis(begin, served.awaitAll(pairs)));

      Timings one = new Timings();
      int renewals = Math.min(MOST_SINGLE_RENEWALS, HOSTS_TIMES_RENEWALS / count);
      for (int sample = 0; sample < renewals; sample++) {
        // The agent reads every file anew at each change: one renewal is not to wait for another's.
        LockSupport.parkNanos(BETWEEN_RENEWALS.toNanos());
        int number = ThreadLocalRandom.current().nextInt(count);
        IssuedPair renewed = hosts.issue(number);
        hosts.write(number, renewed);
        long acknowledged = System.nanoTime();
        one.add(served.await(Hosts.host(number), renewed.serial()) - acknowledged);
      }
      say(
          "  one renewal, Secret acknowledged -> served: p50 %.0f ms, p99 %.0f ms (%d samples)",
          one.millis(0.5), one.millis(0.99), one.count());
      say("  memory, MiB now (at most): %s", stage.memory());

      List<IssuedPair> all = hosts.issueAll();
      long first = System.nanoTime();
      hosts.writeAll(all);
      long last = System.nanoTime();
      long done = served.awaitAll(all);
      say(
          "  all renewed: written in %.1f s, all served %.1f s after the last",
          millis(first, last) / 1e3, millis(last, done) / 1e3);
      say("  memory, MiB now (at most): %s", stage.memory());
    }
  }

  /** What cert-manager renews, from its write to the first handshake that shows it. */
  private static void renewals() {
    try (Stage stage = new Stage(1);
        AcmeServer acme = AcmeServer.start();
        CertManager certManager = CertManager.start(stage.cluster(), acme)) {
      KubernetesClient client = stage.cluster().client();
      Hosts hosts = new Hosts(stage.cluster(), CERTIFICATES);
      Served served = new Served(stage.gateway());
      Map<String, Written> written = new ConcurrentHashMap<>();
      client
          .secrets()
          .inNamespace(Istiod.NAMESPACE)
          .withLabel("certmerge", "true")
          .watch(new Writes(written));
      stage.cluster().apply(acme.clusterIssuer("letsencrypt-prod"));
      stage.startCertmerge();
      hosts.serve(number -> stage.files(0, Hosts.secret(number)));
      for (int number = 0; number < CERTIFICATES; number++) {
        stage.cluster().apply(certificate(number), Istiod.NAMESPACE);
      }
      for (int number = 0; number < CERTIFICATES; number++) {
        int which = number;
        Served.until(
            Hosts.host(which) + " to be issued and served",
            Duration.ofMillis(100),
            () -> CertManager.isReady(client, Istiod.NAMESPACE, Hosts.secret(which)));
        served.await(Hosts.host(which), latest(written, which).serial());
      }
      Timings renewal = new Timings();
      Timings issue = new Timings();
      for (int sample = 0; sample < SAMPLES; sample++) {
        int number = sample % CERTIFICATES;
        Written before = latest(written, number);
        Served.until(
            "the renewal before to be finished",
            Duration.ofMillis(20),
            () -> CertManager.isReady(client, Istiod.NAMESPACE, Hosts.secret(number)));
        long asked = System.nanoTime();
        CertManager.renew(client, Istiod.NAMESPACE, Hosts.secret(number));
        Served.until(
            "cert-manager's write",
            Duration.ofMillis(1),
            () -> !before.serial().equals(latest(written, number).serial()));
        Written now = latest(written, number);
        issue.add(now.nanos() - asked);
        renewal.add(served.await(Hosts.host(number), now.serial()) - now.nanos());
      }
      say("%d renewals by cert-manager from an ACME server", SAMPLES);
      say(
          "  asked -> written by cert-manager: p50 %.0f ms, p99 %.0f ms",
          issue.millis(0.5), issue.millis(0.99));
      say(
          "  written -> first handshake that shows it: p50 %.0f ms, p99 %.0f ms",
          renewal.millis(0.5), renewal.millis(0.99));
      if (!certManager.child().isAlive()) {
        throw new IllegalStateException("cert-manager has ended");
      }
    }
  }

  /**
   * New files beside the gateway until the reloader has proved them; and a restart on a bad pair.
   */
  private static void rotations() {
    try (Stage stage = new Stage(1)) {
      int count = 300;
      Hosts hosts = new Hosts(stage.cluster(), count);
      Served served = new Served(stage.gateway());
      List<IssuedPair> pairs = new ArrayList<>(hosts.issueAll().subList(0, 1));
      stage.mount(0).project(files(pairs));
      IntFunction<String> tls = number -> stage.files(0, Hosts.secret(number));
      new Hosts(stage.cluster(), 1).serve(tls);
      served.awaitAll(pairs);
      Proofs proofs = new Proofs(stage.startReloader());
      Timings proved = new Timings();
      for (int sample = 0; sample <= SAMPLES; sample++) {
        pairs.set(0, hosts.issue(0));
        stage.mount(0).project(files(pairs));
        long onDisk = System.nanoTime();
        long when =
            Served.until(
                "the proof",
                Duration.ofMillis(1),
                () -> proofs.has(Hosts.secret(0), pairs.get(0).serial()));
        if (sample > 0) {
          // The first one waits for the reloader's start.
          proved.add(when - onDisk);
        }
      }
      say(
          "one certificate, new files -> proved by the reloader: p50 %.0f ms, p99 %.0f ms (%d"
              + " rotations)",
          proved.millis(0.5), proved.millis(0.99), proved.count());

      List<IssuedPair> all = hosts.issueAll();
      stage.mount(0).project(files(all));
      hosts.serve(tls);
      served.awaitAll(all);
      Map<String, byte[]> crossed = files(all);
      crossed.put(Hosts.secret(7) + ".key", hosts.issue(7).keyBytes());
      stage.mount(0).project(crossed);
      Served.until(
          "the agent to have seen it",
          Duration.ofMillis(100),
          () -> served.shows(Hosts.host(7), all.get(7).serial()));
      long quit = System.nanoTime();
      served.quit();
      Served.until("the restart", Duration.ofMillis(5), () -> stage.gateway().restarts() == 1);
      long back = served.await(Hosts.host(8), all.get(8).serial());
      say(
          "restarted with a mismatched pair among %d: the others are served after %.1f s, its own"
              + " host: %s",
          count, millis(quit, back) / 1e3, served.shows(Hosts.host(7), all.get(7).serial()));
      stage.mount(0).project(files(all));
      quit = System.nanoTime();
      served.quit();
      Served.until("the restart", Duration.ofMillis(5), () -> stage.gateway().restarts() == 2);
      back = served.await(Hosts.host(8), all.get(8).serial());
      say("restarted with good pairs: served after %.1f s", millis(quit, back) / 1e3);
    }
  }

  private static Map<String, byte[]> files(List<IssuedPair> pairs) {
    Map<String, byte[]> files = new HashMap<>();
    for (int number = 0; number < pairs.size(); number++) {
      files.put(Hosts.secret(number) + ".crt", pairs.get(number).crtBytes());
      files.put(Hosts.secret(number) + ".key", pairs.get(number).keyBytes());
    }
    return files;
  }

  private static Written latest(Map<String, Written> written, int number) {
    return Objects.requireNonNull(
        written.get(Hosts.secret(number)), "cert-manager's write was not seen");
  }

  private static String certificate(int number) {
    return """
    apiVersion: cert-manager.io/v1
    kind: Certificate
    metadata: {name: %1$s}
    spec:
      secretName: %1$s
      secretTemplate: {labels: {certmerge: "true"}}
      dnsNames: [%2$s]
      privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
      issuerRef: {kind: ClusterIssuer, name: letsencrypt-prod}
    """
        .formatted(Hosts.secret(number), Hosts.host(number));
  }

  /** A certificate that was seen to be written. */
  private record Written(BigInteger serial, long nanos) {}

  /** Notes when certificates are written. */
  private record Writes(Map<String, Written> written) implements Watcher<Secret> {
    @Override
    public void eventReceived(Action action, Secret secret) {
      long now = System.nanoTime();
      String content = secret.getData() == null ? null : secret.getData().get("tls.crt");
      if (content != null && !content.isEmpty()) {
        BigInteger serial = serial(content);
        written.compute(
            secret.getMetadata().getName(),
            (name, before) ->
                before != null && before.serial().equals(serial)
                    ? before
                    : new Written(serial, now));
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      System.err.println("the watch of Secrets has ended: " + cause);
    }

    private static BigInteger serial(String content) {
      try {
        return ((X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                        new ByteArrayInputStream(Base64.getDecoder().decode(content))))
            .getSerialNumber();
      } catch (CertificateException e) {
        throw new IllegalStateException("cert-manager wrote no certificate", e);
      }
    }
  }
}
