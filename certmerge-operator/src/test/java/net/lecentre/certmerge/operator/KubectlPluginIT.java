package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.putMismatched;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kubectl certmerge}, run by the real kubectl. */
class KubectlPluginIT {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path directory = Path.of("");
  private final IssuedPair shop = issue("shop.example.com");
  private final IssuedPair blog = issue("blog.example.com");
  private String namespace = "";

  private record Said(int code, String text) {}

  @BeforeEach
  void merge() {
    namespace = Cluster.newNamespace();
    put(namespace, "shop", shop);
    put(namespace, "blog", blog);
    Cluster.apply(
        namespace,
        "edge",
        "name: merged, maxRemovals: 0, secretlist: [{name: shop}, {name: blog}]");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog));
  }

  private Said kubectl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kubectl", "certmerge"));
    command.addAll(List.of(arguments));
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("KUBECONFIG", ControlPlane.shared().adminKubeconfig().toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("PATH", TOP + File.pathSeparator + environment.get("PATH"));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("kubectl certmerge ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Said(process.exitValue(), Files.readString(output));
  }

  @Test
  void status_says_what_is_wrong_with_a_source() throws Exception {
    putMismatched(namespace, "shop", "shop.example.com");

    eventually(
        () ->
            assertThat(kubectl("status", "-n", namespace).text())
                .contains("edge", namespace + "/shop is Kept since", "KEY_MISMATCH"));
  }

  @Test
  void plan_says_what_the_operator_would_do() throws Exception {
    Said said = kubectl("plan", "--namespaces=" + namespace);

    assertThat(said.text()).contains("CertMerge " + namespace + "/edge", "2 unchanged");
    assertThat(said.code()).isZero();
  }

  @Test
  void check_without_a_path_looks_at_the_tls_secrets_of_the_cluster() throws Exception {
    assertThat(kubectl("check").text())
        .contains(
            "standard input:" + namespace + "/shop ", "standard input:" + namespace + "/blog ")
        .doesNotContain(shop.keyPem().lines().toList().get(1));
  }

  @Test
  void a_held_removal_is_let_go_only_when_that_is_said() throws Exception {
    Cluster.apply(namespace, "edge", "name: merged, maxRemovals: 0, secretlist: [{name: blog}]");
    eventually(() -> assertThat(readyReason(namespace, "edge")).isEqualTo("RemovalHeld"));

    Said asked = kubectl("release", "-n", namespace, "edge");

    assertThat(asked.code()).isOne();
    assertThat(asked.text()).contains("1 entry would leave", "(shop)", "Nothing was done");
    assertThat(kubectl("release", "-n", namespace, "edge", "--yes").code()).isZero();
    eventuallyHolds(namespace, "merged", Map.of("blog", blog));
  }

  @Test
  void where_nothing_is_held_nothing_is_released() throws Exception {
    Said said = kubectl("release", "-n", namespace, "edge", "--yes");

    assertThat(said.code()).isOne();
    assertThat(said.text()).contains("holds no removal back");
  }

  @Test
  void a_command_that_does_not_exist_is_refused_with_those_that_do() throws Exception {
    Said said = kubectl("chek");

    assertThat(said.code()).isEqualTo(2);
    assertThat(said.text()).contains("there is no command 'chek'", "kubectl certmerge check");
  }
}
