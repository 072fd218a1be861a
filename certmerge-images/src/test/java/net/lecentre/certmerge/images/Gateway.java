package net.lecentre.certmerge.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.testbed.Balancer;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Node;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;
import net.lecentre.certmerge.testbed.TlsClient;

/**
 * Pods with a static Envoy in a namespace of their own at the restricted level, with the shipped
 * sidecar and its rights, and a CertMerge for what they mount.
 */
final class Gateway implements AutoCloseable {
  static final String HOST = "shop.example.com";
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final Node node;
  private final String namespace;
  private final TestCa ca = TestCa.create();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final Deque<Runnable> closing = new ArrayDeque<>();

  /**
   * Starts it and waits until it is ready.
   *
   * @param options what the sidecar gets in the place of {@code --strategy=verify}
   * @param mount how the sidecar mounts the certificates
   */
  Gateway(Node node, int replicas, List<String> options, String mount) {
    this.node = node;
    this.namespace = cluster().newNamespace("gateway");
    Kubectl kubectl = kubectl();
    kubectl.run(
        "label",
        "namespace",
        namespace,
        "pod-security.kubernetes.io/enforce=restricted",
        "pod-security.kubernetes.io/warn=restricted");
    kubectl.run(
        "apply", "--namespace=" + namespace, "--filename=" + DEPLOY.resolve("refresh-pods"));
    kubectl.apply(
        text(DEPLOY.resolve("istio/reloader-role.yaml")).replace("istio-system", namespace));
    cluster().client().resource(TestSecrets.tls(namespace, "shop", issue(), Map.of())).create();
    kubectl.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: gateway, namespace: %s}
        spec:
          name: istio-ingressgateway-certs
          secretlist: [{name: shop}]
          refreshPods: [{labelselector: {matchLabels: {istio: ingressgateway}}}]
        """
            .formatted(namespace));
    // The volume is optional as it is shipped: an Envoy that is there first ends, and is started
    // again.
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster()
                        .client()
                        .secrets()
                        .inNamespace(namespace)
                        .withName("istio-ingressgateway-certs")
                        .get()
                    != null);
    String plain = "mountPath: /etc/istio/ingressgateway-certs";
    kubectl.apply(
        gateway().replace("replicas: 1", "replicas: " + replicas), "--namespace=" + namespace);
    kubectl.patch(
        text(DEPLOY.resolve("istio/reloader-sidecar.yaml"))
            .replace("- --strategy=verify", "- " + String.join("\n        - ", options))
            .replace(plain + "\n", mount.replace(", ", "\n          ") + "\n"),
        "--namespace=" + namespace,
        "deployment",
        "istio-ingressgateway");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(pods())
                    .hasSize(replicas)
                    .allMatch(pod -> pod.getStatus().getContainerStatuses().size() == 2)
                    .allMatch(Gateway::ready));
  }

  private static String gateway() {
    try (var file = Gateway.class.getResourceAsStream("gateway.yaml")) {
      assertThat(file).isNotNull();
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ControlPlane cluster() {
    return node.controlPlane();
  }

  private Kubectl kubectl() {
    return new Kubectl(cluster());
  }

  TestCa ca() {
    return ca;
  }

  private IssuedPair issue() {
    return ca.issue(HOST);
  }

  /** Its pods, by name. */
  List<Pod> pods() {
    KubernetesClient client = cluster().client();
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("istio", "ingressgateway")
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
        .toList();
  }

  /** As the endpoints of a Service know it. */
  static boolean ready(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }

  static ContainerStatus container(Pod pod, String name) {
    return pod.getStatus().getContainerStatuses().stream()
        .filter(it -> it.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static HostPort https(Pod pod) {
    return new HostPort(pod.getStatus().getPodIP(), 8443);
  }

  /** The serial number of what a pod serves; zero if it answers nothing. */
  static BigInteger served(Pod pod) {
    return TlsClient.handshake(https(pod), HOST) instanceof TlsClient.Served served
        ? served.leaf().getSerialNumber()
        : BigInteger.ZERO;
  }

  /** Renews the source, as cert-manager does. */
  BigInteger renew() {
    IssuedPair pair = issue();
    cluster().client().resource(TestSecrets.tls(namespace, "shop", pair, Map.of())).update();
    return pair.serial();
  }

  /** What the reloader of a pod says at /status. */
  JsonNode status(Pod pod) {
    try {
      return new ObjectMapper()
          .readTree(
              http.send(
                      HttpRequest.newBuilder(
                              URI.create("http://" + pod.getStatus().getPodIP() + ":15099/status"))
                          .timeout(Duration.ofSeconds(10))
                          .build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A balancer that goes by what the kubelet says of each pod's readiness, as a Service does. */
  Balancer balancer() throws IOException {
    SharedIndexInformer<Pod> known = cluster().client().pods().inNamespace(namespace).inform();
    closing.push(known::close);
    List<Balancer.Replica> replicas = new ArrayList<>();
    for (Pod pod : pods()) {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/readyz",
          exchange -> {
            Pod now = known.getStore().get(pod);
            exchange.sendResponseHeaders(now != null && ready(now) ? 200 : 503, -1);
            exchange.close();
          });
      server.start();
      closing.push(() -> server.stop(0));
      replicas.add(
          new Balancer.Replica(
              https(pod), new HostPort("127.0.0.1", server.getAddress().getPort())));
    }
    return Balancer.start(replicas);
  }

  /** All that its reloaders have written. */
  String log() {
    return String.join(
        "\n", pods().stream().map(pod -> node.log(pod, "certmerge-reloader")).toList());
  }

  @Override
  public void close() {
    while (!closing.isEmpty()) {
      closing.pop().run();
    }
    cluster().client().namespaces().withName(namespace).delete();
  }
}
