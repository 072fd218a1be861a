package net.lecentre.certmerge.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where the real parts are. {@code certmerge-testbed/provision} puts them there; this finds them
 * again, in the same order.
 *
 * @param etcd the etcd executable
 * @param kubeApiserver the kube-apiserver executable
 * @param kubeControllerManager the kube-controller-manager executable
 * @param envoy the envoy executable
 */
public record Parts(Path etcd, Path kubeApiserver, Path kubeControllerManager, Path envoy) {

  /**
   * Looks in {@code KUBEBUILDER_ASSETS} and {@code ENVOY_BIN}, then in the cache that {@code
   * provision} fills.
   *
   * @throws IllegalStateException if a part is missing; the message says how to get it
   */
  public static Parts find() {
    return find(System.getenv(), pinned());
  }

  /**
   * The kubelet, which {@code provision --node} puts there; looked for in {@code
   * KUBEBUILDER_ASSETS}, then in the cache.
   *
   * @throws IllegalStateException if it is missing; the message says how to get it
   */
  static Path kubelet() {
    return kubernetesPart("kubelet", "KUBERNETES_VERSION", System.getenv(), pinned());
  }

  static Parts find(Map<String, String> environment, Properties versions) {
    return new Parts(
        kubernetesPart("etcd", "ETCD_VERSION", environment, versions),
        kubernetesPart("kube-apiserver", "KUBERNETES_VERSION", environment, versions),
        kubernetesPart("kube-controller-manager", "KUBERNETES_VERSION", environment, versions),
        envoy(environment, versions));
  }

  /** The pinned versions, from the one file that {@code provision} reads too. */
  static Properties pinned() {
    Properties versions = new Properties();
    try (InputStream file = Parts.class.getResourceAsStream("parts.env")) {
      if (file == null) {
        throw new IllegalStateException("parts.env is not in the certmerge-testbed jar");
      }
      versions.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read parts.env", e);
    }
    return versions;
  }

  private static Path kubernetesPart(
      String part, String versionName, Map<String, String> environment, Properties versions) {
    String assets = set(environment, "KUBEBUILDER_ASSETS");
    if (assets != null) {
      if (!Files.isDirectory(Path.of(assets))) {
        throw new IllegalStateException(
            "KUBEBUILDER_ASSETS is '"
                + assets
                + "', which is not a directory: correct or unset it");
      }
      Path binary = Path.of(assets, part);
      if (executable(binary)) {
        return binary;
      }
    }
    return cached(part, versions.getProperty(versionName), environment);
  }

  private static Path envoy(Map<String, String> environment, Properties versions) {
    String binary = set(environment, "ENVOY_BIN");
    if (binary == null) {
      return cached("envoy", versions.getProperty("ENVOY_VERSION"), environment);
    }
    if (!executable(Path.of(binary))) {
      throw new IllegalStateException(
          "ENVOY_BIN is '" + binary + "', which is not an executable file: correct or unset it");
    }
    return Path.of(binary);
  }

  /** Where {@code provision} puts a part of a version, which has to be there. */
  static Path cached(String part, String version, Map<String, String> environment) {
    String cacheHome = set(environment, "XDG_CACHE_HOME");
    Path root =
        cacheHome != null
            ? Path.of(cacheHome)
            : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".cache");
    Path binary = root.resolve(Path.of("certmerge", part + "-" + version, part));
    if (!executable(binary)) {
      throw new IllegalStateException(
          "there is no "
              + part
              + " at "
              + binary
              + ": run certmerge-testbed/provision"
              + (part.equals("kubelet") ? " --node" : "")
              + ", which puts it there (or says what it lacks to do so)");
    }
    return binary;
  }

  private static boolean executable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  private static @Nullable String set(Map<String, String> environment, String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }
}
