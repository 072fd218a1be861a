package net.lecentre.certmerge.testbed.demo;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.JvmEnd;
import net.lecentre.certmerge.testbed.KeyAlgorithm;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The main job, end to end, on a control plane and an Envoy of its own. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    version = "certmerge demo",
    description = {
      "Shows certmerge at work on this machine: a real Kubernetes control plane, the operator, a real"
          + " Envoy and the reloader. Takes about half a minute once everything is built.",
      "With --full between its real neighbours: an ACME server, cert-manager, and an Istio gateway.",
      "Exit codes: 0 all went as told, 1 something did not, 2 wrong usage."
    })
public final class Demo implements Callable<Integer> {
  private static final String GATEWAY_NAMESPACE = "istio-system";
  private static final String SHOP_NAMESPACE = "shop";
  private static final String TARGET = "istio-ingressgateway-certs";
  private static final String CERT_MERGE = "certmerge-istio-ingress";
  private static final Map<String, String> LABEL = Map.of("certmerge", "true");

  @Option(names = "--keep", description = "Leave it running at the end, and say how to use it.")
  private boolean keep;

  @Option(
      names = "--full",
      description = "All of the road, from an ACME server to an Istio ingress gateway.")
  private boolean full;

  @Option(
      names = "--home",
      defaultValue = ".",
      hidden = true,
      description = "The top directory of the project.")
  private Path home = Path.of(".");

  private final Narrator narrator = new Narrator(System.out);
  private final TestCa ca = TestCa.create();
  private final List<String> summary = new ArrayList<>();

  /** Runs the demo. */
  public static void main(String[] arguments) {
    // The story is told on standard output; what libraries say of themselves is no part of it.
    System.setProperty(
        "logback.configurationFile", "net/lecentre/certmerge/testbed/demo/quiet.xml");
    System.exit(new CommandLine(new Demo()).execute(arguments));
  }

  /** A source of the demo. */
  private record Source(String namespace, String name, String host, KeyAlgorithm algorithm) {
    @Override
    public String toString() {
      return namespace + "/" + name;
    }
  }

  private static final Source DEV =
      new Source(
          GATEWAY_NAMESPACE, "cert-svc.dev.example.com", "svc.dev.example.com", KeyAlgorithm.P_256);
  private static final Source PROD =
      new Source(
          GATEWAY_NAMESPACE,
          "cert-svc.prod.example.com",
          "svc.prod.example.com",
          KeyAlgorithm.RSA_2048);
  private static final Source OWN =
      new Source(SHOP_NAMESPACE, "my-own-tls", "shop.example.com", KeyAlgorithm.P_384);
  private static final Source BROKEN =
      new Source(
          GATEWAY_NAMESPACE, "cert-old.example.com", "old.example.com", KeyAlgorithm.RSA_2048);
  private static final List<Source> GOOD = List.of(DEV, PROD, OWN);

  @Override
  public Integer call() {
    Road road = new Road(home.toAbsolutePath().normalize());
    try {
      if (full) {
        FullRoad.Started started =
            new FullRoad(narrator, road, home.toAbsolutePath().normalize()).play();
        if (keep) {
          keep(
              road,
              started.controlPlane(),
              started.operator(),
              started.reloader(),
              started.gateway().adminUri(),
              started.gateway().listener(),
              "svc.prod.domain.com");
        }
      } else {
        play(road);
      }
      return CommandLine.ExitCode.OK;
    } catch (RuntimeException e) {
      if (JvmEnd.hasBegun()) {
        return CommandLine.ExitCode.SOFTWARE;
      }
      narrator.chapter("The demo did not get to its end: " + e.getMessage());
      road.services()
          .forEach(
              service -> {
                narrator.line("-- last of the log of " + service.name() + ":");
                service.child().log().lines().skip(skipped(service)).forEach(narrator::line);
              });
      return CommandLine.ExitCode.SOFTWARE;
    } finally {
      road.close();
    }
  }

  private static long skipped(Road.Service service) {
    return Math.max(0, service.child().log().lines().count() - 15);
  }

