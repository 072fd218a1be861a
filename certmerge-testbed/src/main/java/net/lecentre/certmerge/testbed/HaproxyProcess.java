package net.lecentre.certmerge.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The real HAProxy, serving TLS on one loopback port with every certificate of a directory. */
public final class HaproxyProcess implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

  /** Debian puts it there, and not every user's PATH says so. */
  private static final Path SYSTEM_DIRECTORY = Path.of("/usr/sbin");

  private final TempDirectory directory;
  private final HostPort listener;
  private final ChildProcess child;

  private HaproxyProcess(Path haproxy, Path certificates, TempDirectory directory) {
    this.directory = directory;
    this.listener = HostPort.free();
    this.child =
        ChildProcess.start(
            "haproxy",
            List.of(haproxy.toString(), "-db", "-f", configuration(certificates).toString()),
            Map.of(),
            directory.path().resolve("haproxy.log"));
  }

  /**
   * Starts HAProxy and waits until it listens: it does so only with every certificate loaded.
   *
   * @param certificates a directory with one file for each pair: key, leaf and chain in PEM
   * @throws IllegalStateException if HAProxy is not installed, or refuses a certificate; with its
   *     last log lines
   */
  public static HaproxyProcess start(Path certificates) {
    Path haproxy = find(System.getenv());
    return Starting.withFreshPorts(
        () -> new HaproxyProcess(haproxy, certificates, TempDirectory.create("haproxy")).started());
  }

  /** {@code HAPROXY_BIN}, else the first on the {@code PATH}. */
  static Path find(Map<String, String> environment) {
    String named = environment.getOrDefault("HAPROXY_BIN", "");
    Stream<Path> candidates =
        named.isEmpty()
            ? Stream.concat(
                    Stream.of(environment.getOrDefault("PATH", "").split(":")).map(Path::of),
                    Stream.of(SYSTEM_DIRECTORY))
                .map(it -> it.resolve("haproxy"))
            : Stream.of(Path.of(named));
    return candidates
        .filter(it -> Files.isRegularFile(it) && Files.isExecutable(it))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "there is no haproxy: install the Debian package haproxy, or set HAPROXY_BIN to"
                        + " the executable"));
  }

  private Path configuration(Path certificates) {
    try {
      return Files.writeString(
          directory.path().resolve("haproxy.cfg"),
          """
          defaults
            mode http
            timeout client 10s
            timeout connect 10s
            timeout server 10s
          frontend tls
            bind %s ssl strict-sni crt "%s"
            http-request return status 200
          """
              .formatted(listener, certificates));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write haproxy.cfg", e);
    }
  }

  private HaproxyProcess started() {
    try {
      awaitListening(child, listener);
      return this;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  static void awaitListening(ChildProcess child, HostPort listener) {
    Starting.await(child, "starting", START_TIMEOUT, () -> whyNotListening(listener));
  }

  private static Optional<String> whyNotListening(HostPort listener) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(listener.host(), listener.port()));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(listener + ": " + e);
    }
  }

  /** Where TLS is served. A server name that no certificate has is refused. */
  public HostPort listener() {
    return listener;
  }

  /** Ends HAProxy and deletes its files. */
  @Override
  public void close() {
    child.close();
    directory.close();
  }
}
