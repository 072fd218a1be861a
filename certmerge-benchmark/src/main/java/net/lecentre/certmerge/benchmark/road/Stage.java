package net.lecentre.certmerge.benchmark.road;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.lecentre.certmerge.benchmark.ImageFlags;
import net.lecentre.certmerge.benchmark.Jdks;
import net.lecentre.certmerge.benchmark.operator.Launch;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IstioGateway;
import net.lecentre.certmerge.testbed.Istiod;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.TempDirectory;

/** A control plane, istiod and a gateway; with certmerge, where it is wanted. */
final class Stage implements AutoCloseable {
  private static final Path JAVA = Jdks.running();
  private static final String TARGET = "istio-ingressgateway-certs";
  private static final Map<String, String> NAMES =
      Map.of(
          "certmerge-operator.jar", "operator",
          "certmerge-reloader.jar", "reloader",
          "pilot-discovery", "istiod",
          "pilot-agent", "pilot-agent",
          "/envoy", "Envoy");

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final TempDirectory directory = add(TempDirectory.create("road"));
  private final ControlPlane cluster;
  private final Istiod istiod;
  private final IstioGateway gateway;
  private final List<KubeletMount> mounts = new ArrayList<>();

  /** With so many mounts, and as many CertMerges when certmerge is started. */
  Stage(int mounts) {
    try {
      cluster = add(ControlPlane.start());
      istiod = add(Istiod.start(cluster));
      gateway = add(IstioGateway.start(istiod));
      for (int number = 0; number < mounts; number++) {
        this.mounts.add(add(KubeletMount.create()));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  ControlPlane cluster() {
    return cluster;
  }

  IstioGateway gateway() {
    return gateway;
  }

  KubeletMount mount(int number) {
    return mounts.get(number);
  }

  /** Where a Gateway finds a pair in a mount. */
  String files(int mount, String key) {
    return "serverCertificate: %1$s/%2$s.crt, privateKey: %1$s/%2$s.key"
        .formatted(mount(mount).directory(), key);
  }

  /** The target in a mount. */
  private String target(int mount) {
    return mounts.size() == 1 ? TARGET : TARGET + "-g" + mount;
  }

  /** Starts the operator with a CertMerge for each mount, the mounts and the reloader. */
  void startCertmerge() {
    cluster.applyDeploy(Path.of("deploy"));
    for (int number = 0; number < mounts.size(); number++) {
      cluster.apply(
          """
          apiVersion: certmerge.lecentre.net/v1alpha1
          kind: CertMerge
          metadata: {name: road-%1$d, namespace: cert-merge}
          spec:
            name: %2$s
            namespace: %3$s
            shards: 3
            selector:
            - namespace: %3$s
              labelselector: {matchLabels: {certmerge: "true"%4$s}}
          """
              .formatted(
                  number,
                  target(number),
                  Istiod.NAMESPACE,
                  mounts.size() == 1 ? "" : ", group: g" + number));
    }
    Launch launch = Launch.deployed();
    startJar(
        "certmerge-operator",
        launch.flags(),
        Map.of("KUBECONFIG", cluster.kubeconfigFor("cert-merge", "certmerge-operator").toString()),
        List.of());
    for (int number = 0; number < mounts.size(); number++) {
      mountTarget(number);
    }
    startReloader();
  }

  /** Starts the reloader beside the gateway; where it answers. */
  URI startReloader() {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--envoy-admin=" + gateway.adminUri(),
                "--probe=" + gateway.listener(),
                "--strategy=verify",
                "--coordinate=none"));
    mounts.forEach(mount -> options.add("--watch=" + mount.directory()));
    return startJar("certmerge-reloader", ImageFlags.of("reloader", JAVA), Map.of(), options);
  }

  private URI startJar(
      String name, List<String> flags, Map<String, String> environment, List<String> options) {
    List<String> command = new ArrayList<>(List.of(JAVA.toString()));
    HostPort port = HostPort.free();
    command.addAll(flags);
    command.addAll(
        List.of(
            "-jar", Path.of(name, "target", name + ".jar").toString(), "--port=" + port.port()));
    command.addAll(options);
    add(ChildProcess.start(name, command, environment, directory.path().resolve(name + ".log")));
    return URI.create("http://" + port);
  }

  /**
   * As {@code deploy/istio/shards.yaml} mounts them: all Secrets of the target in one directory.
   */
  private void mountTarget(int number) {
    Map<String, Map<String, String>> shards = new TreeMap<>();
    SharedIndexInformer<Secret> informer =
        cluster
            .client()
            .secrets()
            .inNamespace(Istiod.NAMESPACE)
            .withLabel("creator", "certmerge-operator")
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(Secret secret) {
                    String name = secret.getMetadata().getName();
                    if (mounts.size() > 1 && !name.equals(target(number))) {
                      return;
                    }
                    if (secret.getData() != null) {
                      shards.put(name, secret.getData());
                    }
                    Map<String, byte[]> files = new HashMap<>();
                    for (Map<String, String> data : shards.values()) {
                      data.forEach(
                          (file, value) -> files.put(file, Base64.getDecoder().decode(value)));
                    }
                    mount(number).project(files);
                  }

                  @Override
                  public void onUpdate(Secret before, Secret secret) {
                    onAdd(secret);
                  }

                  @Override
                  public void onDelete(Secret secret, boolean finalStateUnknown) {
                    // None goes while something is measured.
                  }
                });
    add(informer);
  }

  /** The memory that each part has now and had at most, in MiB. */
  Map<String, String> memory() {
    Map<String, String> mib = new TreeMap<>();
    ProcessHandle.current()
        .descendants()
        .forEach(
            process -> {
              String line = process.info().commandLine().orElse("");
              String command = process.info().command().orElse("");
              NAMES.forEach(
                  (part, name) -> {
                    // A shell with the same arguments stands before each of them.
                    if (command.endsWith(part)
                        || (command.endsWith("/java") && line.contains("/" + part))) {
                      mib.put(
                          name,
                          "%.0f (%.0f)"
                              .formatted(
                                  field(process.pid(), "VmRSS:"), field(process.pid(), "VmHWM:")));
                    }
                  });
            });
    return mib;
  }

  private static double field(long pid, String name) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
              .filter(line -> line.startsWith(name))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElseThrow()
          / 1024.0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        System.err.println("could not end a part: " + e.getMessage());
      }
    }
  }
}