  private void play(Road road) {
    narrator.line("certmerge: many TLS Secrets, one gateway, and proof of what it serves");

    narrator.chapter("1. A cluster with certificates, as cert-manager leaves them");
    ControlPlane controlPlane = road.startControlPlane();
    KubernetesClient client = controlPlane.client();
    narrator.tell(
        "control plane runs (etcd, kube-apiserver, kube-controller-manager): %s",
        client.getMasterUrl());
    road.applyDeploy(controlPlane);
    narrator.tell("applied deploy/: namespace, service account, roles, CRD");
    for (String namespace : List.of(GATEWAY_NAMESPACE, SHOP_NAMESPACE)) {
      client
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .create();
    }
    for (Source source : GOOD) {
      IssuedPair pair = issue(source);
      put(client, source, pair);
      narrator.tell(
          "Secret %s: %s, %s, serial %s", source, source.host(), source.algorithm(), serial(pair));
    }
    putBroken(client);
    narrator.tell("Secret %s: broken on purpose, its key belongs to another certificate", BROKEN);

    narrator.chapter("2. The operator merges them into the Secret that the gateway mounts");
    Road.Service operator = started(road, road.startOperator(controlPlane));
    narrator.tell("operator runs, with the rights of deploy/role.yaml and no others");
    long applied = System.nanoTime();
    controlPlane.apply(home.resolve("deploy").resolve("examples").resolve("certmerge.yaml"));
    narrator.tell("applied the CertMerge of the README (deploy/examples/certmerge.yaml)");
    Waiting.until("the merged Secret", () -> hasKeys(client, GOOD));
    Duration merging = since(applied);
    narrator.tell(
        "merged: %d of %d sources are in Secret %s/%s, after %s",
        GOOD.size(), GOOD.size() + 1, GATEWAY_NAMESPACE, TARGET, Narrator.span(merging));
    summary.add(
        row("first merge", "%d of %d sources", GOOD.size(), GOOD.size() + 1)
            + Narrator.span(merging));
    Waiting.until("the status", () -> !problem(client).isEmpty());
    narrator.tell("held back: %s", problem(client));
    summary.add(row("held back", "%s", BROKEN) + "never reached the target");

    narrator.chapter("3. Envoy serves the merged Secret's files");
    KubeletMount mount = road.mount(client, GATEWAY_NAMESPACE, TARGET);
    Waiting.until(
        "the mounted files", () -> GOOD.stream().allMatch(source -> isMounted(mount, source)));
    narrator.tell("mounted the Secret at %s, swapped as the kubelet does it", mount.directory());
    EnvoyProcess envoy = road.startEnvoy(staticFiles(mount));
    narrator.tell(
        "Envoy listens on %s, with static certificate files: it reads them once and never again",
        envoy.listener());
    Wire wire = road.wire(envoy.listener());
    GOOD.forEach(source -> wire.follow(source.host()));
    Road.Service reloader =
        started(
            road,
            road.startReloader(
                mount,
                envoy.adminUri(),
                envoy.listener(),
                // Minutes in production; here everybody is watching.
                List.of(
                    "--strategy=restart",
                    "--sds-grace=1s",
                    "--poll=500ms",
                    "--drain-timeout=2s",
                    "--min-uptime=1s",
                    "--coordinate=none")));
    narrator.tell("reloader runs beside it, --strategy=restart");
    for (Source source : GOOD) {
      BigInteger onDisk = served(client, source);
      Waiting.until(source.host() + " on the wire", () -> wire.serves(source.host(), onDisk));
      awaitServed(road, reloader, source);
      narrator.tell(
          "served: %s shows a TLS client serial %s, as is on disk", source.host(), hex(onDisk));
    }

    narrator.chapter("4. A certificate is renewed, and nobody touches anything");
    renew(road, client, mount, wire, envoy, reloader, DEV);

    narrator.chapter("5. A renewal goes wrong");
    BigInteger good = served(client, PROD);
    int restarts = envoy.restarts();
    client
        .resource(
            TestSecrets.tls(
                PROD.namespace(), PROD.name(), issue(PROD).crtPem(), issue(PROD).keyPem(), LABEL))
        .forceConflicts()
        .serverSideApply();
    narrator.tell("Secret %s now holds a certificate with the key of another one", PROD);
    Waiting.until("the status", () -> problem(client, PROD).contains("Kept"));
    narrator.tell("kept: %s", problem(client, PROD));
    if (!served(client, PROD).equals(good) || !wire.serves(PROD.host(), good)) {
      throw new IllegalStateException(PROD.host() + " lost its good certificate");
    }
    if (envoy.restarts() != restarts) {
      throw new IllegalStateException("Envoy was restarted for a broken certificate");
    }
    narrator.tell("%s still shows serial %s; Envoy was not touched", PROD.host(), hex(good));
    summary.add(row("broken renewal", "%s", PROD) + "last good pair stayed served");

    narrator.chapter("6. It is mended, and the broken Secret of the beginning too");
    IssuedPair mended = issue(BROKEN);
    put(client, BROKEN, mended);
    Waiting.until("the mended source", () -> hasKeys(client, List.of(BROKEN)));
    narrator.tell("merged: %s is good now and in the target", BROKEN);
    renew(road, client, mount, wire, envoy, reloader, PROD);

    narrator.chapter("What happened");
    summary.forEach(narrator::detail);
    narrator.detail(
        "%-16s %-44s %s",
        "TLS clients",
        String.format(Locale.ROOT, "%d handshakes, %d failed", wire.handshakes(), wire.failures()),
        "one replica: longest gap " + Narrator.span(wire.longestGap()));
    narrator.line("");
    narrator.line(
        "Static files cost one short restart for each renewal. With file SDS Envoy picks renewals up"
            + " by itself, and the reloader only watches.");
    if (keep) {
      keep(road, controlPlane, operator, reloader, envoy.adminUri(), envoy.listener(), PROD.host());
    }
  }

