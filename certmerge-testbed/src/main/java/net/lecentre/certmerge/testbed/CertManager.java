package net.lecentre.certmerge.testbed;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * The real cert-manager controller. There is no node for the Pods that answer its challenges, so
 * what such a Pod is told to answer is answered by the {@link AcmeServer}'s companion, at once.
 */
public final class CertManager implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final String NAMESPACE = "cert-manager";
  private static final String KIND = "cert-manager.io/v1";
  private static final String SOLVER = "acme.cert-manager.io/http01-solver";

  private final TempDirectory directory;
  private final SharedIndexInformer<Pod> solvers;
  private final ChildProcess child;

  private CertManager(
      Neighbours neighbours, ControlPlane cluster, AcmeServer acme, TempDirectory directory) {
    this.directory = directory;
    this.solvers = answer(cluster.client(), acme);
    HostPort metrics = HostPort.free();
    this.child =
        ChildProcess.start(
            "cert-manager",
            List.of(
                neighbours.certManager().toString(),
                "--kubeconfig=" + cluster.adminKubeconfig(),
                "--cluster-resource-namespace=" + NAMESPACE,
                "--leader-elect=false",
                "--metrics-listen-address=" + metrics),
            // It looks for itself whether a challenge is answered, at port 80 of the host.
            Map.of("HTTP_PROXY", "http://" + acme.answers()),
            directory.path().resolve("cert-manager.log"));
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    URI ready = URI.create("http://" + metrics + "/metrics");
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
   * @param acme who answers the challenges
   * @throws IllegalStateException if it is not installed, or ends or hangs while starting; with its
   *     last log lines
   */
  public static CertManager start(ControlPlane cluster, AcmeServer acme) {
    Neighbours neighbours = Neighbours.find();
    cluster.apply(neighbours.certManagerKinds());
    cluster
        .client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .serverSideApply();
    return Starting.withFreshPorts(
        () -> new CertManager(neighbours, cluster, acme, TempDirectory.create("cert-manager")));
  }

  private static SharedIndexInformer<Pod> answer(KubernetesClient client, AcmeServer acme) {
    return client
        .pods()
        .inAnyNamespace()
        .withLabel(SOLVER, "true")
        .inform(
            new ResourceEventHandler<>() {
              @Override
              public void onAdd(Pod pod) {
                acme.present(argument(pod, "--token="), argument(pod, "--key="));
              }

              @Override
              public void onUpdate(Pod before, Pod pod) {
                // What it is to answer never changes.
              }

              @Override
              public void onDelete(Pod pod, boolean finalStateUnknown) {
                acme.withdraw(argument(pod, "--token="));
              }
            });
  }

  private static String argument(Pod pod, String name) {
    return pod.getSpec().getContainers().get(0).getArgs().stream()
        .filter(it -> it.startsWith(name))
        .map(it -> it.substring(name.length()))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Has a certificate issued anew now, as {@code cmctl renew} does: cert-manager renews it as it
   * would when it nears its end.
   */
  public static void renew(KubernetesClient client, String namespace, String certificate) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    client
        .genericKubernetesResources(KIND, "Certificate")
        .inNamespace(namespace)
        .withName(certificate)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON),
            """
            [{"op": "add", "path": "/status/conditions/-", "value": {
              "type": "Issuing", "status": "True", "lastTransitionTime": "%s",
              "reason": "ManuallyTriggered", "message": "Certificate re-issuance manually triggered"
            }}]
            """
                .formatted(now));
  }

  /** Whether a certificate is issued, and not being issued anew. */
  public static boolean isReady(KubernetesClient client, String namespace, String certificate) {
    GenericKubernetesResource found =
        client
            .genericKubernetesResources(KIND, "Certificate")
            .inNamespace(namespace)
            .withName(certificate)
            .get();
    return found != null
        && found.get("status", "conditions") instanceof List<?> conditions
        && conditions.stream().anyMatch(it -> isTrue(it, "Ready"))
        && conditions.stream().noneMatch(it -> isTrue(it, "Issuing"));
  }

  private static boolean isTrue(Object condition, String type) {
    return condition instanceof Map<?, ?> fields
        && type.equals(fields.get("type"))
        && "True".equals(fields.get("status"));
  }

  /** Its process. */
  public ChildProcess child() {
    return child;
  }

  @Override
  public void close() {
    solvers.close();
    child.close();
    directory.close();
  }
}
