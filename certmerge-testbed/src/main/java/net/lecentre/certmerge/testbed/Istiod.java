package net.lecentre.certmerge.testbed;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Istio's real control plane, for gateways of Envoys as Envoy publishes them. */
public final class Istiod implements AutoCloseable {
  /** Where it and its gateways are. */
  public static final String NAMESPACE = "istio-system";

  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  private final TempDirectory directory;
  private final ControlPlane cluster;
  private final HostPort discovery = HostPort.free();
  private final ChildProcess child;

  private Istiod(Neighbours neighbours, ControlPlane cluster, TempDirectory directory) {
    this.directory = directory;
    this.cluster = cluster;
    HostPort health = HostPort.free();
    // Its filters for telemetry are only in Istio's own build of Envoy.
    Kubeconfigs.writePrivate(directory.path().resolve("mesh.yaml"), "defaultProviders: {}\n");
    this.child =
        ChildProcess.start(
            "istiod",
            List.of(
                neighbours.istiod().toString(),
                "discovery",
                "--kubeconfig=" + cluster.adminKubeconfig(),
                "--namespace=" + NAMESPACE,
                "--meshConfig=mesh.yaml",
                "--grpcAddr=" + discovery,
                "--httpAddr=" + health,
                "--monitoringAddr=" + HostPort.free(),
                "--ctrlz_port=0",
                "--secureGRPCAddr=",
                "--httpsAddr=",
                "--shutdownDuration=0s"),
            Map.ofEntries(
                Map.entry("POD_NAMESPACE", NAMESPACE),
                Map.entry("POD_NAME", "istiod"),
                Map.entry("CLUSTER_ID", IstioGateway.CLUSTER),
                Map.entry("CLOUD_PLATFORM", "none"),
                Map.entry("PILOT_ENABLE_METADATA_EXCHANGE", "false"),
                Map.entry("PILOT_ENABLE_ALPN_FILTER", "false"),
                // Gateways name their service account by a token. There is no mesh: no CA is
                // needed.
                Map.entry("XDS_AUTH_PLAINTEXT", "true"),
                Map.entry("ENABLE_CA_SERVER", "false"),
                Map.entry("PILOT_CERT_PROVIDER", "none"),
                Map.entry("INJECT_ENABLED", "false")),
            directory.path().resolve("istiod.log"),
            directory.path());
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    URI ready = URI.create("http://" + health + "/ready");
    try {
      Starting.await(child, "starting", START_TIMEOUT, () -> Starting.whyNotOk(http, ready));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Installs its kinds and starts it.
   *
   * @throws IllegalStateException if it is not installed, or ends or hangs while starting; with its
   *     last log lines
   */
  public static Istiod start(ControlPlane cluster) {
    Neighbours neighbours = Neighbours.find();
    cluster.apply(neighbours.istioKinds());
    cluster
        .client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .serverSideApply();
    return Starting.withFreshPorts(
        () -> new Istiod(neighbours, cluster, TempDirectory.create("istiod")));
  }

  /** Where its proxies ask it. */
  HostPort discovery() {
    return discovery;
  }

  ControlPlane cluster() {
    return cluster;
  }

  /** Its process. */
  public ChildProcess child() {
    return child;
  }

  @Override
  public void close() {
    child.close();
    directory.close();
  }
}
