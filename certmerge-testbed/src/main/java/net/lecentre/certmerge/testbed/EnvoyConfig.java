package net.lecentre.certmerge.testbed;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What an {@link EnvoyProcess} serves, and how it is supervised.
 *
 * @param hosts the hosts, each with a filter chain of its own
 * @param source how Envoy is told of the certificate files
 * @param restartDelay how long after its exit Envoy is started again, as a container would be
 */
public record EnvoyConfig(List<Host> hosts, Source source, Duration restartDelay) {

  /** How Envoy is told of the certificate files. */
  public enum Source {
    /**
     * {@code tls_certificates} in the listener, as Istio up to 1.9 does it: files are read once.
     */
    STATIC,
    /**
     * The same in a listener that comes from a file (LDS): the files are read again when the
     * listener is made anew, see {@link EnvoyProcess#makeListenerAnew}.
     */
    FILE_LDS,
    /** SDS from a file ({@code path_config_source}), without a watched directory. */
    FILE_SDS,
    /** SDS from a file, and the certificates' directory is a {@code watched_directory}. */
    FILE_SDS_WATCHED,
    /**
     * SDS from a file {@code <name>.sds.yaml} that is mounted beside {@code <name>.crt} and is
     * followed itself; the secret is called as the files are.
     */
    MOUNTED_SDS
  }

  /**
   * A host that Envoy serves.
   *
   * @param sni the server name it answers to
   * @param crt the file with its certificates
   * @param key the file with its key
   */
  public record Host(String sni, Path crt, Path key) {
    /** A host whose files are {@code <name>.crt} and {@code <name>.key} in a directory. */
    public static Host in(Path directory, String sni, String name) {
      return new Host(sni, directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
    }
  }

  /** Copies the list. */
  public EnvoyConfig {
    hosts = List.copyOf(hosts);
  }

  /** These hosts, and a restart without delay. */
  public static EnvoyConfig of(Source source, Host... hosts) {
    return new EnvoyConfig(List.of(hosts), source, Duration.ZERO);
  }

  /** The same with another restart delay. */
  public EnvoyConfig restartAfter(Duration delay) {
    return new EnvoyConfig(hosts, source, delay);
  }
}
