package net.lecentre.certmerge.benchmark.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.TempDirectory;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;

/** A control plane with what deploy/ ships applied, and CertMerges with sources on it. */
final class Stage implements AutoCloseable {
  /** Where the CertMerges, their sources and their targets are. */
  static final String NAMESPACE = "merges";

  static final int CLIENTS = 8;

  private static final String CERT_MERGES =
      "/apis/certmerge.lecentre.net/v1alpha1/namespaces/" + NAMESPACE + "/certmerges";

  private static final String OPERATOR_NAMESPACE = "cert-merge";
  private static final int OPAQUE_BYTES = 3 * 1024;
  private static final int OPAQUE_NAMESPACES = 10;

  private final ControlPlane controlPlane = ControlPlane.start();
  private final TempDirectory directory = TempDirectory.create("benchmark");
  private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
  private final Api api = new Api(controlPlane.adminKubeconfig());

  /** Two intermediates: as long a chain as any that cert-manager fetches. */
  private final TestCa ca = TestCa.create().intermediate().intermediate();

  Stage() {
    controlPlane.applyDeploy(Path.of("deploy"));
    namespace(NAMESPACE);
  }

  Api api() {
    return api;
  }

  String kubernetesVersion() {
    return api.get("/version").path("gitVersion").asText();
  }

  OperatorProcess start(Launch launch) {
    Path kubeconfig = controlPlane.kubeconfigFor(OPERATOR_NAMESPACE, "certmerge-operator");
    return OperatorProcess.start(launch, kubeconfig, directory.path().resolve("operator.log"));
  }

  private void namespace(String name) {
    api.create(
        "/api/v1/namespaces",
        """
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s"}}
        """
            .formatted(name));
  }

  /** Makes sources in turn for each of some CertMerges, and then those. */
  List<Source> merges(int certMerges, int sources) {
    List<Source> made = new ArrayList<>();
    for (int i = 0; i < sources; i++) {
      made.add(new Source("source-" + i, "merged-" + i % certMerges));
    }
    atOnce(sources, i -> create(made.get(i)));
    for (int i = 0; i < certMerges; i++) {
      merge("merge-" + i, "merged-" + i, "merged-" + i);
    }
    return made;
  }

  /** Makes a CertMerge of the sources with a label. */
  void merge(String name, String target, String label) {
    api.create(
        CERT_MERGES,
        """
        {"apiVersion": "certmerge.lecentre.net/v1alpha1", "kind": "CertMerge",
          "metadata": {"name": "%s", "namespace": "%s"},
          "spec": {"name": "%s", "namespace": "%s", "selector": [
            {"namespace": "%s", "labelselector": {"matchLabels": {"merge": "%s"}}}]}}
        """
            .formatted(name, NAMESPACE, target, NAMESPACE, NAMESPACE, label));
  }

  /** Deletes a CertMerge. */
  void unmerge(String name) {
    api.delete(CERT_MERGES + "/" + name);
  }

  /** Makes a source. */
  void create(Source source) {
    create(secret(NAMESPACE, source.name(), pair(source.name()), source.labels()));
  }

  /** Deletes a source. */
  void delete(Source source) {
    api.delete(Api.secrets(NAMESPACE, source.name()));
  }

  /** How many targets do not hold what sources were renewed to. */
  long wrong(Collection<Renewal> renewals) {
    Map<String, JsonNode> targets = new HashMap<>();
    return renewals.stream()
        .filter(
            renewal -> {
              Source source = renewal.source();
              JsonNode data =
                  targets.computeIfAbsent(
                      source.target(), name -> api.get(Api.secrets(NAMESPACE, name)).path("data"));
              return !data.path(source.certificate()).asText().equals(renewal.crt())
                  || !data.path(source.key()).asText().equals(renewal.key());
            })
        .count();
  }

  /** TLS Secrets that no CertMerge selects. */
  void unselected(int count) {
    namespace("unselected");
    IssuedPair pair = pair("unselected");
    atOnce(count, i -> create(secret("unselected", "tls-" + i, pair, Map.of("merge", "no"))));
  }

