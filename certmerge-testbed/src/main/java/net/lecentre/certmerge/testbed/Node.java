package net.lecentre.certmerge.testbed;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
import java.util.stream.Stream;

/**
 * A cluster of one real node on this machine: the {@linkplain ControlPlane control plane}, the
 * kubelet, containerd with runc, and the reference CNI plugins. Pods have addresses of their own,
 * which this machine reaches, and reach the API server by the Service {@code kubernetes}; there is
 * no DNS, and no other Service leads anywhere. In the place of the scheduler every pod is bound to
 * the node.
 *
 * <p>Images come from {@link #load} alone. All that runs and is mounted is in namespaces that end
 * with this, and nothing of the machine's settings is changed.
 */
public final class Node implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

  /** Another node of this machine may have to end first. */
  private static final Duration TURN_TIMEOUT = Duration.ofMinutes(15);

  private static final String NAME = "node";
  private static final String BRIDGE = "certmerge-node";

  // Of the addresses that are for measuring networks, RFC 2544: nobody else has them.
  private static final String SUBNET = "198.18.77.0/24";
  private static final String ADDRESS = "198.18.77.1";
  private static final String API_ADDRESS = "10.96.0.1";
  private static final Path PLUGINS = Path.of("/usr/lib/cni");
  private static final String PAUSE = "certmerge.invalid/pause:1";

  /** What a container in a container, for example, is not allowed. */
  private static final String PROBE =
      """
      cd "$0"
      mkdir lower upper work merged
      mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged
      ip link add certmerge-probe type bridge
      if [ -d /sys/fs/cgroup/memory ]; then cd /sys/fs/cgroup/memory; else cd /sys/fs/cgroup; fi
      mkdir certmerge-probe
      rmdir certmerge-probe
      """;

  private final TempDirectory directory = TempDirectory.create("node");
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final ControlPlane controlPlane;
  private final ChildProcess child;

  private Node(Path kubelet) {
    try {
      controlPlane = add(ControlPlane.startForNode());
      child = add(startKubelet(kubelet));
      Starting.await(
          child,
          "waiting for its turn, or starting containerd",
          TURN_TIMEOUT,
          this::whyNoContainerd);
      load(new NodeImage(PAUSE, Path.of("/bin/sleep"), List.of("infinity")).tar(directory.path()));
      Starting.await(child, "joining the cluster", START_TIMEOUT, this::whyNotReady);
      add(forwardToApiServer());
      add(bindPods(controlPlane.client()));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Why there can be no node on this machine, in one line; empty if there can. */
  public static Optional<String> whyNot() {
    List<String> missing = new ArrayList<>();
    if (!System.getProperty("os.name").equals("Linux")) {
      missing.add("Linux");
    } else if (!System.getProperty("user.name").equals("root")) {
      missing.add("root");
    }
    for (String program :
        List.of("containerd", "ctr", "runc", "haproxy", "ip", "unshare", "flock")) {
      if (found(program).isEmpty()) {
        missing.add(program);
      }
    }
    if (!Files.isExecutable(PLUGINS.resolve("bridge"))) {
      missing.add(PLUGINS + " (Debian: containernetworking-plugins)");
    }
    try {
      Parts.kubelet();
    } catch (IllegalStateException e) {
      missing.add("the kubelet (certmerge-testbed/provision --node)");
    }
    if (missing.isEmpty()) {
      probe().ifPresent(missing::add);
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("no real node here, it needs " + String.join(", ", missing));
  }

  private static Optional<String> probe() {
    try (TempDirectory directory = TempDirectory.create("probe")) {
      NodeImage.run(
          List.of(
              "unshare",
              "--mount",
              "--net",
              "--pid",
              "--fork",
              "sh",
              "-euc",
              PROBE,
              directory.path().toString()));
      return Optional.empty();
    } catch (IllegalStateException e) {
      return Optional.of(
          "overlay mounts, bridges and cgroups ("
              + String.valueOf(e.getMessage()).replace('\n', ' ')
              + ")");
    }
  }

  /**
   * Starts it, in some 10 s; waits for another one on this machine to end first.
   *
   * @throws IllegalStateException if it {@linkplain #whyNot cannot run here} or does not become
   *     ready; with its last log lines
   */
  public static Node start() {
    whyNot()
        .ifPresent(
            reason -> {
              throw new IllegalStateException(reason);
            });
    Path kubelet = Parts.kubelet();
    return Starting.withFreshPorts(() -> new Node(kubelet));
  }

  private static Optional<Path> found(String program) {
    return Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":")), Stream.of("/usr/sbin"))
        .map(place -> Path.of(place, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private ChildProcess startKubelet(Path kubelet) {
    Path root = directory.path();
    HostPort api = HostPort.free();
    write("resolv.conf", "");
    write(
        "containerd.toml",
        """
        version = 2
        root = "%1$s/containerd"
        state = "%1$s/containerd-state"
        disabled_plugins = ["io.containerd.internal.v1.opt"]
        [grpc]
          address = "%1$s/containerd.sock"
        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = "%2$s"
          netns_mounts_under_state_dir = true
          # Nothing here is to outlive anything else of the machine.
          restrict_oom_score_adj = true
          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = "%3$s"
            conf_dir = "%1$s/cni"
        """
            .formatted(root, PAUSE, PLUGINS));
    write(
        "cni/pods.conflist",
        """
        {
          "cniVersion": "0.4.0",
          "name": "pods",
          "plugins": [{
            "type": "bridge",
            "bridge": "%s",
            "ipam": {
              "type": "host-local",
              "dataDir": "%s/addresses",
              "ranges": [[{"subnet": "%s", "gateway": "%s"}]],
              "routes": [{"dst": "0.0.0.0/0", "gw": "%4$s"}]
            }
          }]
        }
        """
            .formatted(BRIDGE, root, SUBNET, ADDRESS));
    write(
        "kubelet.yaml",
        """
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        address: %2$s
        port: %3$d
        healthzPort: 0
        authentication: {anonymous: {enabled: false}, webhook: {enabled: false}}
        authorization: {mode: AlwaysAllow}
        containerRuntimeEndpoint: unix://%1$s/containerd.sock
        cgroupDriver: cgroupfs
        cgroupRoot: /%4$s
        enforceNodeAllocatable: [none]
        failCgroupV1: false
        failSwapOn: false
        # The machine's own load and disks are nobody's concern here.
        oomScoreAdj: 0
        evictionHard: {}
        imageGCHighThresholdPercent: 100
        localStorageCapacityIsolation: false
        makeIPTablesUtilChains: false
        podLogsDir: %1$s/logs
        resolvConf: %1$s/resolv.conf
        volumePluginDir: %1$s/plugins
        """
            .formatted(root, api.host(), api.port(), BRIDGE));
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh",
                script().toString(),
                root.toString(),
                BRIDGE,
                BRIDGE,
                ADDRESS,
                API_ADDRESS,
                found("containerd").orElseThrow().toString()));
    command.addAll(
        List.of(
            kubelet.toString(),
            "--config=" + root.resolve("kubelet.yaml"),
            "--kubeconfig=" + controlPlane.kubeconfigForNode(NAME),
            "--hostname-override=" + NAME,
            "--node-ip=" + ADDRESS,
            "--root-dir=" + root.resolve("kubelet"),
            "--cert-dir=" + root.resolve("kubelet-certificates")));
    return ChildProcess.start("the node", command, Map.of(), root.resolve("kubelet.log"));
  }

  private Path script() {
    try (InputStream script = Node.class.getResourceAsStream("node.sh")) {
      if (script == null) {
        throw new IllegalStateException("node.sh is not in the certmerge-testbed jar");
      }
      return write("node.sh", new String(script.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read node.sh", e);
    }
  }

  private Optional<String> whyNoContainerd() {
    try {
      ctr("version");
      return Optional.empty();
    } catch (IllegalStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> whyNotReady() {
    io.fabric8.kubernetes.api.model.Node node = controlPlane.client().nodes().withName(NAME).get();
    if (node == null) {
      return Optional.of("it has not registered");
    }
    return node.getStatus().getConditions().stream()
        .filter(it -> it.getType().equals("Ready") && !it.getStatus().equals("True"))
        .map(it -> it.getMessage())
        .findFirst();
  }

  /** As kube-proxy would. */
  private ChildProcess forwardToApiServer() {
    HostPort service = new HostPort(API_ADDRESS, 443);
    ChildProcess proxy =
        ChildProcess.start(
            "proxy",
            List.of(
                HaproxyProcess.find(System.getenv()).toString(),
                "-db",
                "-f",
                write(
                        "proxy.cfg",
                        """
                        defaults
                          mode tcp
                          timeout client 1h
                          timeout connect 5s
                          timeout server 1h
                        listen kubernetes
                          bind %s
                          server api %s
                        """
                            .formatted(service, controlPlane.address()))
                    .toString()),
            Map.of(),
            directory.path().resolve("proxy.log"));
    HaproxyProcess.awaitListening(proxy, service);
    return proxy;
  }

  /** As the scheduler would, with one node of endless room. */
  private static SharedIndexInformer<Pod> bindPods(KubernetesClient client) {
    return client
        .pods()
        .inAnyNamespace()
        .inform(
            new ResourceEventHandler<>() {
              @Override
              public void onAdd(Pod pod) {
                if (pod.getSpec().getNodeName() == null) {
                  bind(client, pod);
                }
              }

              @Override
              public void onUpdate(Pod before, Pod pod) {}

              @Override
              public void onDelete(Pod pod, boolean unknown) {}
            });
  }

  private static void bind(KubernetesClient client, Pod pod) {
    try {
      client
          .bindings()
          .resource(
              new BindingBuilder()
                  .withNewMetadata()
                  .withNamespace(pod.getMetadata().getNamespace())
                  .withName(pod.getMetadata().getName())
                  .endMetadata()
                  .withNewTarget()
                  .withKind("Node")
                  .withName(NAME)
                  .endTarget()
                  .build())
          .create();
    } catch (KubernetesClientException e) {
      // It is gone already, or the node is.
      if (e.getCode() != 404 && e.getCode() != 409 && !JvmEnd.hasBegun()) {
        System.err.println("cannot bind " + pod.getMetadata().getName() + ": " + e.getMessage());
      }
    }
  }

  /** The control plane that the node belongs to. */
  public ControlPlane controlPlane() {
    return controlPlane;
  }

  /**
   * Brings images to the node.
   *
   * @param tar a file in the OCI layout or as {@code docker save} writes it
   */
  public void load(Path tar) {
    ctr("images", "import", tar.toString());
  }

  /** Makes an image of a program of this machine and brings it to the node. */
  public void load(NodeImage image) {
    load(image.tar(directory.path()));
  }

  private void ctr(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "ctr",
                "--address",
                directory.path().resolve("containerd.sock").toString(),
                "--namespace",
                "k8s.io"));
    command.addAll(List.of(arguments));
    NodeImage.run(command);
  }

  /**
   * The directory of a pod's volume that holds a Secret, as the kubelet keeps it; to be read while
   * the pod is there.
   */
  public Path secretVolume(Pod pod, String volume) {
    // The mounts are seen through any process of their namespace.
    long inside =
        child
            .descendants()
            .filter(it -> it.info().command().orElse("").endsWith("/kubelet"))
            .mapToLong(ProcessHandle::pid)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the kubelet does not run"));
    return Path.of(
        "/proc/"
            + inside
            + "/root"
            + directory.path().resolve("kubelet/pods")
            + "/"
            + pod.getMetadata().getUid()
            + "/volumes/kubernetes.io~secret/"
            + volume);
  }

  /** What the containers of a name in a pod have written so far, over all their restarts. */
  public String log(Pod pod, String container) {
    Path logs =
        directory
            .path()
            .resolve(
                "logs/"
                    + pod.getMetadata().getNamespace()
                    + "_"
                    + pod.getMetadata().getName()
                    + "_"
                    + pod.getMetadata().getUid())
            .resolve(container);
    if (!Files.isDirectory(logs)) {
      return "";
    }
    try (Stream<Path> files = Files.list(logs)) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.sorted().toList()) {
        all.append(Files.readString(file));
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + logs, e);
    }
  }

  /** Ends it all, its pods too, and deletes its files. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        System.err.println("could not end a part of the node: " + e.getMessage());
      }
    }
    directory.close();
  }

  private <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  private Path write(String name, String content) {
    Path file = directory.path().resolve(name);
    try {
      Files.createDirectories(file.resolveSibling(""));
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
