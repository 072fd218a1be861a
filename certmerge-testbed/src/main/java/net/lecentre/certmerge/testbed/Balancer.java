package net.lecentre.certmerge.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A readiness-driven balancer, as a Service with its endpoints is one: new connections go in turn
 * to the replicas whose readiness answers 200, and old ones stay where they are. It is HAProxy on
 * the level of TCP; whoever cannot be connected to fails the client, nothing is tried again.
 */
public final class Balancer implements AutoCloseable {
  private final TempDirectory directory;
  private final HostPort listener;
  private final ChildProcess child;

  /**
   * A replica.
   *
   * @param server where its clients connect to
   * @param readiness where {@code GET /readyz} answers 200 while it may have new ones
   */
  public record Replica(HostPort server, HostPort readiness) {}

  private Balancer(Path haproxy, List<Replica> replicas, TempDirectory directory) {
    this.directory = directory;
    this.listener = HostPort.free();
    this.child =
        ChildProcess.start(
            "balancer",
            List.of(haproxy.toString(), "-db", "-f", configuration(replicas).toString()),
            Map.of(),
            directory.path().resolve("balancer.log"));
  }

  /**
   * Starts it and waits until it listens.
   *
   * @throws IllegalStateException if HAProxy is not installed
   */
  public static Balancer start(List<Replica> replicas) {
    Path haproxy = HaproxyProcess.find(System.getenv());
    return Starting.withFreshPorts(
        () -> new Balancer(haproxy, replicas, TempDirectory.create("balancer")).started());
  }

  private Balancer started() {
    try {
      HaproxyProcess.awaitListening(child, listener);
      return this;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Path configuration(List<Replica> replicas) {
    StringBuilder servers = new StringBuilder();
    for (Replica replica : replicas) {
      servers.append(
          "  server r%d %s check addr %s port %d inter 100ms fall 1 rise 1%n"
              .formatted(
                  servers.length(),
                  replica.server(),
                  replica.readiness().host(),
                  replica.readiness().port()));
    }
    try {
      return Files.writeString(
          directory.path().resolve("balancer.cfg"),
          """
          defaults
            mode tcp
            retries 0
            timeout client 60s
            timeout connect 5s
            timeout server 60s
            timeout check 1s
          frontend clients
            bind %s
            default_backend replicas
          backend replicas
            balance roundrobin
            option httpchk GET /readyz
          %s"""
              .formatted(listener, servers));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write balancer.cfg", e);
    }
  }

  /** Where clients connect to. */
  public HostPort listener() {
    return listener;
  }

  /** Whom it takes out of service and back, over all its life. */
  public String log() {
    return child.log();
  }

  /** Ends it and deletes its files. */
  @Override
  public void close() {
    child.close();
    directory.close();
  }
}
