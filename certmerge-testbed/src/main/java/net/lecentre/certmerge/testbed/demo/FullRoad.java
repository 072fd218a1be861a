package net.lecentre.certmerge.testbed.demo;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.testbed.AcmeServer;
import net.lecentre.certmerge.testbed.CertManager;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.IstioGateway;
import net.lecentre.certmerge.testbed.Istiod;
import net.lecentre.certmerge.testbed.KeyAlgorithm;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;

/**
 * The setting of 2018 with all that belongs to it: ACME server → cert-manager → TLS Secrets →
 * certmerge → one Secret → Istio ingress gateway → TLS clients.
 */
final class FullRoad {
  private static final String TARGET = "istio-ingressgateway-certs";
  private static final String IN_CLUSTER = "/etc/istio/ingressgateway-certs";
  private static final String BROKEN = "cert-old.domain.com";
  private static final List<Host> HOSTS =
      List.of(new Host("svc.dev.domain.com"), new Host("svc.prod.domain.com"));

  private final Narrator narrator;
  private final Road road;
  private final Path manifests;
  private final Map<String, Legs> table = new LinkedHashMap<>();

  FullRoad(Narrator narrator, Road road, Path home) {
    this.narrator = narrator;
    this.road = road;
    this.manifests = home.resolve("deploy/examples/2018");
  }

  private record Host(String name) {
    /** Of its Certificate, of the Secret of that, and in the merged one. */
    String key() {
      return "cert-" + name;
    }
  }

  /**
   * How long a certificate took from place to place.
   *
   * @param issued from its request until cert-manager wrote it
   * @param merged from there until the target held it
   * @param mounted from there until the gateway's files held it
   * @param served from there until a TLS client was shown it
   */
  private record Legs(Duration issued, Duration merged, Duration mounted, Duration served) {
    Duration onTheWire() {
      return merged.plus(mounted).plus(served);
    }
  }

  /** What has been started, for who wants to use it. */
  record Started(
      ControlPlane controlPlane,
      IstioGateway gateway,
      Road.Service operator,
      Road.Service reloader) {}

  Started play() {
    narrator.line("certmerge between its real neighbours: from an ACME server to a TLS client");

    narrator.chapter("1. The neighbours");
    ControlPlane controlPlane = road.startControlPlane();
    KubernetesClient client = controlPlane.client();
    narrator.tell("control plane runs: %s", client.getMasterUrl());
    AcmeServer acme = road.startAcmeServer();
    narrator.tell("ACME server runs (pebble); it checks every challenge as Let's Encrypt does");
    road.startCertManager(controlPlane, acme);
    controlPlane.apply(acme.clusterIssuer("letsencrypt-prod"));
    narrator.tell("cert-manager runs, with ClusterIssuer letsencrypt-prod");
    Istiod istiod = road.startIstiod(controlPlane);
    road.applyDeploy(controlPlane);
    Road.Service operator = road.startOperator(controlPlane);
    Waiting.until(operator.name(), () -> road.isReady(operator));
    controlPlane.apply(text("certmerge.yaml"), Road.OPERATOR_NAMESPACE);
    narrator.tell("certmerge's operator runs, with the CertMerge of deploy/examples/2018");
    KubeletMount mount = road.mount(client, Istiod.NAMESPACE, TARGET);
    IstioGateway gateway = road.startGateway(istiod);
    controlPlane.apply(
        text("gateways.yaml").replace(IN_CLUSTER, mount.directory().toString()), Istiod.NAMESPACE);
    narrator.tell(
        "istiod and an ingress gateway run (pilot-agent, Envoy), with the two Gateways of"
            + " deploy/examples/2018");
    Road.Service reloader =
        road.startReloader(
            mount,
            gateway.adminUri(),
            gateway.listener(),
            List.of("--strategy=verify", "--poll=1s", "--coordinate=none"));
    narrator.tell("certmerge's reloader runs beside it, --strategy=verify");
    Arrivals arrivals = road.arrivals(client, Istiod.NAMESPACE);
    Wire wire = road.wire(gateway.listener());
    HOSTS.forEach(host -> wire.follow(host.name()));

    narrator.chapter("2. Two certificates are requested, and nobody touches anything");
    long requested = System.nanoTime();
    controlPlane.apply(text("certificates.yaml"), Istiod.NAMESPACE);
    narrator.tell(
        "applied the two Certificates of deploy/examples/2018; cert-manager looks for ten seconds"
            + " itself whether a challenge is answered");
    follow("first", HOSTS, requested, Map.of(), mount, arrivals, wire);
    Waiting.until(
        "cert-manager to be done",
        () ->
            HOSTS.stream()
                .allMatch(host -> CertManager.isReady(client, Istiod.NAMESPACE, host.key())));
    HOSTS.forEach(host -> awaitProof(reloader, host, arrivals));
    long failures = wire.failures();

    narrator.chapter("3. A broken Secret joins");
    Secret before = target(client);
    IssuedPair broken =
        TestCa.create()
            .issue(
                Request.forHosts("old.domain.com").algorithm(KeyAlgorithm.RSA_2048).withWrongKey());
    client
        .resource(TestSecrets.tls(Istiod.NAMESPACE, BROKEN, broken, Map.of("certmerge", "true")))
        .create();
    narrator.tell("Secret %s: its key belongs to another certificate", BROKEN);
    Waiting.until("the status", () -> !problem(client).isEmpty());
    narrator.tell("held back: %s", problem(client));
    if (!target(client)
        .getMetadata()
        .getResourceVersion()
        .equals(before.getMetadata().getResourceVersion())) {
      throw new IllegalStateException("the target was changed for a broken Secret");
    }
    narrator.tell("the target was not written, the gateway not touched");

    narrator.chapter("4. cert-manager renews them, one and then the other");
    for (Host host : HOSTS) {
      Map<Host, BigInteger> old = new HashMap<>();
      old.put(host, arrivals.latest(host.key(), "tls.crt").orElseThrow().serial());
      long asked = System.nanoTime();
      CertManager.renew(client, Istiod.NAMESPACE, host.key());
      narrator.tell("cert-manager was told to renew %s, as cmctl renew does", host.key());
      follow("renewal", List.of(host), asked, old, mount, arrivals, wire);
      awaitProof(reloader, host, arrivals);
    }

    tellWhatHappened(wire, failures, gateway);
    return new Started(controlPlane, gateway, operator, reloader);
  }

