package net.lecentre.certmerge.testbed.demo;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.TlsClient;

/** A TLS client that keeps connecting to every host and notes which certificate it is shown. */
final class Wire implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final HostPort server;
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();
  private final AtomicLong handshakes = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong longestGapNanos = new AtomicLong();
  private volatile boolean closed;

  Wire(HostPort server) {
    this.server = server;
  }

  /** What a host was last seen to serve. */
  private record Seen(BigInteger serial, long firstNanos, long lastNanos) {}

  /** Starts to connect to a host again and again. */
  void follow(String host) {
    Thread client =
        new Thread(
            () -> {
              while (!closed) {
                look(host);
                LockSupport.parkNanos(PAUSE.toNanos());
              }
            },
            "tls-client-" + host);
    client.setDaemon(true);
    client.start();
  }

  private void look(String host) {
    handshakes.incrementAndGet();
    if (TlsClient.handshake(server, host) instanceof TlsClient.Served served) {
      long now = System.nanoTime();
      BigInteger serial = served.leaf().getSerialNumber();
      seen.compute(
          host,
          (name, before) -> {
            if (before != null) {
              longestGapNanos.accumulateAndGet(now - before.lastNanos(), Math::max);
            }
            boolean same = before != null && before.serial().equals(serial);
            return new Seen(serial, same ? before.firstNanos() : now, now);
          });
    } else {
      failures.incrementAndGet();
    }
  }

  /** Whether a host serves a serial now. */
  boolean serves(String host, BigInteger serial) {
    Seen last = seen.get(host);
    return last != null && last.serial().equals(serial);
  }

  /** When the certificate that a host serves now was first seen, by {@link System#nanoTime}. */
  long sinceNanos(String host) {
    Seen last = seen.get(host);
    if (last == null) {
      throw new IllegalStateException(host + " was never reached");
    }
    return last.firstNanos();
  }

  long handshakes() {
    return handshakes.get();
  }

  long failures() {
    return failures.get();
  }

  /** The longest time that a host could not be reached. */
  Duration longestGap() {
    return Duration.ofNanos(longestGapNanos.get());
  }

  @Override
  public void close() {
    closed = true;
  }
}
