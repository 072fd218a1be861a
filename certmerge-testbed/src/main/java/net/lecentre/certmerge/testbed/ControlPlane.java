package net.lecentre.certmerge.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Kubernetes control plane on loopback ports: etcd, kube-apiserver with RBAC, and
 * kube-controller-manager with the garbage collector and the controllers for namespaces, service
 * accounts and aggregated roles. There are no nodes: pods stay pending; {@link Node} is one with a
 * node.
 *
 * <p>The garbage collector notices a new CustomResourceDefinition within 30 s, as in every cluster;
 * until then nothing that such a resource owns is collected.
 */
public final class ControlPlane implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final String CONTROLLERS =
      "garbage-collector-controller,namespace-controller,serviceaccount-controller,"
          + "serviceaccount-token-controller,root-ca-certificate-publisher-controller,"
          + "clusterrole-aggregation-controller";
  private static final String FIELD_MANAGER = "certmerge-testbed";

  private static @Nullable ControlPlane shared;

  private final TempDirectory directory;
  private final Deque<ChildProcess> children = new ArrayDeque<>();
  private final HostPort address;
  private final TestCa ca = TestCa.create();
  private final Kubeconfigs kubeconfigs;
  private final Path adminKubeconfig;
  private final KubernetesClient client;
  private final HostPort etcd;
  private final Function<HostPort, ChildProcess> apiservers;
  private ChildProcess apiserver;

  private ControlPlane(Parts parts, String controllers, TempDirectory directory) {
    this.directory = directory;
    this.address = HostPort.free();
    this.kubeconfigs = new Kubeconfigs("https://" + address, ca.certificatePem());
    this.adminKubeconfig =
        kubeconfigs.write(
            file("admin.kubeconfig"),
            "admin",
            ca.issue(clientCertificate("admin").organization("system:masters")));
    try {
      this.etcd = startEtcd(parts);
      this.apiservers = apiservers(parts);
      this.apiserver = apiservers.apply(address);
      this.client = clientFor(adminKubeconfig);
      startControllerManager(parts, controllers);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts a control plane and waits until it is ready, 2 to 5 s.
   *
   * @throws IllegalStateException if a part is not installed, or ends or hangs while starting; with
   *     its last log lines
   */
  public static ControlPlane start() {
    return start(CONTROLLERS);
  }

  /** One that a {@link Node} may join: it makes the pods of Deployments too. */
  static ControlPlane startForNode() {
    return start(CONTROLLERS + ",deployment-controller,replicaset-controller");
  }

  private static ControlPlane start(String controllers) {
    Parts parts = Parts.find();
    return Starting.withFreshPorts(
        () -> new ControlPlane(parts, controllers, TempDirectory.create("control-plane")));
  }

  /**
   * The one of this JVM: started at the first call, closed when the JVM ends. Isolate tests by
   * namespace.
   */
  public static synchronized ControlPlane shared() {
    if (shared == null) {
      shared = start();
    }
    return shared;
  }

  private HostPort startEtcd(Parts parts) {
    HostPort clients = HostPort.free();
    HostPort peers = HostPort.free();
    ChildProcess etcd =
        child(
            "etcd",
            parts.etcd(),
            "--data-dir=" + file("etcd"),
            "--listen-client-urls=http://" + clients,
            "--advertise-client-urls=http://" + clients,
            "--listen-peer-urls=http://" + peers,
            "--initial-advertise-peer-urls=http://" + peers,
            "--initial-cluster=default=http://" + peers,
            // The data does not outlive the process.
            "--unsafe-no-fsync");
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    URI health = URI.create("http://" + clients + "/health");
    Starting.await(etcd, "starting", START_TIMEOUT, () -> Starting.whyNotOk(http, health));
    return clients;
  }

  /**
   * Ends the API server and starts it again, with all that it knows but what it remembers of
   * changes: who watched has to list anew.
   */
  public synchronized void restartApiServer() {
    apiserver.close();
    apiserver = apiservers.apply(address);
  }

  /**
   * Starts another API server on the same etcd, as where the control plane has several nodes. It
   * can be killed and started again while who works with the first one goes on.
   */
  public ApiServerProcess anotherApiServer() {
    return new ApiServerProcess(HostPort.free(), apiservers);
  }

  /**
   * Has etcd forget all that was before now: a watch or a list of an earlier version, of an API
   * server that does not remember it, ends with 410 Gone.
   *
   * @return the version that etcd goes back to
   */
  public long compact() {
    try {
      JsonNode now = askEtcd("kv/range", Map.of("key", "AA=="));
      long revision = now.at("/header/revision").asLong();
      JsonNode ignored = askEtcd("kv/compaction", Map.of("revision", revision, "physical", true));
      return revision;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot compact etcd", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while compacting etcd", e);
    }
  }

  private JsonNode askEtcd(String what, Map<String, Object> body)
      throws IOException, InterruptedException {
    ObjectMapper json = new ObjectMapper();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + etcd + "/v3/" + what))
            .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
            .build();
    HttpResponse<byte[]> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException(request.uri() + " answers " + response.statusCode());
    }
    return json.readTree(response.body());
  }

  private Function<HostPort, ChildProcess> apiservers(Parts parts) {
    IssuedPair serving =
        ca.issue(
            Request.forHosts("localhost", "kubernetes", "kubernetes.default.svc")
                .ipAddresses(address.host(), "10.96.0.1"));
    TestCa.KeyPem tokens = ca.freeKey(KeyAlgorithm.RSA_2048);
    List<String> arguments =
        List.of(
            "--etcd-servers=http://" + etcd,
            "--bind-address=" + address.host(),
            "--advertise-address=" + address.host(),
            // A loopback address is no use as an endpoint of the kubernetes Service.
            "--endpoint-reconciler-type=none",
            "--cert-dir=" + file("apiserver"),
            "--tls-cert-file=" + write("apiserver.crt", serving.crtPem()),
            "--tls-private-key-file=" + write("apiserver.key", serving.keyPem()),
            "--client-ca-file=" + write("ca.crt", ca.certificatePem()),
            "--authorization-mode=Node,RBAC",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            "--service-account-key-file=" + write("tokens.pub", tokens.publicKey()),
            "--service-account-signing-key-file=" + write("tokens.key", tokens.privateKey()),
            "--service-cluster-ip-range=10.96.0.0/24",
            "--allow-privileged=true",
            "--profiling=false");
    // HTTP/1.1: over HTTP/2 the API server answers an anonymous request and closes the connection
    // (GOAWAY, against denial of service), which JDK 17 takes for a failure of the request.
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(ca.clientContext())
            .build();
    return where -> {
      URI ready = URI.create("https://" + where + "/readyz");
      List<String> here = new ArrayList<>(arguments);
      here.add("--secure-port=" + where.port());
      ChildProcess child =
          child("kube-apiserver", parts.kubeApiserver(), here.toArray(String[]::new));
      Starting.await(child, "starting", START_TIMEOUT, () -> Starting.whyNotOk(http, ready));
      return child;
    };
  }

  private void startControllerManager(Parts parts, String controllers) {
    Path kubeconfig =
        kubeconfigs.write(
            file("controller-manager.kubeconfig"),
            "controller-manager",
            ca.issue(clientCertificate("system:kube-controller-manager")));
    ChildProcess child =
        child(
            "kube-controller-manager",
            parts.kubeControllerManager(),
            "--kubeconfig=" + kubeconfig,
            "--secure-port=0",
            "--leader-elect=false",
            // As in a cluster, each controller has just the rights that it needs.
            "--use-service-account-credentials=true",
            "--service-account-private-key-file=" + file("tokens.key"),
            "--root-ca-file=" + file("ca.crt"),
            "--controllers=" + controllers,
            "--profiling=false");
    Starting.await(child, "starting", START_TIMEOUT, this::whyNotControlled);
  }

  private Optional<String> whyNotControlled() {
    return client.serviceAccounts().inNamespace("default").withName("default").get() == null
        ? Optional.of("it has not made the service account default/default")
        : Optional.empty();
  }

  /** Of the one kind that every Kubernetes client reads. */
  private static Request clientCertificate(String user) {
    return Request.forCommonName(user)
        .algorithm(KeyAlgorithm.RSA_2048)
        .encoding(KeyEncoding.TRADITIONAL);
  }

  private ChildProcess child(String name, Path binary, String... arguments) {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(List.of(arguments));
    ChildProcess child = ChildProcess.start(name, command, Map.of(), file(name + ".log"));
    children.push(child);
    return child;
  }

  /** A kubeconfig with every right. */
  public Path adminKubeconfig() {
    return adminKubeconfig;
  }

  /**
   * A new kubeconfig with a token of a service account, good for a day, so with just that account's
   * rights.
   *
   * @throws KubernetesClientException if there is no such service account
   */
  public Path kubeconfigFor(String namespace, String serviceAccount) {
    String name = namespace + "-" + serviceAccount;
    return kubeconfigs.write(
        file(name + ".kubeconfig"), name, tokenFor(namespace, serviceAccount, List.of()));
  }

  /** A new token of a service account, good for a day, for these audiences or the API server. */
  String tokenFor(String namespace, String serviceAccount, List<String> audiences) {
    TokenRequest granted =
        client
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(serviceAccount)
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withAudiences(audiences)
                    .withExpirationSeconds(TimeUnit.DAYS.toSeconds(1))
                    .endSpec()
                    .build());
    return granted.getStatus().getToken();
  }

  /** A new kubeconfig for the kubelet of a node, with the rights of its kind. */
  Path kubeconfigForNode(String node) {
    Request request = clientCertificate("system:node:" + node).organization("system:nodes");
    return kubeconfigs.write(file(node + ".kubeconfig"), node, ca.issue(request));
  }

  /** Where the API server listens. */
  HostPort address() {
    return address;
  }

  /** A client with every right; it is closed with the control plane. */
  public KubernetesClient client() {
    return client;
  }

  /** A new client for a kubeconfig of this control plane; the caller closes it. */
  public static KubernetesClient clientFor(Path kubeconfig) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
        .build();
  }

  /**
   * Makes a namespace that no other test has.
   *
   * @param prefix what its name begins with
   * @return its name
   */
  public String newNamespace(String prefix) {
    return client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withGenerateName(prefix + "-")
                .endMetadata()
                .build())
        .create()
        .getMetadata()
        .getName();
  }

  /**
   * Applies manifests (server-side, forcing conflicts) in their order, and waits for each
   * CustomResourceDefinition to be established.
   *
   * @param manifests a YAML file of one or more documents, or a directory of {@code *.yaml} files
   * @return what the API server made of them
   */
  public List<HasMetadata> apply(Path manifests) {
    try {
      if (!Files.isDirectory(manifests)) {
        return apply(Files.readString(manifests));
      }
      List<Path> files;
      try (Stream<Path> all = Files.list(manifests)) {
        files = all.filter(it -> it.toString().endsWith(".yaml")).sorted().toList();
      }
      List<HasMetadata> applied = new ArrayList<>();
      for (Path file : files) {
        applied.addAll(apply(Files.readString(file)));
      }
      return applied;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + manifests, e);
    }
  }

  /** The same for YAML that is at hand. */
  public List<HasMetadata> apply(String yaml) {
    return apply(load(yaml));
  }

  /**
   * The same for namespaced objects; those that name no namespace go to this one, as {@code kubectl
   * --namespace} has it.
   */
  public List<HasMetadata> apply(String yaml, String namespace) {
    List<HasMetadata> items = load(yaml);
    for (HasMetadata item : items) {
      if (item.getMetadata().getNamespace() == null) {
        item.getMetadata().setNamespace(namespace);
      }
    }
    return apply(items);
  }

  private List<HasMetadata> load(String yaml) {
    return client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))).items();
  }

  private List<HasMetadata> apply(List<HasMetadata> items) {
    List<HasMetadata> applied = new ArrayList<>();
    for (HasMetadata item : items) {
      applied.add(
          client
              .resource(item)
              .patch(
                  new PatchContext.Builder()
                      .withPatchType(PatchType.SERVER_SIDE_APPLY)
                      .withFieldManager(FIELD_MANAGER)
                      .withForce(true)
                      .build()));
      if (item.getKind().equals("CustomResourceDefinition")) {
        client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName(item.getMetadata().getName())
            .waitUntilCondition(ControlPlane::established, 20, TimeUnit.SECONDS);
      }
    }
    return applied;
  }

  /**
   * Applies what the project ships for the operator, but for its Deployment: there are no nodes.
   *
   * @param deploy the project's directory of that name
   */
  public void applyDeploy(Path deploy) {
    for (String file :
        List.of(
            "namespace.yaml",
            "service_account.yaml",
            "role.yaml",
            "role_binding.yaml",
            "certmerge_v1alpha1_certmerge_crd.yaml")) {
      apply(deploy.resolve(file));
    }
  }

  private static boolean established(
      io.fabric8.kubernetes.api.model.apiextensions.v1.@Nullable CustomResourceDefinition crd) {
    // At first it has no conditions at all.
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(it -> it.getType().equals("Established") && it.getStatus().equals("True"));
  }

  /** Ends it all and deletes its data; closing twice is fine. */
  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
    }
    while (!children.isEmpty()) {
      children.pop().close();
    }
    directory.close();
  }

  private Path file(String name) {
    return directory.path().resolve(name);
  }

  private Path write(String name, String content) {
    return Kubeconfigs.writePrivate(file(name), content);
  }
}
