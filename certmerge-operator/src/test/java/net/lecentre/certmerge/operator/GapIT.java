package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens while nobody is told of it. */
class GapIT {
  private static final String NAMESPACE = "default";

  @TempDir private Path directory = Path.of("");

  private static void put(ControlPlane controlPlane, String name, IssuedPair pair) {
    controlPlane
        .client()
        .resource(TestSecrets.tls(NAMESPACE, name, pair, Map.of("certmerge", "true")))
        .serverSideApply();
  }

  private static void eventuallyHolds(ControlPlane controlPlane, Map<String, IssuedPair> pairs) {
    Cluster.eventually(
        () -> {
          Secret target =
              controlPlane.client().secrets().inNamespace(NAMESPACE).withName("merged").get();
          assertThat(target).isNotNull();
          assertThat(Cluster.keys(target))
              .isEqualTo(
                  pairs.keySet().stream()
                      .flatMap(name -> Stream.of(name + ".crt", name + ".key"))
                      .collect(Collectors.toSet()));
          pairs.forEach(
              (name, pair) ->
                  assertThat(Cluster.text(target, name + ".crt")).isEqualTo(pair.crtPem()));
        });
  }

  @Test
  void what_changed_while_the_api_server_was_restarted_is_followed_up() throws IOException {
    try (ControlPlane controlPlane = ControlPlane.start()) {
      Cluster.install(controlPlane);
      Path kubeconfig = controlPlane.kubeconfigFor("cert-merge", "certmerge-operator");
      int port = URI.create(Config.fromKubeconfig(kubeconfig.toFile()).getMasterUrl()).getPort();
      try (FlakyRoad road = new FlakyRoad(port)) {
        Path detour = directory.resolve("kubeconfig");
        Files.writeString(
            detour, Files.readString(kubeconfig).replace(":" + port, ":" + road.port()));
        Options options = new Options();
        options.port = 0;
        try (CertMergeOperator operator =
            new CertMergeOperator(
                Config.fromKubeconfig(detour.toFile()), options, Clock.systemUTC())) {
          operator.start();
          IssuedPair one = Cluster.issue("one.example.com");
          IssuedPair two = Cluster.issue("two.example.com");
          IssuedPair three = Cluster.issue("three.example.com");
          put(controlPlane, "one", one);
          put(controlPlane, "two", two);
          put(controlPlane, "three", three);
          controlPlane.apply(
              """
              apiVersion: certmerge.lecentre.net/v1alpha1
              kind: CertMerge
              metadata: {name: all, namespace: default}
              spec: {name: merged, selector: [{labelselector: {matchLabels: {certmerge: "true"}}}]}
              """);
          eventuallyHolds(controlPlane, Map.of("one", one, "two", two, "three", three));

          road.closeRoad();
          IssuedPair renewed = Cluster.issue("two.example.com");
          IssuedPair added = Cluster.issue("four.example.com");
          put(controlPlane, "two", renewed);
          put(controlPlane, "four", added);
          controlPlane.client().secrets().inNamespace(NAMESPACE).withName("one").delete();
          // It remembers no change from before, so that nothing but a list can tell of them.
          controlPlane.restartApiServer();
          road.openRoad();

          eventuallyHolds(controlPlane, Map.of("two", renewed, "three", three, "four", added));
          assertThat(operator.port()).isPositive();
        }
      }
    }
  }
}