  private Road.Service started(Road road, Road.Service service) {
    Waiting.until(service.name(), () -> road.isReady(service));
    return service;
  }

  /** Renews a source and follows the renewal leg by leg. */
  private void renew(
      Road road,
      KubernetesClient client,
      KubeletMount mount,
      Wire wire,
      EnvoyProcess envoy,
      Road.Service reloader,
      Source source) {
    IssuedPair renewed = issue(source);
    BigInteger serial = renewed.serial();
    int restarts = envoy.restarts();
    put(client, source, renewed);
    long start = System.nanoTime();
    narrator.tell("renewed: Secret %s, now serial %s", source, serial(renewed));
    Waiting.until("the merge", () -> served(client, source).equals(serial));
    Duration merged = since(start);
    Waiting.until("the mounted file", () -> mountedText(mount, source).equals(renewed.crtPem()));
    Duration mounted = since(start);
    narrator.tell(
        "merged after %s, in the mounted files after %s",
        Narrator.span(merged), Narrator.span(mounted));
    Waiting.until(source.host() + " on the wire", () -> wire.serves(source.host(), serial));
    Duration onTheWire = Duration.ofNanos(wire.sinceNanos(source.host()) - start);
    narrator.tell(
        "served again: %s shows a TLS client serial %s, %s after the renewal (Envoy restarted %d"
            + " time by the reloader)",
        source.host(), hex(serial), Narrator.span(onTheWire), envoy.restarts() - restarts);
    awaitServed(road, reloader, source);
    narrator.tell("the reloader has verified it: %s is Served", source.name());
    summary.add(
        row("renewal", "%s", source.host())
            + "merged %s, mounted %s, served %s"
                .formatted(
                    Narrator.span(merged), Narrator.span(mounted), Narrator.span(onTheWire)));
  }

  private void awaitServed(Road road, Road.Service reloader, Source source) {
    Waiting.until(
        "the reloader's verdict on " + source.name(),
        () -> road.stateOf(reloader, source.name()).equals("Served"));
  }

