package net.lecentre.certmerge.benchmark.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Node;
import net.lecentre.certmerge.testbed.NodeImage;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;

/** A node with the shipped operator and the shipped plain Envoy on it, as deploy/ has them. */
final class Cluster implements AutoCloseable {
  static final String NAMESPACE = "edge";
  static final String TARGET = "edge-certs";
  static final String HOST = "api.example.com";

  private static final String SOURCE = "api-tls";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final TestCa ca = TestCa.create().intermediate();
  private final Node node = Node.start();

  Cluster() {
    node.load(image("certmerge-operator"));
    node.load(NodeImage.envoy());
    kubectl("apply", "--kustomize=deploy");
    kubectl("create", "namespace", NAMESPACE);
    kubectl("apply", "--namespace=" + NAMESPACE, "--filename=deploy/refresh-pods");
    kubectl("create", "namespace", "shop");
    client().resource(source()).create();
    Secret shop = TestSecrets.tls("shop", "shop-tls", ca.issue("shop.example.com"), Map.of());
    shop.getMetadata().getAnnotations().put("certmerge.lecentre.net/allowed-namespaces", NAMESPACE);
    client().resource(shop).create();
    kubectl("apply", "--kustomize=deploy/envoy");
    await(
        "two replicas of Envoy are ready",
        () -> gateways().stream().filter(Cluster::ready).count() == 2);
  }

  private static Path image(String program) {
    Path target = Path.of("certmerge-images", "target");
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches(program + "-.*\\.oci\\.tar"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no image of " + program + " in " + target));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  KubernetesClient client() {
    return node.controlPlane().client();
  }

  Path certificates(Pod gateway) {
    return node.secretVolume(gateway, "certs");
  }

  /** The pods with Envoy. */
  List<Pod> gateways() {
    return client()
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/name", "envoy")
        .list()
        .getItems();
  }

  private static boolean ready(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }

  /** Says whether the CertMerge has the pods annotated. */
  void refreshPods(boolean on) {
    kubectl(
        "patch",
        "certmerge",
        "edge",
        "--namespace=" + NAMESPACE,
        "--type=merge",
        "--patch={\"spec\": {\"refreshPods\": "
            + (on
                ? "[{\"labelselector\": {\"matchLabels\": {\"app.kubernetes.io/name\": \"envoy\"}}}]"
                : "null")
            + "}}");
  }

  /** A new certificate for {@link #HOST}. */
  IssuedPair issue() {
    return ca.issue(HOST);
  }

  private Secret source() {
    return TestSecrets.tls(NAMESPACE, SOURCE, issue(), Map.of());
  }

  /** Writes a certificate as cert-manager does. */
  void write(IssuedPair pair) {
    client()
        .secrets()
        .inNamespace(NAMESPACE)
        .withName(SOURCE)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            TestSecrets.tls(NAMESPACE, SOURCE, pair, Map.of()));
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("not within " + PATIENCE + ": " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private void kubectl(String... arguments) {
    List<String> command =
        Stream.concat(
                Stream.of("kubectl", "--kubeconfig=" + node.controlPlane().adminKubeconfig()),
                Stream.of(arguments))
            .toList();
    try {
      int code =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start()
              .waitFor();
      if (code != 0) {
        throw new IllegalStateException(String.join(" ", command) + " ended with code " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    node.close();
  }
}
