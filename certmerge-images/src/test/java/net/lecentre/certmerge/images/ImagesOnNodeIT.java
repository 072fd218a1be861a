package net.lecentre.certmerge.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.lecentre.certmerge.testbed.Balancer;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Node;
import net.lecentre.certmerge.testbed.NodeImage;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;
import net.lecentre.certmerge.testbed.TlsClient;
import net.lecentre.certmerge.testbed.TlsLoad;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The images and manifests as they are shipped, as pods of a real node. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ImagesOnNodeIT {
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String MOUNTED = "mountPath: /etc/istio/ingressgateway-certs";

  private static @Nullable Node started;

  @BeforeAll
  static void install() throws IOException {
    Optional<String> whyNot = Node.whyNot();
    // Failsafe does not show what an assumption says.
    whyNot.ifPresent(reason -> System.err.println("ImagesOnNodeIT is skipped: " + reason));
    assumeTrue(whyNot.isEmpty());
    started = Node.start();
    node().load(NodeImage.envoy());
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      for (Path image : files.filter(it -> it.toString().endsWith(".oci.tar")).toList()) {
        node().load(image);
      }
    }
    kubectl().run("apply", "--kustomize=" + DEPLOY);
  }

  @AfterAll
  static void end() {
    if (started != null) {
      started.close();
    }
  }

  private static Node node() {
    assertThat(started).isNotNull();
    return started;
  }

  private static Kubectl kubectl() {
    return new Kubectl(node().controlPlane());
  }

  @Test
  void two_operators_become_ready_and_one_of_them_leads() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Deployment operator =
                  node()
                      .controlPlane()
                      .client()
                      .apps()
                      .deployments()
                      .inNamespace("cert-merge")
                      .withName("certmerge-operator")
                      .get();
              assertThat(operator).isNotNull();
              assertThat(operator.getStatus().getReadyReplicas()).isEqualTo(2);
              assertThat(
                      node()
                          .controlPlane()
                          .client()
                          .leases()
                          .inNamespace("cert-merge")
                          .list()
                          .getItems())
                  .singleElement()
                  .satisfies(
                      lease ->
                          assertThat(lease.getSpec().getHolderIdentity())
                              .startsWith("certmerge-operator-"));
            });
  }

  @Test
  void the_shipped_envoy_serves_a_renewal_without_a_restart() {
    TestCa ca = TestCa.create();
    kubectl().run("create", "namespace", "edge");
    kubectl().run("label", "namespace", "edge", "pod-security.kubernetes.io/enforce=restricted");
    kubectl().run("create", "namespace", "shop");
    kubectl().run("apply", "--namespace=edge", "--filename=" + DEPLOY.resolve("refresh-pods"));
    var client = node().controlPlane().client();
    client
        .resource(TestSecrets.tls("edge", "api-tls", ca.issue("api.example.com"), Map.of()))
        .create();
    Secret shop = TestSecrets.tls("shop", "shop-tls", ca.issue("shop.example.com"), Map.of());
    shop.getMetadata().getAnnotations().put("certmerge.lecentre.net/allowed-namespaces", "edge");
    client.resource(shop).create();
    kubectl().run("apply", "--kustomize=" + DEPLOY.resolve("envoy"));
    kubectl()
        .run(
            "patch",
            "certmerge",
            "edge",
            "--namespace=edge",
            "--type=merge",
            "--patch={\"spec\": {\"refreshPods\": [{\"labelselector\": {\"matchLabels\":"
                + " {\"app.kubernetes.io/name\": \"envoy\"}}}]}}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(envoys()).hasSize(2).allMatch(Gateway::ready));

    IssuedPair renewed = ca.issue("api.example.com");
    client.resource(TestSecrets.tls("edge", "api-tls", renewed, Map.of())).update();

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(envoys())
                    .extracting(ImagesOnNodeIT::serialOfApi)
                    .containsOnly(renewed.serial()));
    assertThat(envoys())
        .allMatch(pod -> Gateway.container(pod, "envoy").getRestartCount() == 0)
        .allMatch(
            pod ->
                pod.getMetadata().getAnnotations().containsKey("certmerge.lecentre.net/refresh"));
  }

  private static List<Pod> envoys() {
    return node()
        .controlPlane()
        .client()
        .pods()
        .inNamespace("edge")
        .withLabel("app.kubernetes.io/name", "envoy")
        .list()
        .getItems();
  }

  private static BigInteger serialOfApi(Pod pod) {
    return TlsClient.handshake(new HostPort(pod.getStatus().getPodIP(), 8443), "api.example.com")
            instanceof TlsClient.Served served
        ? served.leaf().getSerialNumber()
        : BigInteger.ZERO;
  }

  @Test
  void the_shipped_sidecar_proves_what_is_served_and_reports_what_is_not() {
    try (Gateway gateway = new Gateway(node(), 1, List.of("--strategy=verify"), MOUNTED)) {
      Pod pod = gateway.pods().get(0);
      await()
          .atMost(PATIENCE)
          .until(() -> gateway.status(pod).at("/keys/0/state").asText().equals("Served"));

      gateway.renew();

      await()
          .atMost(PATIENCE)
          .until(() -> gateway.status(pod).at("/keys/0/state").asText().equals("Stale"));
      assertThat(Gateway.container(pod, "istio-proxy").getRestartCount()).isZero();
    }
  }

  @Test
  void files_mounted_with_sub_path_are_told_of() {
    try (Gateway gateway =
        new Gateway(
            node(),
            1,
            List.of("--strategy=verify"),
            "mountPath: /etc/istio/ingressgateway-certs/shop.crt, subPath: shop.crt")) {
      Pod pod = gateway.pods().get(0);

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(gateway.status(pod).get("advice").toString())
                      .contains("shop.crt is mounted with subPath"));
    }
  }

  @Test
  void a_single_static_replica_is_restarted_in_its_place_and_serves_the_renewal() {
    try (Gateway gateway =
        new Gateway(
            node(),
            1,
            List.of(
                "--strategy=auto",
                "--coordinate=none",
                "--min-uptime=0s",
                "--unready-wait=0s",
                "--drain-timeout=0s"),
            MOUNTED)) {
      BigInteger renewed = gateway.renew();

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                Pod pod = gateway.pods().get(0);
                assertThat(Gateway.served(pod)).as("%s", gateway.log()).isEqualTo(renewed);
                assertThat(Gateway.ready(pod)).isTrue();
                assertThat(gateway.status(pod).at("/keys/0/state").asText()).isEqualTo("Served");
              });
      Pod pod = gateway.pods().get(0);
      assertThat(Gateway.container(pod, "istio-proxy").getRestartCount()).isOne();
      assertThat(Gateway.container(pod, "istio-proxy").getLastState().getTerminated().getExitCode())
          .isZero();
      assertThat(Gateway.container(pod, "certmerge-reloader").getRestartCount()).isZero();
    }
  }

  @Test
  void two_static_replicas_take_turns_by_the_lease_and_no_client_fails() throws IOException {
    // The kubelet takes up to 15 s to see that a pod is not ready: three probes, one every 5 s.
    try (Gateway gateway =
            new Gateway(
                node(),
                2,
                List.of(
                    "--strategy=auto",
                    "--min-uptime=0s",
                    "--unready-wait=20s",
                    "--drain-timeout=25s"),
                MOUNTED);
        Balancer balancer = gateway.balancer();
        TlsLoad load = TlsLoad.start(balancer.listener(), Gateway.HOST, gateway.ca(), 50)) {
      List<Long> unready = new ArrayList<>();

      BigInteger renewed = gateway.renew();

      await()
          .atMost(Duration.ofMinutes(5))
          .untilAsserted(
              () -> {
                List<Pod> pods = gateway.pods();
                unready.add(pods.stream().filter(pod -> !Gateway.ready(pod)).count());
                assertThat(pods)
                    .as("%s", gateway.log())
                    .allMatch(Gateway::ready)
                    .extracting(Gateway::served)
                    .containsOnly(renewed);
              });
      assertThat(load.failures()).as("%s\n%s", balancer.log(), gateway.log()).isEmpty();
      assertThat(load.requests()).isPositive();
      assertThat(unready).contains(1L).doesNotContain(2L);
      assertThat(gateway.pods())
          .extracting(pod -> Gateway.container(pod, "istio-proxy").getRestartCount())
          .containsOnly(1);
    }
  }
}