  /** Secrets that are no TLS Secrets. */
  void opaque(int count) {
    byte[] content = new byte[OPAQUE_BYTES];
    new Random(1).nextBytes(content);
    String text = Base64.getEncoder().encodeToString(content);
    for (int i = 0; i < OPAQUE_NAMESPACES; i++) {
      namespace("opaque-" + i);
    }
    atOnce(
        count,
        i ->
            create(
                new SecretBuilder()
                    .withNewMetadata()
                    .withNamespace("opaque-" + i % OPAQUE_NAMESPACES)
                    .withName("opaque-" + i)
                    .endMetadata()
                    .withType("Opaque")
                    .addToData("content", text)
                    .build()));
  }

  /** Changes something of one of {@link #opaque}. */
  void touchOpaque(int i) {
    touch("opaque-" + i % OPAQUE_NAMESPACES, "opaque-" + i);
  }

  /** Changes something of one of {@link #unselected}. */
  void touchUnselected(int i) {
    touch("unselected", "tls-" + i);
  }

  private void touch(String namespace, String name) {
    api.patch(
        Api.secrets(namespace, name),
        Api.PATCH,
        """
        {"metadata": {"annotations": {"touched": "%d"}}}
        """
            .formatted(System.nanoTime()));
  }

  /** A new certificate for a source. */
  Renewal renewal(Source source) {
    return new Renewal(source, pair(source.name()));
  }

  /** Returns when the API server has answered. */
  void renew(Renewal renewal) {
    api.patch(
        Api.secrets(NAMESPACE, renewal.source().name()),
        Api.PATCH,
        """
        {"data": {"tls.crt": "%s", "tls.key": "%s"}}
        """
            .formatted(renewal.crt(), renewal.key()));
  }

  /** Watches the targets. */
  Arrivals targets() {
    return Arrivals.watch(api, Api.secrets(NAMESPACE) + "?labelSelector=creator");
  }

  /** Does something many times, as fast as a few clients can. */
  void atOnce(int times, IntConsumer work) {
    List<Future<?>> started = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      int index = i;
      started.add(clients.submit(() -> work.accept(index)));
    }
    for (Future<?> one : started) {
      try {
        one.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        throw Api.interrupted(e);
      }
    }
  }

  private void create(Secret secret) {
    api.create(
        Api.secrets(secret.getMetadata().getNamespace()).replaceAll("/$", ""),
        Serialization.asJson(secret));
  }

  /** With what cert-manager writes on it. */
  private static Secret secret(
      String namespace, String name, IssuedPair pair, Map<String, String> labels) {
    Secret secret = TestSecrets.tls(namespace, name, pair, labels);
    return new SecretBuilder(secret)
        .editMetadata()
        .addToLabels("controller.cert-manager.io/fao", "true")
        .addToAnnotations("cert-manager.io/alt-names", String.join(",", hosts(name)))
        .addToAnnotations("cert-manager.io/certificate-name", name)
        .addToAnnotations("cert-manager.io/common-name", hosts(name).get(0))
        .addToAnnotations("cert-manager.io/ip-sans", "")
        .addToAnnotations("cert-manager.io/issuer-group", "cert-manager.io")
        .addToAnnotations("cert-manager.io/issuer-kind", "ClusterIssuer")
        .addToAnnotations("cert-manager.io/issuer-name", "letsencrypt")
        .addToAnnotations("cert-manager.io/uri-sans", "")
        .endMetadata()
        .build();
  }

  private IssuedPair pair(String name) {
    List<String> hosts = hosts(name);
    return ca.issue(hosts.get(0), hosts.subList(1, hosts.size()).toArray(String[]::new));
  }

  private static List<String> hosts(String name) {
    String domain = name + ".benchmark.example";
    return List.of(domain, "www." + domain, "api." + domain, "static." + domain, "shop." + domain);
  }

  @Override
  public void close() {
    clients.shutdownNow();
    controlPlane.close();
    directory.close();
  }

  /**
   * A Secret that is merged.
   *
   * @param name its name
   * @param target the Secret that it is merged into
   */
  record Source(String name, String target) {
    Map<String, String> labels() {
      return Map.of("merge", target);
    }

    /** The target's key with its certificate. */
    String certificate() {
      return name + ".crt";
    }

    /** The target's key with its private key. */
    String key() {
      return name + ".key";
    }
  }

  /**
   * What a source is to hold from now on.
   *
   * @param source the source
   * @param pair the certificate and its key
   */
  record Renewal(Source source, IssuedPair pair) {
    String crt() {
      return base64(pair.crtPem());
    }

    String key() {
      return base64(pair.keyPem());
    }

    private static String base64(String text) {
      return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
