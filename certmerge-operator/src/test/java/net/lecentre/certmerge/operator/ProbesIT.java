package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.putMismatched;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped jar: what its probes answer and what it logs, when all is well and when not. */
class ProbesIT {
  private static final Path JAR = Path.of("target", "certmerge-operator.jar").toAbsolutePath();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir private Path directory = Path.of("");

  private record Replica(ChildProcess process, int port) implements AutoCloseable {
    private int probe(String path) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      try {
        return HTTP.send(
                HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
            .statusCode();
      } catch (IOException notYet) {
        return 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return 0;
      }
    }

    @Override
    public void close() {
      process.close();
    }
  }

  private Replica start(String name, Path kubeconfig, String... options) {
    int port = freePort();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                JAR.toString(),
                "--port=" + port));
    command.addAll(List.of(options));
    return new Replica(
        ChildProcess.start(
            name,
            command,
            Map.of(
                "KUBECONFIG",
                kubeconfig.toString(),
                "POD_NAMESPACE",
                "cert-merge",
                "HOSTNAME",
                name),
            directory.resolve(name + ".log")),
        port);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String leader() {
    Lease lease = client().leases().inNamespace("cert-merge").withName("certmerge-operator").get();
    String holder = lease == null ? null : lease.getSpec().getHolderIdentity();
    return holder == null ? "" : holder;
  }

  @Test
  void a_replica_that_waits_for_the_lease_is_ready_and_live() {
    Cluster.withoutOperator(
        () -> {
          try (Replica first = start("first", Cluster.operatorKubeconfig(), "--leader-elect")) {
            eventually(() -> assertThat(leader()).as(first.process().log()).isEqualTo("first"));
            try (Replica second = start("second", Cluster.operatorKubeconfig(), "--leader-elect")) {
              eventually(
                  () ->
                      assertThat(second.probe("/readyz"))
                          .as(second.process().log())
                          .isEqualTo(200));
              assertThat(second.probe("/healthz")).isEqualTo(200);
              assertThat(first.probe("/readyz")).isEqualTo(200);
              assertThat(leader()).isEqualTo("first");
            }
          }
        });
  }

  @Test
  void an_api_server_that_does_not_answer_costs_readiness_until_it_is_back_and_never_liveness()
      throws IOException {
    Path kubeconfig = Cluster.operatorKubeconfig();
    int apiServer = URI.create(Config.fromKubeconfig(kubeconfig.toFile()).getMasterUrl()).getPort();
    try (FlakyRoad road = new FlakyRoad(apiServer)) {
      Path detour = directory.resolve("kubeconfig");
      Files.writeString(
          detour, Files.readString(kubeconfig).replace(":" + apiServer, ":" + road.port()));
      Cluster.withoutOperator(
          () -> {
            try (Replica replica = start("only", detour, "--leader-elect=false")) {
              eventually(
                  () ->
                      assertThat(replica.probe("/readyz"))
                          .as(replica.process().log())
                          .isEqualTo(200));

              road.closeRoad();

              eventually(() -> assertThat(replica.probe("/readyz")).isEqualTo(503));
              assertThat(replica.probe("/healthz")).isEqualTo(200);

              String namespace = Cluster.newNamespace();
              IssuedPair shop = issue("shop.example.com");
              put(namespace, "shop", shop);
              apply(namespace, "shop");
              road.openRoad();

              eventuallyHolds(namespace, "merged", Map.of("shop", shop));
              eventually(() -> assertThat(replica.probe("/readyz")).isEqualTo(200));
              assertThat(replica.probe("/healthz")).isEqualTo(200);
            }
          });
    }
  }

  @Test
  void of_two_replicas_the_one_that_waits_outlives_an_outage_of_the_api_server_and_takes_over()
      throws IOException {
    Path kubeconfig = Cluster.operatorKubeconfig();
    int apiServer = URI.create(Config.fromKubeconfig(kubeconfig.toFile()).getMasterUrl()).getPort();
    try (FlakyRoad road = new FlakyRoad(apiServer)) {
      Path detour = directory.resolve("kubeconfig");
      Files.writeString(
          detour, Files.readString(kubeconfig).replace(":" + apiServer, ":" + road.port()));
      Cluster.withoutOperator(
          () -> {
            try (Replica first = start("first", detour, "--leader-elect")) {
              eventually(() -> assertThat(leader()).as(first.process().log()).isEqualTo("first"));
              try (Replica second = start("second", detour, "--leader-elect")) {
                eventually(() -> assertThat(second.probe("/readyz")).isEqualTo(200));

                road.closeRoad();
                // It cannot renew the Lease, so it must not go on.
                eventually(() -> assertThat(first.process().exitCode()).hasValue(1));
                assertThat(second.probe("/healthz")).as(second.process().log()).isEqualTo(200);
                road.openRoad();

                eventually(
                    () -> assertThat(leader()).as(second.process().log()).isEqualTo("second"));
                eventually(() -> assertThat(second.probe("/readyz")).isEqualTo(200));
              }
            }
          });
    }
  }

  @Test
  void no_key_is_ever_logged_and_every_record_is_one_json_object() throws IOException {
    String namespace = Cluster.newNamespace();
    IssuedPair shop = issue("shop.example.com");
    IssuedPair swapped = issue("swapped.example.com");
    IssuedPair cut = issue("cut.example.com");
    IssuedPair named = issue("named.example.com");
    put(namespace, "shop", shop);
    putMismatched(namespace, "broken", "broken.example.com");
    putRaw(namespace, "swapped", swapped.keyPem(), swapped.crtPem());
    putRaw(
        namespace, "cut", cut.crtPem(), cut.keyPem().substring(0, cut.keyPem().length() * 2 / 3));
    putRaw(namespace, "bare", named.crtPem(), named.keyPem().replaceAll("-----.*-----", ""));
    Path kubeconfig = Cluster.operatorKubeconfig();
    int apiServer = URI.create(Config.fromKubeconfig(kubeconfig.toFile()).getMasterUrl()).getPort();
    try (FlakyRoad road = new FlakyRoad(apiServer)) {
      Path detour = directory.resolve("kubeconfig");
      Files.writeString(
          detour, Files.readString(kubeconfig).replace(":" + apiServer, ":" + road.port()));
      Cluster.withoutOperator(
          () -> {
            try (Replica replica =
                start("talkative", detour, "--leader-elect=false", "--loglevel=trace")) {
              apply(namespace, "shop", "broken", "swapped", "cut", "bare", "missing");
              eventuallyHolds(namespace, "merged", Map.of("shop", shop));
              // A write that fails on its way, and edits by hand of what was written.
              road.closeRoad();
              eventually(() -> assertThat(replica.probe("/readyz")).isEqualTo(503));
              IssuedPair renewed = issue("shop.example.com");
              put(namespace, "shop", renewed);
              client()
                  .secrets()
                  .inNamespace(namespace)
                  .withName("merged")
                  .edit(
                      secret ->
                          new SecretBuilder(secret)
                              .addToData("mine.key", base64(named.keyPem()))
                              .build());
              road.openRoad();
              eventuallyHolds(namespace, "merged", Map.of("shop", renewed));
            }
          });
    }
    String log = Files.readString(directory.resolve("talkative.log"));
    for (IssuedPair pair : List.of(shop, swapped, cut, named)) {
      pair.keyPem()
          .lines()
          .filter(line -> !line.startsWith("-----"))
          .forEach(line -> assertThat(log).doesNotContain(line));
      assertThat(log).doesNotContain(base64(pair.keyPem()).substring(60, 100));
    }
    assertThat(log).doesNotContain("-----BEGIN");
    assertThat(log.lines())
        .isNotEmpty()
        .allSatisfy(
            line -> {
              JsonNode record = JsonMapper.builder().build().readTree(line);
              assertThat(record.has("timestamp")).isTrue();
              assertThat(record.has("level")).isTrue();
              assertThat(record.has("message")).isTrue();
            })
        .anySatisfy(
            line -> {
              JsonNode record = JsonMapper.builder().build().readTree(line);
              assertThat(record.path("certmerge").asText()).isEqualTo(namespace + "/all");
              assertThat(record.path("source").asText()).isEqualTo(namespace + "/broken");
              assertThat(record.path("reason").asText()).isEqualTo("KEY_MISMATCH");
            });
  }

  private static void apply(String namespace, String... sources) {
    StringBuilder list = new StringBuilder();
    for (String source : sources) {
      list.append("{name: ").append(source).append("}, ");
    }
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: all, namespace: %s}
        spec: {name: merged, secretlist: [%s]}
        """
            .formatted(namespace, list));
  }

  private static void putRaw(String namespace, String name, String crt, String key) {
    client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withType("kubernetes.io/tls")
                .addToStringData("tls.crt", crt)
                .addToStringData("tls.key", key)
                .build())
        .create();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
