package net.lecentre.certmerge.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartsTest {
  @TempDir Path dir;
  private final Properties versions = new Properties();

  @BeforeEach
  void pin_versions() {
    versions.setProperty("KUBERNETES_VERSION", "1.2.3");
    versions.setProperty("ETCD_VERSION", "4.5.6");
    versions.setProperty("ENVOY_VERSION", "7.8.9");
  }

  @Test
  void the_pinned_versions_travel_in_the_jar() {
    assertThat(Parts.pinned()).containsKeys("KUBERNETES_VERSION", "ETCD_VERSION", "ENVOY_VERSION");
  }

  @Test
  void every_part_is_found_in_the_cache() throws IOException {
    fillCache();

    assertThat(Parts.find(Map.of("XDG_CACHE_HOME", dir.toString()), versions))
        .isEqualTo(
            new Parts(
                dir.resolve("certmerge/etcd-4.5.6/etcd"),
                dir.resolve("certmerge/kube-apiserver-1.2.3/kube-apiserver"),
                dir.resolve("certmerge/kube-controller-manager-1.2.3/kube-controller-manager"),
                dir.resolve("certmerge/envoy-7.8.9/envoy")));
  }

  @Test
  void the_assets_directory_comes_before_the_cache_for_what_it_has() throws IOException {
    fillCache();
    Path etcd = executable(dir.resolve("assets/etcd"));

    Parts parts =
        Parts.find(
            Map.of(
                "XDG_CACHE_HOME",
                dir.toString(),
                "KUBEBUILDER_ASSETS",
                dir.resolve("assets").toString()),
            versions);

    assertThat(parts.etcd()).isEqualTo(etcd);
    assertThat(parts.kubeControllerManager())
        .isEqualTo(dir.resolve("certmerge/kube-controller-manager-1.2.3/kube-controller-manager"));
  }

  @Test
  void envoy_bin_comes_before_the_cache() throws IOException {
    fillCache();
    Path envoy = executable(dir.resolve("my-envoy"));

    assertThat(
            Parts.find(
                    Map.of("XDG_CACHE_HOME", dir.toString(), "ENVOY_BIN", envoy.toString()),
                    versions)
                .envoy())
        .isEqualTo(envoy);
  }

  @Test
  void a_wrong_envoy_bin_is_refused_and_not_replaced_from_the_cache() throws IOException {
    fillCache();

    assertThatThrownBy(
            () ->
                Parts.find(
                    Map.of("XDG_CACHE_HOME", dir.toString(), "ENVOY_BIN", "/nowhere/envoy"),
                    versions))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("ENVOY_BIN", "/nowhere/envoy");
  }

  @Test
  void a_missing_part_is_told_with_the_way_to_get_it() {
    assertThatThrownBy(() -> Parts.find(Map.of("XDG_CACHE_HOME", dir.toString()), versions))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("etcd-4.5.6", "run certmerge-testbed/provision");
  }

  private void fillCache() throws IOException {
    executable(dir.resolve("certmerge/etcd-4.5.6/etcd"));
    executable(dir.resolve("certmerge/kube-apiserver-1.2.3/kube-apiserver"));
    executable(dir.resolve("certmerge/kube-controller-manager-1.2.3/kube-controller-manager"));
    executable(dir.resolve("certmerge/envoy-7.8.9/envoy"));
  }

  private static Path executable(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.createFile(file);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
