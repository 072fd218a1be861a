package net.lecentre.certmerge.testbed;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Clients of a gateway: so many new TLS connections a second with one request each, whatever became
 * of the ones before, and some that stay connected and ask again and again until the server says
 * {@code Connection: close}. Nothing is tried again: what fails counts.
 */
public final class TlsLoad implements AutoCloseable {
  private static final int NEW_CLIENTS = 8;
  private static final int STAYING_CLIENTS = 4;
  private static final Duration STAYING_PAUSE = Duration.ofMillis(50);
  private static final int TIMEOUT_MILLIS = 5_000;

  private final HostPort server;
  private final String host;
  private final SSLContext trusting;
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong lastGoodNanos = new AtomicLong(System.nanoTime());
  private final AtomicLong outageNanos = new AtomicLong();
  private final Queue<Failure> failed = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean ended;

  /**
   * Something that failed.
   *
   * @param how what the client was told
   * @param begun when the connection or, on one that stays, the request was begun, as {@link
   *     System#nanoTime}
   * @param noticed when it had failed
   */
  public record Failure(String how, long begun, long noticed) {}

  private TlsLoad(HostPort server, String host, SSLContext trusting) {
    this.server = server;
    this.host = host;
    this.trusting = trusting;
  }

  /**
   * Starts.
   *
   * @param server where to connect to
   * @param host whom to ask for
   * @param ca whose certificates are good
   * @param perSecond how many new connections
   */
  public static TlsLoad start(HostPort server, String host, TestCa ca, int perSecond) {
    TlsLoad load = new TlsLoad(server, host, ca.clientContext());
    long interval = TimeUnit.SECONDS.toNanos(NEW_CLIENTS) / perSecond;
    for (int client = 0; client < NEW_CLIENTS; client++) {
      long first = System.nanoTime() + interval * client / NEW_CLIENTS;
      load.run("new-" + client, () -> load.connectAgainAndAgain(first, interval));
    }
    for (int client = 0; client < STAYING_CLIENTS; client++) {
      load.run("staying-" + client, load::stay);
    }
    return load;
  }

  private void run(String name, Runnable client) {
    Thread thread = new Thread(client, "load-" + name);
    thread.setDaemon(true);
    clients.add(thread);
    thread.start();
  }

  private void connectAgainAndAgain(long first, long interval) {
    for (long due = first; !ended; due += interval) {
      LockSupport.parkNanos(due - System.nanoTime());
      long begun = System.nanoTime();
      try (SSLSocket connection = connect()) {
        request(connection, new BufferedInputStream(connection.getInputStream()), "close");
        good();
      } catch (IOException e) {
        failed("new connection: " + e, begun);
      }
    }
  }

  private void good() {
    long now = System.nanoTime();
    long before = lastGoodNanos.getAndSet(now);
    outageNanos.accumulateAndGet(now - before, Math::max);
  }

  private void stay() {
    while (!ended) {
      long begun = System.nanoTime();
      try (SSLSocket connection = connect()) {
        InputStream in = new BufferedInputStream(connection.getInputStream());
        while (!ended && request(connection, in, "keep-alive")) {
          LockSupport.parkNanos(STAYING_PAUSE.toNanos());
          begun = System.nanoTime();
        }
      } catch (IOException e) {
        failed("staying connection: " + e, begun);
        LockSupport.parkNanos(STAYING_PAUSE.toNanos());
      }
    }
  }

  private void failed(String how, long begun) {
    if (!ended) {
      failed.add(new Failure(how, begun, System.nanoTime()));
    }
  }

  private SSLSocket connect() throws IOException {
    Socket tcp = new Socket();
    try {
      tcp.connect(new InetSocketAddress(server.host(), server.port()), TIMEOUT_MILLIS);
      tcp.setSoTimeout(TIMEOUT_MILLIS);
      tcp.setTcpNoDelay(true);
      // A peer of another name has no session to resume: each handshake is a whole one.
      String peer = "peer-" + connections.incrementAndGet();
      SSLSocket tls =
          (SSLSocket) trusting.getSocketFactory().createSocket(tcp, peer, server.port(), true);
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      tls.setSSLParameters(parameters);
      tls.startHandshake();
      return tls;
    } catch (IOException e) {
      tcp.close();
      throw e;
    }
  }

  /** Whether another request may follow on the same connection. */
  private boolean request(SSLSocket connection, InputStream in, String wish) throws IOException {
    String text = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: " + wish + "\r\n\r\n";
    connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    String status = line(in);
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException("the answer is '" + status + "'");
    }
    int length = 0;
    boolean more = true;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      more &= !lower.equals("connection: close");
      if (lower.startsWith("content-length: ")) {
        length = Integer.parseInt(lower.substring("content-length: ".length()));
      }
    }
    if (in.readNBytes(length).length != length) {
      throw new IOException("the answer is cut short");
    }
    requests.incrementAndGet();
    return more;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the connection ended");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  /** How many connections were begun. */
  public long connections() {
    return connections.get();
  }

  /** How many requests were answered. */
  public long requests() {
    return requests.get();
  }

  /** What failed, and how often. */
  public Map<String, Long> failures() {
    return failed.stream()
        .collect(Collectors.groupingBy(Failure::how, TreeMap::new, Collectors.counting()));
  }

  /** Each failure so far. */
  public List<Failure> failed() {
    return List.copyOf(failed);
  }

  /** The longest time in which no new connection was served. */
  public Duration longestOutage() {
    return Duration.ofNanos(outageNanos.get());
  }

  /** Ends the clients. */
  @Override
  public void close() {
    ended = true;
    for (Thread client : clients) {
      try {
        client.join(TIMEOUT_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
