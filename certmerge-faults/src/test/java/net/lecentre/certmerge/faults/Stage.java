package net.lecentre.certmerge.faults;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.lecentre.certmerge.testbed.ApiServerProcess;
import net.lecentre.certmerge.testbed.ControlPlane;
import org.jspecify.annotations.Nullable;

/**
 * What the scenarios have in common: a control plane with two API servers, and an operator with the
 * rights of deploy/ that asks the second of them, through a proxy. Tests ask the first.
 */
public final class Stage {
  private static @Nullable Stage shared;

  private final ControlPlane controlPlane = ControlPlane.shared();
  private final ApiServerProcess apiServer;
  private final Path directory;
  private final ApiProxy proxy;
  private final OperatorProcess operator;
  private final KubernetesClient besideTheOperator;

  private Stage() {
    controlPlane.applyDeploy(Path.of("..", "deploy"));
    apiServer = controlPlane.anotherApiServer();
    try {
      directory = Files.createTempDirectory(Path.of("target"), "stage").toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    besideTheOperator = ControlPlane.clientFor(adminOfItsApiServer());
    proxy = ApiProxy.start(kubeconfig(), apiServer.uri(), directory);
    operator =
        OperatorProcess.start(
            "operator",
            proxy.kubeconfig(),
            directory,
            "--trusted-namespaces=cert-merge,model-trusted");
  }

  /** The one of this JVM; its processes end with that. */
  public static synchronized Stage shared() {
    if (shared == null) {
      shared = new Stage();
    }
    return shared;
  }

  /** The control plane. */
  public ControlPlane controlPlane() {
    return controlPlane;
  }

  private Path adminOfItsApiServer() {
    try {
      Path admin = controlPlane.adminKubeconfig();
      String first = Config.fromKubeconfig(admin.toFile()).getMasterUrl().replaceAll("/$", "");
      return Files.writeString(
          directory.resolve("admin"),
          Files.readString(admin).replace(first, apiServer.uri().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client with every right of the API server that the operator asks. */
  public KubernetesClient besideTheOperator() {
    return besideTheOperator;
  }

  /** The API server that the operator asks. */
  public ApiServerProcess apiServer() {
    return apiServer;
  }

  /** What stands between the two. */
  public ApiProxy proxy() {
    return proxy;
  }

  /** The operator. */
  public OperatorProcess operator() {
    return operator;
  }

  /** Where processes log. */
  public Path directory() {
    return directory;
  }

  /** A kubeconfig of the first API server with the operator's rights. */
  public Path kubeconfig() {
    return controlPlane.kubeconfigFor("cert-merge", "certmerge-operator");
  }

  /** The seed of what happens at random. */
  public static long seed() {
    return Long.getLong("certmerge.seed", 1);
  }

  /** Whether what takes minutes is asked for. */
  public static boolean isLong() {
    return Boolean.getBoolean("certmerge.long");
  }
}
