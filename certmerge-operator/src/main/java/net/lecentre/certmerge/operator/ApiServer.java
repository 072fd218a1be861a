package net.lecentre.certmerge.operator;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import net.lecentre.certmerge.operator.api.CertMerge;

/** Where the API server is. What is wrong is said at once, and not after many attempts. */
sealed interface ApiServer {
  /** How long to wait for an answer that says no more than that there is one. */
  int PATIENCE_MILLIS = 5000;

  /**
   * It can be asked.
   *
   * @param config how
   */
  record Known(Config config) implements ApiServer {}

  /**
   * Nothing says where it is.
   *
   * @param message what to do
   */
  record None(String message) implements ApiServer {}

  /** Looks where kubectl would, and for the service account of a pod. */
  static ApiServer find() {
    String kubeconfig = System.getenv("KUBECONFIG");
    boolean named = kubeconfig != null && !kubeconfig.isBlank();
    if (named
        && Arrays.stream(kubeconfig.split(File.pathSeparator, -1))
            .noneMatch(file -> Files.isReadable(Path.of(file)))) {
      return new None("KUBECONFIG names " + kubeconfig + ", which cannot be read");
    }
    boolean anywhere =
        named
            || System.getenv("KUBERNETES_SERVICE_HOST") != null
            || Files.isReadable(Path.of(System.getProperty("user.home"), ".kube", "config"));
    if (!anywhere) {
      return new None("there is no KUBECONFIG, and this is not a pod; set KUBECONFIG");
    }
    try {
      return new Known(Config.autoConfigure(null));
    } catch (RuntimeException e) {
      return new None(
          (named ? "KUBECONFIG names " + kubeconfig : "the kubeconfig is there")
              + ", but it cannot be understood: "
              + reason(e).lines().findFirst().orElse(""));
    }
  }

  /**
   * Asks for CertMerges, once.
   *
   * @return what is in the way; empty when nothing is
   */
  static Optional<String> obstacle(Config config, Set<String> namespaces) {
    Config once = new ConfigBuilder(config).withRequestRetryBackoffLimit(0).build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(once).build()) {
      var certMerges = client.resources(CertMerge.class);
      var options = new ListOptionsBuilder().withLimit(1L).build();
      if (namespaces.isEmpty()) {
        certMerges.inAnyNamespace().list(options);
      } else {
        namespaces.forEach(namespace -> certMerges.inNamespace(namespace).list(options));
      }
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(
          switch (e.getCode()) {
            case 401 -> "the API server does not know these credentials; get new ones";
            case 403 ->
                "the operator may not list CertMerges; apply role.yaml and role_binding.yaml";
            case 404 -> "the API server does not know CertMerges; apply the CRD of deploy/";
            default -> "the API server cannot be asked: " + reason(e);
          });
    }
  }

  /**
   * Whether it answers at all, over a connection of its own: those of another client may be what is
   * broken.
   */
  static boolean answers(Config config) {
    Config once =
        new ConfigBuilder(config)
            .withRequestRetryBackoffLimit(0)
            .withConnectionTimeout(PATIENCE_MILLIS)
            .withRequestTimeout(PATIENCE_MILLIS)
            .build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(once).build()) {
      client.raw("/version");
      return true;
    } catch (KubernetesClientException e) {
      // One that is overloaded or has no etcd answers, too, and is no help.
      return e.getCode() >= 400 && e.getCode() < 500 && e.getCode() != 429;
    }
  }

  /**
   * What lies at the bottom of a chain of exceptions: the others only say that something failed.
   */
  static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }
}
