package net.lecentre.certmerge.testbed.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.testbed.AcmeServer;
import net.lecentre.certmerge.testbed.CertManager;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IstioGateway;
import net.lecentre.certmerge.testbed.Istiod;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.TempDirectory;
import org.jspecify.annotations.Nullable;

/** The started parts of the road; closing it leaves no process and no file behind. */
final class Road implements AutoCloseable {
  static final String OPERATOR_NAMESPACE = "cert-merge";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path home;
  private final TempDirectory directory = TempDirectory.create("demo");
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final List<Service> services = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  /**
   * Prepares the road.
   *
   * @param home the project's top directory, where the jars and manifests are
   */
  Road(Path home) {
    this.home = home;
  }

  /** The directory with the logs of the operator and the reloader. */
  Path logs() {
    return directory.path();
  }

  ControlPlane startControlPlane() {
    return add(ControlPlane.start());
  }

  /** Applies what deploy/ ships, but for the Deployment: the operator runs as a process here. */
  void applyDeploy(ControlPlane controlPlane) {
    controlPlane.applyDeploy(home.resolve("deploy"));
  }

  AcmeServer startAcmeServer() {
    return add(AcmeServer.start());
  }

  CertManager startCertManager(ControlPlane controlPlane, AcmeServer acme) {
    return add(CertManager.start(controlPlane, acme));
  }

  Istiod startIstiod(ControlPlane controlPlane) {
    return add(Istiod.start(controlPlane));
  }

  IstioGateway startGateway(Istiod istiod) {
    return add(IstioGateway.start(istiod));
  }

  Arrivals arrivals(KubernetesClient client, String namespace) {
    return add(new Arrivals(client, namespace));
  }

  /** Starts the operator with the rights of its service account and nothing more. */
  Service startOperator(ControlPlane controlPlane) {
    Path kubeconfig = controlPlane.kubeconfigFor(OPERATOR_NAMESPACE, "certmerge-operator");
    return startJar("certmerge-operator", Map.of("KUBECONFIG", kubeconfig.toString()), List.of());
  }

  KubeletMount mount(KubernetesClient client, String namespace, String secret) {
    KubeletMount mount = add(KubeletMount.create());
    mount.follow(client, namespace, secret);
    return mount;
  }

  EnvoyProcess startEnvoy(EnvoyConfig config) {
    return add(EnvoyProcess.start(config));
  }

  Service startReloader(KubeletMount mount, URI admin, HostPort listener, List<String> more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--watch=" + mount.directory(),
                "--envoy-admin=" + admin,
                "--probe=" + listener,
                "--state-dir=" + directory.path().resolve("reloader")));
    options.addAll(more);
    return startJar("certmerge-reloader", Map.of(), options);
  }

  Wire wire(HostPort server) {
    return add(new Wire(server));
  }

  private Service startJar(String name, Map<String, String> environment, List<String> options) {
    Path jar = home.resolve(name).resolve("target").resolve(name + ".jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(jar + " is missing; run: mvn -DskipTests package");
    }
    HostPort port = HostPort.free();
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "--port=" + port.port()));
    command.addAll(options);
    ChildProcess child =
        add(ChildProcess.start(name, command, environment, logs().resolve(name + ".log")));
    Service service = new Service(name, child, URI.create("http://" + port));
    services.add(service);
    return service;
  }

  /** The programs of certmerge that were started. */
  List<Service> services() {
    return services;
  }

  private <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  /**
   * A certmerge program that was started.
   *
   * @param name what it is called
   * @param child its process
   * @param uri where it answers
   */
  record Service(String name, ChildProcess child, URI uri) {}

  /** Whether a program says that it is ready; fails when it died instead. */
  boolean isReady(Service service) {
    if (!service.child().isAlive()) {
      throw new IllegalStateException(
          service.name() + " ended while it was starting:\n" + service.child().log());
    }
    return get(service.uri().resolve("/readyz")) != null;
  }

  /** The reloader's word on a key, such as {@code Served}; empty as long as it has none. */
  String stateOf(Service reloader, String key) {
    return status(reloader, key).path("state").asText();
  }

  /** Whether the reloader has proved that a key's certificate with this serial is served. */
  boolean proves(Service reloader, String key, BigInteger serial) {
    JsonNode entry = status(reloader, key);
    return entry.path("state").asText().equals("Served")
        && new BigInteger(entry.path("disk").path("serial").asText("0"), 16).equals(serial);
  }

  private JsonNode status(Service reloader, String key) {
    String body = get(reloader.uri().resolve("/status"));
    if (body != null) {
      for (JsonNode entry : parse(body).path("keys")) {
        if (key.equals(entry.path("key").asText())) {
          return entry;
        }
      }
    }
    return JSON.createObjectNode();
  }

  private static JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the reloader's status is not JSON: " + body, e);
    }
  }

  private @Nullable String get(URI uri) {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? response.body() : null;
    } catch (IOException notThere) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The Secret of a name; null when there is none. */
  static @Nullable Secret secret(KubernetesClient client, String namespace, String name) {
    return client.secrets().inNamespace(namespace).withName(name).get();
  }

  /** What the CertMerge's status says of a source that is not merged; empty when it is. */
  static String problem(KubernetesClient client, String certMergeName, String source) {
    GenericKubernetesResource certMerge =
        client
            .genericKubernetesResources("certmerge.lecentre.net/v1alpha1", "CertMerge")
            .inNamespace(OPERATOR_NAMESPACE)
            .withName(certMergeName)
            .get();
    if (certMerge == null
        || !(certMerge.getAdditionalProperties().get("status") instanceof Map<?, ?> status)
        || !(status.get("entries") instanceof List<?> entries)) {
      return "";
    }
    for (Object entry : entries) {
      if (entry instanceof Map<?, ?> map
          && source.equals(map.get("source"))
          && map.get("reason") != null) {
        return source
            + " is "
            + map.get("state")
            + ", "
            + map.get("reason")
            + ": "
            + map.get("message");
      }
    }
    return "";
  }

  /** Ends everything, the last started first. On Ctrl-C this is done by {@code JvmEnd} instead. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      close(parts.pop());
    }
    close(directory);
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      System.err.println("could not end " + part + ": " + e.getMessage());
    }
  }
}