  private void keep(
      Road road,
      ControlPlane controlPlane,
      Road.Service operator,
      Road.Service reloader,
      URI admin,
      HostPort listener,
      String host) {
    narrator.chapter("It keeps running until Ctrl-C. In another terminal:");
    narrator.line("  export KUBECONFIG=" + controlPlane.adminKubeconfig());
    narrator.line("  kubectl get cmerge -A");
    narrator.line("  kubectl -n " + Road.OPERATOR_NAMESPACE + " describe cmerge " + CERT_MERGE);
    narrator.line("  kubectl -n " + GATEWAY_NAMESPACE + " get secret " + TARGET + " -o yaml");
    narrator.line(
        "  openssl s_client -connect "
            + listener
            + " -servername "
            + host
            + " </dev/null 2>/dev/null | openssl x509 -noout -subject -serial -enddate");
    narrator.line("  curl -s " + reloader.uri().resolve("/status"));
    narrator.line("  curl -s " + reloader.uri().resolve("/metrics"));
    narrator.line("  curl -s " + operator.uri().resolve("/metrics") + " | grep ^certmerge");
    narrator.line("  curl -s " + admin.resolve("/certs"));
    narrator.line("  tail -f " + road.logs() + "/*.log");
    while (road.services().stream().allMatch(service -> service.child().isAlive())) {
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    }
    throw new IllegalStateException("a program of certmerge has ended");
  }

  private IssuedPair issue(Source source) {
    return ca.issue(Request.forHosts(source.host()).algorithm(source.algorithm()));
  }

  private static void put(KubernetesClient client, Source source, IssuedPair pair) {
    Map<String, String> labels = source.namespace().equals(GATEWAY_NAMESPACE) ? LABEL : Map.of();
    client
        .resource(TestSecrets.tls(source.namespace(), source.name(), pair, labels))
        .forceConflicts()
        .serverSideApply();
  }

  private void putBroken(KubernetesClient client) {
    IssuedPair pair =
        ca.issue(Request.forHosts(BROKEN.host()).algorithm(BROKEN.algorithm()).withWrongKey());
    put(client, BROKEN, pair);
  }

  private static boolean hasKeys(KubernetesClient client, List<Source> sources) {
    Secret target = Road.secret(client, GATEWAY_NAMESPACE, TARGET);
    return target != null
        && target.getData() != null
        && sources.stream()
            .allMatch(
                source ->
                    target.getData().containsKey(source.name() + ".crt")
                        && target.getData().containsKey(source.name() + ".key"));
  }

  /** The serial that the target holds for a source. */
  private static BigInteger served(KubernetesClient client, Source source) {
    Secret target = Road.secret(client, GATEWAY_NAMESPACE, TARGET);
    if (target == null) {
      throw new IllegalStateException("the target is gone");
    }
    byte[] pem = Base64.getDecoder().decode(target.getData().get(source.name() + ".crt"));
    return Pem.leaf(pem).getSerialNumber();
  }

  private static boolean isMounted(KubeletMount mount, Source source) {
    return !mountedText(mount, source).isEmpty();
  }

  private static String mountedText(KubeletMount mount, Source source) {
    return Pem.text(mount.file(source.name() + ".crt"));
  }

  private static EnvoyConfig staticFiles(KubeletMount mount) {
    return EnvoyConfig.of(
        EnvoyConfig.Source.STATIC,
        GOOD.stream()
            .map(source -> EnvoyConfig.Host.in(mount.directory(), source.host(), source.name()))
            .toArray(EnvoyConfig.Host[]::new));
  }

  private static String problem(KubernetesClient client) {
    return problem(client, BROKEN);
  }

  private static String problem(KubernetesClient client, Source source) {
    return Road.problem(client, CERT_MERGE, source.toString());
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  private static String row(String what, String format, Object... arguments) {
    return String.format(
        Locale.ROOT, "%-16s %-44s ", what, String.format(Locale.ROOT, format, arguments));
  }

  private static String serial(IssuedPair pair) {
    return hex(pair.serial());
  }

  private static String hex(BigInteger serial) {
    return serial.toString(16);
  }
}
