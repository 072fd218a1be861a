package net.lecentre.certmerge.reloader.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** The HTTP endpoints {@code /healthz}, {@code /readyz}, {@code /metrics} and {@code /status}. */
public final class StatusServer implements AutoCloseable {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads;

  /** More than a neighbour is likely to leave half asked; they end when nobody asks. */
  private static final int MOST_AT_ONCE = 200;

  static {
    // Without it each answer waits for the acknowledgement of its headers, some 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // Seconds, after which who sends half a request, or takes half an answer, is in nobody's way.
    System.setProperty("sun.net.httpserver.maxReqTime", "2");
    System.setProperty("sun.net.httpserver.maxRspTime", "20");
  }

  /**
   * Starts to answer.
   *
   * @param port where to listen; 0 for any free port
   * @param unready why the pod should get no traffic; empty when it may
   * @param metrics the metrics in Prometheus' text format
   * @param status what {@code /status} tells: JSON, or a page for who asks for HTML
   * @throws IOException when the port is taken
   */
  public StatusServer(
      int port,
      Supplier<Optional<String>> unready,
      Supplier<String> metrics,
      Supplier<Report> status)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 0);
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            MOST_AT_ONCE,
            MOST_AT_ONCE,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "http");
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    threads = pool;
    server.setExecutor(threads);
    // A reloader that fails ends, so who answers is well.
    on("/healthz", accepted -> new Answer(200, TEXT, "ok\n"));
    on(
        "/readyz",
        accepted ->
            unready
                .get()
                .map(reason -> new Answer(503, TEXT, reason + "\n"))
                .orElse(new Answer(200, TEXT, "ok\n")));
    on(
        "/metrics",
        accepted -> new Answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics.get()));
    on("/status", accepted -> wantsPage(accepted) ? page(status.get()) : json(status.get()));
    server.start();
  }

  /** The port that is listened on. */
  public int port() {
    return server.getAddress().getPort();
  }

  private record Answer(int code, String type, String body, Map<String, String> headers) {
    Answer(int code, String type, String body) {
      this(code, type, body, Map.of());
    }
  }

  /** Browsers name HTML, and programs do not; what is asked of both kinds is answered as JSON. */
  static boolean wantsPage(String accepted) {
    String kinds = accepted.toLowerCase(Locale.ROOT);
    return kinds.contains("text/html") && !kinds.contains("application/json");
  }

  private static Answer json(Report report) {
    return new Answer(200, "application/json", report.json() + "\n", Map.of("Vary", "Accept"));
  }

  private static Answer page(Report report) {
    return new Answer(
        200,
        "text/html; charset=utf-8",
        StatusPage.of(report),
        Map.of(
            "Vary", "Accept",
            "Cache-Control", "no-store",
            "Content-Security-Policy", StatusPage.POLICY,
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer"));
  }

  private void on(String path, Function<String, Answer> answer) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            if (!exchange.getRequestURI().getPath().equals(path)) {
              send(exchange, new Answer(404, TEXT, "not found\n"));
            } else if (!exchange.getRequestMethod().equals("GET")) {
              send(exchange, new Answer(405, TEXT, "GET only\n"));
            } else {
              List<String> accepted = exchange.getRequestHeaders().get("Accept");
              send(exchange, answer.apply(accepted == null ? "" : String.join(",", accepted)));
            }
          }
        });
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(answer.code(), body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