  /** Follows certificates from place to place until TLS clients are shown them. */
  private void follow(
      String which,
      List<Host> hosts,
      long startNanos,
      Map<Host, BigInteger> old,
      KubeletMount mount,
      Arrivals arrivals,
      Wire wire) {
    Map<Host, Arrivals.Arrival> mounted = new HashMap<>();
    Waiting.until(
        "TLS clients to be shown what cert-manager issued",
        () -> {
          boolean all = true;
          for (Host host : hosts) {
            // The latest one: cert-manager may think better of the first soon after.
            Arrivals.Arrival issued = arrivals.latest(host.key(), "tls.crt").orElse(null);
            if (issued == null || issued.serial().equals(old.get(host))) {
              all = false;
              continue;
            }
            BigInteger serial = issued.serial();
            if (isMounted(mount, host, serial)) {
              mounted.compute(
                  host,
                  (key, before) ->
                      before != null && before.serial().equals(serial)
                          ? before
                          : new Arrivals.Arrival(serial, System.nanoTime()));
            }
            all &= mounted.containsKey(host) && wire.serves(host.name(), serial);
          }
          return all;
        });
    for (Host host : hosts) {
      Arrivals.Arrival issued = arrivals.latest(host.key(), "tls.crt").orElseThrow();
      Arrivals.Arrival merged = arrivals.latest(TARGET, host.key() + ".crt").orElseThrow();
      long mountedAt = Math.max(merged.nanos(), mounted.getOrDefault(host, merged).nanos());
      Legs legs =
          new Legs(
              Duration.ofNanos(issued.nanos() - startNanos),
              between(issued.nanos(), merged.nanos()),
              between(merged.nanos(), mountedAt),
              between(mountedAt, wire.sinceNanos(host.name())));
      table.put(which + " " + host.name(), legs);
      narrator.tell(
          "served: %s shows a TLS client serial %s, %s after cert-manager wrote it",
          host.name(), issued.serial().toString(16), Narrator.span(legs.onTheWire()));
    }
  }

  /** Two watches may tell the same in another order. */
  private static Duration between(long fromNanos, long toNanos) {
    return Duration.ofNanos(Math.max(0, toNanos - fromNanos));
  }

  private static boolean isMounted(KubeletMount mount, Host host, BigInteger serial) {
    String text = Pem.text(mount.file(host.key() + ".crt"));
    return !text.isEmpty()
        && Pem.leaf(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
            .getSerialNumber()
            .equals(serial);
  }

  private void awaitProof(Road.Service reloader, Host host, Arrivals arrivals) {
    Waiting.until(
        "the reloader's proof of " + host.key(),
        () ->
            road.proves(
                reloader,
                host.key(),
                arrivals.latest(host.key(), "tls.crt").orElseThrow().serial()));
    narrator.tell("the reloader has proved it: %s is Served", host.key());
  }

  private void tellWhatHappened(Wire wire, long failuresBefore, IstioGateway gateway) {
    narrator.chapter("What happened");
    narrator.detail(
        "%-28s %10s %9s %9s %9s   %s",
        "", "issued", "merged", "mounted", "served", "written to served");
    table.forEach(
        (what, legs) ->
            narrator.detail(
                "%-28s %10s %9s %9s %9s   %s",
                what,
                Narrator.span(legs.issued()),
                Narrator.span(legs.merged()),
                Narrator.span(legs.mounted()),
                Narrator.span(legs.served()),
                Narrator.span(legs.onTheWire())));
    narrator.detail("%-28s never reached the target", "broken " + BROKEN);
    narrator.line("");
    narrator.line(
        String.format(
            java.util.Locale.ROOT,
            "From the first certificate on %d of %d handshakes failed, and the gateway was"
                + " restarted %d times. On a node the kubelet's time for the files comes on top.",
            wire.failures() - failuresBefore,
            wire.handshakes(),
            gateway.restarts()));
  }

  private static Secret target(KubernetesClient client) {
    Secret target = Road.secret(client, Istiod.NAMESPACE, TARGET);
    if (target == null) {
      throw new IllegalStateException("the target is gone");
    }
    return target;
  }

  private static String problem(KubernetesClient client) {
    return Road.problem(client, "certmerge-istio-ingress", Istiod.NAMESPACE + "/" + BROKEN);
  }

  private String text(String file) {
    try {
      return Files.readString(manifests.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + manifests.resolve(file), e);
    }
  }
}
