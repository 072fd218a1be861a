package net.lecentre.certmerge.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * A real Istio ingress gateway: pilot-agent and its Envoy, with the labels {@code istio:
 * ingressgateway}, that serves on one port of this machine what Gateways say of port 443. It is
 * supervised like a container: whenever the agent exits, which it does after its Envoy, both are
 * started again.
 */
public final class IstioGateway implements AutoCloseable {
  static final String CLUSTER = "Kubernetes";

  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final String NAME = "istio-ingressgateway";
  private static final String LABELS = "{\"istio\": \"ingressgateway\", \"app\": \"" + NAME + "\"}";

  /** As Istio's chart has them: who the gateway is, that it may be given Secrets, and its port. */
  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: %1$s, namespace: %2$s}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: %1$s, namespace: %2$s}
      rules:
      - apiGroups: [""]
        resources: [secrets]
        verbs: [get, watch, list]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: %1$s, namespace: %2$s}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s}
      subjects:
      - {kind: ServiceAccount, name: %1$s, namespace: %2$s}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: %1$s, namespace: %2$s}
      spec:
        selector: {istio: ingressgateway, app: %1$s}
        ports:
        - {name: https, port: 443, targetPort: %3$d}
      """;

  private final Path pilotAgent;
  private final Path envoy;
  private final Istiod istiod;
  private final TempDirectory directory;
  private final HostPort listener = HostPort.free();
  private final HostPort admin = HostPort.free();
  private final HostPort agent = HostPort.free();
  private final HostPort health = HostPort.free();
  private final HostPort metrics = HostPort.free();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();
  private final CountDownLatch closing = new CountDownLatch(1);

  private ChildProcess child;
  private int restarts;

  private IstioGateway(Path pilotAgent, Istiod istiod, TempDirectory directory) {
    this.pilotAgent = pilotAgent;
    this.envoy = Parts.find().envoy();
    this.istiod = istiod;
    this.directory = directory;
    prepare();
    this.child = launch();
  }

  /**
   * Starts a gateway and waits until it says that it is ready. That proves nothing about its
   * certificates, and without a Gateway it listens nowhere.
   *
   * @throws IllegalStateException if it is not installed, or ends or hangs while starting; with its
   *     last log lines
   */
  public static IstioGateway start(Istiod istiod) {
    return start(Neighbours.find().pilotAgent(), istiod);
  }

  /**
   * The same with the agent of Istio 1.29.1, which sees the first rotation of mounted files and
   * misses later ones without a word (istio#59912).
   *
   * @throws IllegalStateException if it is not installed, or ends or hangs while starting; with its
   *     last log lines
   */
  public static IstioGateway startOlder(Istiod istiod) {
    return start(Neighbours.find().olderPilotAgent(), istiod);
  }

  private static IstioGateway start(Path pilotAgent, Istiod istiod) {
    return Starting.withFreshPorts(
        () -> new IstioGateway(pilotAgent, istiod, TempDirectory.create("gateway")).started());
  }

  private IstioGateway started() {
    try {
      Starting.await(current(), "starting", START_TIMEOUT, this::whyNotReady);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    Thread supervisor = new Thread(this::supervise, "gateway-supervisor");
    supervisor.setDaemon(true);
    supervisor.start();
    return this;
  }

  /** Says at which port this gateway serves what Gateways say of 443, and who it is. */
  private void prepare() {
    ControlPlane cluster = istiod.cluster();
    cluster.apply(OBJECTS.formatted(NAME, Istiod.NAMESPACE, listener.port()));
    String token = cluster.tokenFor(Istiod.NAMESPACE, NAME, List.of("istio-ca"));
    // Without certificates for the mesh its clusters never warm, and then it asks for no listeners.
    IssuedPair workload = TestCa.create().issue(NAME);
    write("var/run/secrets/tokens/istio-token", token);
    Path credentials = Path.of("var/run/secrets/workload-spiffe-credentials");
    write(credentials.resolve("cert-chain.pem").toString(), workload.crtPem());
    write(credentials.resolve("key.pem").toString(), workload.keyPem());
    write(credentials.resolve("root-cert.pem").toString(), workload.crtPem());
  }

  private void write(String name, String content) {
    Path file = directory.path().resolve(name);
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + file.getParent(), e);
    }
    Kubeconfigs.writePrivate(file, content);
  }

  private ChildProcess launch() {
    return ChildProcess.start(
        "pilot-agent",
        List.of(
            pilotAgent.toString(),
            "proxy",
            "router",
            "--domain=" + Istiod.NAMESPACE + ".svc.cluster.local",
            "--proxyLogLevel=warning"),
        Map.ofEntries(
            Map.entry("POD_NAME", NAME + "-0"),
            Map.entry("POD_NAMESPACE", Istiod.NAMESPACE),
            Map.entry("INSTANCE_IP", "127.0.0.1"),
            Map.entry("SERVICE_ACCOUNT", NAME),
            Map.entry("ISTIO_META_CLUSTER_ID", CLUSTER),
            Map.entry("ISTIO_META_SERVICE_ACCOUNT", NAME),
            Map.entry("ISTIO_META_UNPRIVILEGED_POD", "true"),
            Map.entry("ISTIO_METAJSON_LABELS", LABELS),
            Map.entry("CLOUD_PLATFORM", "none"),
            Map.entry("FILE_MOUNTED_CERTS", "true"),
            Map.entry("ENVOY_STATUS_PORT", Integer.toString(health.port())),
            Map.entry("ENVOY_PROMETHEUS_PORT", Integer.toString(metrics.port())),
            Map.entry("PROXY_CONFIG", proxyConfig())),
        directory.path().resolve("gateway.log"),
        directory.path());
  }

  private String proxyConfig() {
    return """
    discoveryAddress: %s
    controlPlaneAuthPolicy: NONE
    binaryPath: %s
    proxyBootstrapTemplatePath: %s
    proxyAdminPort: %d
    statusPort: %d
    configPath: %s
    concurrency: 1
    terminationDrainDuration: 0s
    """
        .formatted(
            istiod.discovery(),
            envoy,
            // It lies beside the agent of its version.
            pilotAgent.resolveSibling("envoy_bootstrap.json"),
            admin.port(),
            agent.port(),
            // By its whole name, so that it can be seen whose an Envoy is.
            directory.path().resolve("proxy"));
  }

  private void supervise() {
    try {
      do {
        current().onExit().join();
      } while (closing.getCount() > 0 && restart());
    } catch (RuntimeException e) {
      if (!JvmEnd.hasBegun()) {
        throw e;
      }
    }
  }

  private synchronized boolean restart() {
    if (closing.getCount() == 0 || JvmEnd.hasBegun()) {
      return false;
    }
    child = launch();
    restarts++;
    return true;
  }

  private synchronized ChildProcess current() {
    return child;
  }

  /** Where TLS is served as soon as a Gateway says what; the same after a restart. */
  public HostPort listener() {
    return listener;
  }

  /** Envoy's admin API; the same after a restart. */
  public URI adminUri() {
    return URI.create("http://" + admin);
  }

  /** How often it was started again. */
  public synchronized int restarts() {
    return restarts;
  }

  /** Its process, the agent's; Envoy is a child of it. */
  public ChildProcess child() {
    return current();
  }

  /** Whether it says that it is ready, which its readiness probe in a cluster asks for. */
  public boolean isReady() {
    return whyNotReady().isEmpty();
  }

  private Optional<String> whyNotReady() {
    return Starting.whyNotOk(http, URI.create("http://" + agent + "/healthz/ready"));
  }

  /** Ends it for good and deletes its files. */
  @Override
  public void close() {
    synchronized (this) {
      closing.countDown();
    }
    current().close();
    directory.close();
  }
}
