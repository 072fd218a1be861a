package net.lecentre.certmerge.operator.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import net.lecentre.certmerge.operator.page.StatusView;

/** Answers {@code /healthz}, {@code /readyz}, {@code /metrics} and {@code /status}. */
public final class ProbeServer implements AutoCloseable {
  /** More than a neighbour is likely to leave half asked; they end when nobody asks. */
  private static final int MOST_AT_ONCE = 200;

  static {
    // Seconds, after which who sends half a request, or takes half an answer, is in nobody's way.
    System.setProperty("sun.net.httpserver.maxReqTime", "2");
    System.setProperty("sun.net.httpserver.maxRspTime", "20");
  }

  private final HttpServer server;
  private final ExecutorService executor;

  private ProbeServer(HttpServer server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  /**
   * Starts to answer.
   *
   * @param port the TCP port; 0 takes a free one
   * @param live whether the process should go on
   * @param ready whether it does its work
   * @param metrics the text for Prometheus
   * @param status what becomes of each CertMerge: JSON, or a page for who asks for HTML
   * @throws UncheckedIOException when the port is taken
   */
  public static ProbeServer start(
      int port,
      BooleanSupplier live,
      BooleanSupplier ready,
      Supplier<String> metrics,
      Supplier<StatusView> status) {
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress(port), 16);
      server.createContext("/healthz", exchange -> probe(exchange, live));
      server.createContext("/readyz", exchange -> probe(exchange, ready));
      server.createContext(
          "/metrics",
          exchange -> answer(exchange, 200, "text/plain; version=0.0.4", metrics.get()));
      server.createContext("/status", exchange -> status(exchange, status));
      ThreadPoolExecutor executor =
          new ThreadPoolExecutor(
              MOST_AT_ONCE,
              MOST_AT_ONCE,
              1,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(),
              work -> {
                Thread thread = new Thread(work, "http");
                thread.setDaemon(true);
                return thread;
              });
      executor.allowCoreThreadTimeOut(true);
      server.setExecutor(executor);
      server.start();
      return new ProbeServer(server, executor);
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + " cannot be listened on", e);
    }
  }

  /** The port that is listened on. */
  public int port() {
    return server.getAddress().getPort();
  }

  private static void probe(HttpExchange exchange, BooleanSupplier good) throws IOException {
    boolean ok = good.getAsBoolean();
    answer(exchange, ok ? 200 : 503, "text/plain", ok ? "ok\n" : "not ok\n");
  }

  private static void status(HttpExchange exchange, Supplier<StatusView> status)
      throws IOException {
    if (!exchange.getRequestURI().getPath().equals("/status")) {
      answer(exchange, 404, "text/plain", "not found\n");
    } else if (!exchange.getRequestMethod().equals("GET")) {
      answer(exchange, 405, "text/plain", "GET only\n");
    } else {
      Headers headers = exchange.getResponseHeaders();
      headers.set("Vary", "Accept");
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      if (wantsPage(exchange.getRequestHeaders().getOrDefault("Accept", List.of()))) {
        headers.set("Content-Security-Policy", StatusView.policy());
        headers.set("Referrer-Policy", "no-referrer");
        answer(exchange, 200, "text/html", status.get().html());
      } else {
        answer(exchange, 200, "application/json", status.get().json() + "\n");
      }
    }
  }

  /** Browsers name HTML, and programs do not; what is asked of both kinds is answered as JSON. */
  private static boolean wantsPage(List<String> accepted) {
    String kinds = String.join(",", accepted).toLowerCase(Locale.ROOT);
    return kinds.contains("text/html") && !kinds.contains("application/json");
  }

  private static void answer(HttpExchange exchange, int code, String type, String text)
      throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
      exchange.sendResponseHeaders(code, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
