package net.lecentre.certmerge.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the real kubelet does with a mounted Secret: all else here takes {@link KubeletMount}. */
class NodeIT {
  private static final TestCa CA = TestCa.create();
  private static @Nullable Node node;

  @BeforeAll
  static void start() {
    Optional<String> whyNot = Node.whyNot();
    // Surefire does not show what an assumption says.
    whyNot.ifPresent(reason -> System.err.println("NodeIT is skipped: " + reason));
    assumeTrue(whyNot.isEmpty());
    node = Node.start();
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  private static Node node() {
    assertThat(node).isNotNull();
    return node;
  }

  @Test
  void an_annotation_has_the_kubelet_swap_the_files_of_a_changed_secret_at_once()
      throws IOException {
    KubernetesClient client = node().controlPlane().client();
    String namespace = node().controlPlane().newNamespace("mounts");
    Secret secret = TestSecrets.tls(namespace, "shop", CA.issue("shop.example.com"), Map.of());
    client.resource(secret).create();
    node()
        .controlPlane()
        .apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: gateway, namespace: %s}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: pause
                image: certmerge.invalid/pause:1
                volumeMounts: [{name: certs, mountPath: /certs}]
              volumes: [{name: certs, secret: {secretName: shop}}]
            """
                .formatted(namespace));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> pod(client, namespace).getStatus().getPhase().equals("Running"));
    Path files = node().secretVolume(pod(client, namespace), "certs");
    Path before = Files.readSymbolicLink(files.resolve("..data"));
    IssuedPair renewed = CA.issue("shop.example.com");

    client.resource(TestSecrets.tls(namespace, "shop", renewed, Map.of())).update();
    client
        .pods()
        .inNamespace(namespace)
        .withName("gateway")
        .edit(
            pod -> {
              pod.getMetadata().getAnnotations().put("refresh", "now");
              return pod;
            });

    // By itself it looks about once a minute.
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(files.resolve("tls.crt")).hasContent(renewed.crtPem()));
    assertThat(Files.readSymbolicLink(files.resolve("..data"))).isNotEqualTo(before);
    // What KubeletMount makes is the same to look at.
    try (KubeletMount mount = KubeletMount.create()) {
      mount.project(Map.of("tls.crt", renewed.crtBytes(), "tls.key", renewed.keyBytes()));
      assertThat(shape(mount.directory())).isEqualTo(shape(files));
    }
  }

  private static Pod pod(KubernetesClient client, String namespace) {
    Pod pod = client.pods().inNamespace(namespace).withName("gateway").get();
    assertThat(pod).isNotNull();
    return pod;
  }

  private static String shape(Path directory) throws IOException {
    return Files.readSymbolicLink(directory.resolve("tls.crt"))
        + " "
        + Files.readSymbolicLink(directory.resolve("..data"))
            .toString()
            .replaceAll("\\d", "0")
            .replaceAll("\\.0+$", "")
        + " "
        + PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.resolve("tls.crt")));
  }
}
