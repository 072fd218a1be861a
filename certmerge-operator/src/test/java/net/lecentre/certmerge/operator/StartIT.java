package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.ControlPlane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped jar, started where something is missing. */
class StartIT {
  @TempDir private Path directory = Path.of("");

  private record Ended(int exitCode, String log) {}

  private Ended run(Map<String, String> environment, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.home=" + directory,
                "-jar",
                Path.of("target", "certmerge-operator.jar").toString()));
    command.addAll(List.of(options));
    try (ChildProcess operator =
        ChildProcess.start("operator", command, environment, directory.resolve("log"))) {
      await().atMost(Duration.ofSeconds(30)).until(() -> operator.exitCode().isPresent());
      return new Ended(operator.exitCode().orElseThrow(), operator.log());
    }
  }

  @Test
  void a_kubeconfig_that_is_not_there_is_named() {
    Ended ended = run(Map.of("KUBECONFIG", "/nowhere/kubeconfig"));

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.log()).contains("KUBECONFIG names").contains("which cannot be read");
  }

  @Test
  void without_any_cluster_it_says_what_to_set() {
    Ended ended = run(Map.of("KUBECONFIG", ""));

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.log()).contains("set KUBECONFIG");
  }

  @Test
  void a_server_that_does_not_answer_is_told_in_one_line() throws IOException {
    Path kubeconfig = directory.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
        contexts: [{name: c, context: {cluster: c, user: u}}]
        users: [{name: u, user: {token: t}}]
        current-context: c
        """);

    Ended ended = run(Map.of("KUBECONFIG", kubeconfig.toString()));

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.log().lines())
        .singleElement()
        .asString()
        .contains("the API server cannot be asked");
  }

  @Test
  void a_port_that_is_taken_is_told_in_one_line() throws IOException {
    ControlPlane controlPlane = ControlPlane.shared();
    Cluster.client();
    Path kubeconfig = controlPlane.kubeconfigFor("cert-merge", "certmerge-operator");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
      Ended ended =
          run(Map.of("KUBECONFIG", kubeconfig.toString()), "--port=" + taken.getLocalPort());

      assertThat(ended.exitCode()).isEqualTo(2);
      assertThat(ended.log().lines())
          .singleElement()
          .asString()
          .contains("port " + taken.getLocalPort());
    }
  }
}
