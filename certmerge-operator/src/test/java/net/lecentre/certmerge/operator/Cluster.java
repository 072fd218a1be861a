package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.operator.status.StatusFactory;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.assertj.core.api.ThrowingConsumer;
import org.slf4j.event.Level;
import picocli.CommandLine;

/** A control plane with what deploy/ ships applied, and an operator with just those rights. */
final class Cluster {
  /** Whose CertMerges the operator trusts. */
  static final String TRUSTED = "cert-merge";

  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final ControlPlane CONTROL_PLANE = ControlPlane.shared();
  private static final TestCa CA = TestCa.create();
  private static CertMergeOperator operator;

  static {
    Logging.configure(Level.WARN, false);
    install(CONTROL_PLANE);
    operator = startOperator();
  }

  /** Applies what deploy/ ships, but the operator itself. */
  static void install(ControlPlane controlPlane) {
    controlPlane.applyDeploy(DEPLOY);
  }

  private Cluster() {}

  private static CertMergeOperator startOperator() {
    Path kubeconfig = operatorKubeconfig();
    Options options = new Options();
    new CommandLine(options)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs("--port=0", "--trusted-namespaces=" + TRUSTED);
    CertMergeOperator started =
        new CertMergeOperator(
            Config.fromKubeconfig(kubeconfig.toFile()), options, Clock.systemUTC());
    started.start();
    return started;
  }

  /** Ends the operator, runs something meanwhile and starts another, as a rollout does. */
  static synchronized void withoutOperator(Runnable meanwhile) {
    operator.close();
    try {
      meanwhile.run();
    } finally {
      operator = startOperator();
    }
  }

  /** The port of the operator's probes and metrics. */
  static synchronized int port() {
    return operator.port();
  }

  static KubernetesClient client() {
    return CONTROL_PLANE.client();
  }

  static String newNamespace() {
    return CONTROL_PLANE.newNamespace("it");
  }

  /** A kubeconfig with the rights that deploy/ gives the operator. */
  static Path operatorKubeconfig() {
    return CONTROL_PLANE.kubeconfigFor("cert-merge", "certmerge-operator");
  }

  static IssuedPair issue(String host, String... more) {
    return CA.issue(host, more);
  }

  static IssuedPair issue(Request request) {
    return CA.issue(request);
  }

  /** A pair whose certificate alone has more than so many bytes in PEM. */
  static IssuedPair issueLarge(String host, int bytes) {
    // A name that long takes 154 bytes, 4/3 of which in PEM.
    String[] names =
        IntStream.range(0, bytes / 200)
            .mapToObj(number -> "%063d.".formatted(number).repeat(2) + host)
            .toArray(String[]::new);
    return CA.issue(Request.forHosts(host, names));
  }

  static void apply(String yaml) {
    CONTROL_PLANE.apply(yaml);
  }

  /** Creates or replaces a CertMerge. */
  static void apply(String namespace, String name, String spec) {
    apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: %s, namespace: %s}
        spec: {%s}
        """
            .formatted(name, namespace, spec));
  }

  static boolean exists(String namespace, String name) {
    return client().secrets().inNamespace(namespace).withName(name).get() != null;
  }

  /** Creates or replaces a TLS Secret. */
  static void put(String namespace, String name, IssuedPair pair, Map<String, String> labels) {
    client().resource(TestSecrets.tls(namespace, name, pair, labels)).serverSideApply();
  }

  static void put(String namespace, String name, IssuedPair pair) {
    put(namespace, name, pair, Map.of());
  }

  /** Creates or replaces a TLS Secret whose certificate and key do not belong together. */
  static void putMismatched(String namespace, String name, String host) {
    client()
        .resource(
            TestSecrets.tls(namespace, name, issue(host).crtPem(), issue(host).keyPem(), Map.of()))
        .serverSideApply();
  }

  static void delete(String namespace, String name) {
    client().secrets().inNamespace(namespace).withName(name).delete();
  }

  static Secret secret(String namespace, String name) {
    Secret secret = client().secrets().inNamespace(namespace).withName(name).get();
    assertThat(secret).as("Secret %s/%s", namespace, name).isNotNull();
    return secret;
  }

  static CertMerge certMerge(String namespace, String name) {
    return client().resources(CertMerge.class).inNamespace(namespace).withName(name).get();
  }

  static CertMergeStatus status(String namespace, String name) {
    CertMergeStatus status = certMerge(namespace, name).getStatus();
    assertThat(status).as("status of %s/%s", namespace, name).isNotNull();
    return status;
  }

  static CertMergeStatus.Counts counts(String namespace, String name) {
    CertMergeStatus.Counts counts = status(namespace, name).counts();
    assertThat(counts).as("counts of %s/%s", namespace, name).isNotNull();
    return counts;
  }

  static CertMergeStatus.Entry entry(CertMergeStatus status, String source) {
    assertThat(status.entries()).as("entries").isNotNull();
    return status.entries().stream()
        .filter(entry -> entry.source().equals(source))
        .findFirst()
        .orElseThrow(() -> new AssertionError(source + " is not in " + status.entries()));
  }

  static String readyReason(String namespace, String name) {
    return ready(namespace, name).getReason();
  }

  static Condition ready(String namespace, String name) {
    List<Condition> conditions = status(namespace, name).conditions();
    assertThat(conditions).as("conditions of %s/%s", namespace, name).isNotNull();
    return conditions.stream()
        .filter(condition -> condition.getType().equals(StatusFactory.READY))
        .findFirst()
        .orElseThrow();
  }

  static List<Event> events(String namespace, String reason) {
    return client().v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> event.getReason().equals(reason))
        .toList();
  }

  static Set<String> keys(Secret secret) {
    return secret.getData() == null ? Set.of() : new TreeSet<>(secret.getData().keySet());
  }

  static String text(Secret secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
  }

  /** Waits until a Secret is as an assertion says. */
  static void eventually(String namespace, String name, ThrowingConsumer<Secret> assertion) {
    eventually(() -> assertion.accept(secret(namespace, name)));
  }

  static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(25)).untilAsserted(assertion);
  }

  /** Waits until a target holds exactly these pairs. */
  static void eventuallyHolds(String namespace, String name, Map<String, IssuedPair> pairs) {
    eventually(
        namespace,
        name,
        secret -> {
          Set<String> files = new TreeSet<>();
          pairs.keySet().forEach(key -> files.addAll(Set.of(key + ".crt", key + ".key")));
          assertThat(keys(secret)).isEqualTo(files);
          pairs.forEach(
              (key, pair) -> {
                assertThat(text(secret, key + ".crt")).isEqualTo(pair.crtPem());
                assertThat(text(secret, key + ".key")).isEqualTo(pair.keyPem());
              });
        });
  }
}
