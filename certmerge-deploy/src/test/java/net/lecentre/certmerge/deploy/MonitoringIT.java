package net.lecentre.certmerge.deploy;

import static net.lecentre.certmerge.deploy.Manifests.DEPLOY;
import static net.lecentre.certmerge.deploy.Manifests.documents;
import static net.lecentre.certmerge.deploy.Manifests.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both programs at work, as they are installed, and what alerts and dashboard make of them. */
class MonitoringIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final TestCa CA = TestCa.create();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** A metric's name in an expression: what is followed by braces, or stands where a value may. */
  private static final Pattern METRIC = Pattern.compile("\\b(?:certmerge|jvm|process)_\\w+");

  private static Set<String> told = new TreeSet<>();

  @BeforeAll
  static void workAndTell(@TempDir Path directory) throws IOException {
    told = new TreeSet<>();
    told.addAll(metricsOfAnOperatorThatMerged(directory));
    told.addAll(metricsOfAReloaderThatFoundSomethingStale(directory));
  }

  /** With the rights that deploy/ gives and no others. */
  private static Set<String> metricsOfAnOperatorThatMerged(Path directory) throws IOException {
    ControlPlane cluster = ControlPlane.shared();
    new Kubectl(cluster).run("apply", "--kustomize=deploy");
    for (String namespace : List.of("istio-system", "shop")) {
      cluster
          .client()
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .serverSideApply();
    }
    cluster
        .client()
        .resource(
            TestSecrets.tls(
                "istio-system",
                "cert-svc",
                CA.issue("svc.dev.example.com"),
                Map.of("certmerge", "true")))
        .create();
    cluster
        .client()
        .resource(TestSecrets.tls("shop", "my-own-tls", CA.issue("shop.example.com"), Map.of()))
        .create();
    HostPort port = HostPort.free();
    try (ChildProcess operator =
        start(
            "certmerge-operator",
            Map.of(
                "KUBECONFIG",
                cluster.kubeconfigFor("cert-merge", "certmerge-operator").toString(),
                "POD_NAMESPACE",
                "cert-merge"),
            directory,
            "--port=" + port.port(),
            "--leader-elect")) {
      new Kubectl(cluster).run("apply", "--filename=deploy/examples/certmerge.yaml");
      await("the merge")
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                Secret target =
                    cluster
                        .client()
                        .secrets()
                        .inNamespace("istio-system")
                        .withName("istio-ingressgateway-certs")
                        .get();
                assertThat(target).as("%s", operator.log()).isNotNull();
                assertThat(target.getData())
                    .containsOnlyKeys(
                        "cert-svc.crt", "cert-svc.key", "my-own-tls.crt", "my-own-tls.key");
              });
      return metrics(port, "certmerge_merges_total", operator);
    }
  }

  private static Set<String> metricsOfAReloaderThatFoundSomethingStale(Path directory)
      throws IOException {
    Path files = Files.createDirectory(directory.resolve("files"));
    write(files, CA.issue("shop.example.com"));
    EnvoyConfig.Host host = EnvoyConfig.Host.in(files, "shop.example.com", "shop");
    try (EnvoyProcess envoy = EnvoyProcess.start(EnvoyConfig.of(EnvoyConfig.Source.STATIC, host))) {
      write(files, CA.issue("shop.example.com"));
      HostPort port = HostPort.free();
      try (ChildProcess reloader =
          start(
              "certmerge-reloader",
              Map.of(),
              directory,
              "--port=" + port.port(),
              "--watch=" + files,
              "--envoy-admin=" + envoy.adminUri(),
              "--probe=" + envoy.listener(),
              "--strategy=restart",
              "--coordinate=none",
              "--dry-run",
              "--sds-grace=1s",
              "--min-uptime=1s",
              "--poll=1s",
              "--state-dir=" + directory.resolve("state"))) {
        return metrics(port, "certmerge_reloader_actions_total", reloader);
      }
    }
  }

  private static void write(Path directory, IssuedPair pair) throws IOException {
    Files.writeString(directory.resolve("shop.crt"), pair.crtPem());
    Files.writeString(directory.resolve("shop.key"), pair.keyPem());
  }

  private static ChildProcess start(
      String program, Map<String, String> environment, Path directory, String... flags) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of("..", program, "target", program + ".jar").toString()));
    command.addAll(List.of(flags));
    return ChildProcess.start(program, command, environment, directory.resolve(program + ".log"));
  }

  /** The names of a program's metrics, as soon as it tells of what is waited for. */
  private static Set<String> metrics(HostPort port, String awaited, ChildProcess program) {
    URI uri = URI.create("http://" + port + "/metrics");
    Set<String> names = new TreeSet<>();
    await("metric " + awaited)
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(
            () -> {
              HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofLines())
                  .body()
                  .filter(line -> !line.startsWith("#"))
                  .forEach(line -> names.add(line.split("[{ ]", 2)[0]));
              assertThat(names).as("%s", program.log()).contains(awaited);
            });
    return names;
  }

  @ParameterizedTest
  @ValueSource(strings = {"monitoring/prometheus_rule.yaml", "monitoring/dashboard.json"})
  void an_expression_asks_for_nothing_but_metrics_that_exist(String file) {
    List<String> expressions = new ArrayList<>();
    collect(documents(text(DEPLOY.resolve(file))).get(0), expressions);

    assertThat(expressions.stream().flatMap(MonitoringIT::metricsIn).distinct())
        .hasSizeGreaterThan(5)
        .isSubsetOf(told);
  }

  private static Stream<String> metricsIn(String expression) {
    return METRIC.matcher(expression).results().map(found -> found.group());
  }

  private static void collect(JsonNode node, List<String> expressions) {
    if (node.path("expr").isTextual()) {
      expressions.add(node.get("expr").asText());
    }
    // What a variable of the dashboard may be.
    if (node.path("query").isTextual()) {
      expressions.add(node.get("query").asText());
    }
    node.forEach(child -> collect(child, expressions));
  }

  @Test
  void every_metric_that_the_documents_name_exists() {
    assertThat(
            Stream.of("operator.md", "reloader.md", "reference.md", "reference-reloader.md")
                .map(name -> text(DEPLOY.resolveSibling("docs").resolve(name)))
                .flatMap(
                    document -> Pattern.compile("`(certmerge_\\w+)`").matcher(document).results())
                .map(found -> found.group(1))
                .distinct())
        .hasSizeGreaterThan(12)
        .allSatisfy(name -> assertThat(told).as(name).containsAnyOf(name, name + "_count"));
  }
}
