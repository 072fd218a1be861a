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
    // Milliseconds, after which it is looked for such; each time wakes the processor.
    System.setProperty("sun.net.httpserver.timerMillis", "2000");
  }

  /**
   * Starts to answer.
   *
   * @param port where to listen; 0 for any free port
   * @param unready why the pod should get no traffic; empty when it may
   * @param metrics writes the metrics in Prometheus' text format
   * @param status what {@code /status} tells: JSON, or a page for who asks for HTML
   * @throws IOException when the port is taken
   */
  public StatusServer(
      int port, Supplier<Optional<String>> unready, Body metrics, Supplier<Report> status)
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
    on("/healthz", accepted -> Answer.of(200, TEXT, "ok\n"));
    on(
        "/readyz",
        accepted ->
            unready
                .get()
                .map(reason -> Answer.of(503, TEXT, reason + "\n"))
                .orElse(Answer.of(200, TEXT, "ok\n")));
    on(
        "/metrics",
        accepted ->
            new Answer(200, "text/plain; version=0.0.4; charset=utf-8", 0, metrics, Map.of()));
    on("/status", accepted -> wantsPage(accepted) ? page(status.get()) : json(status.get()));
    server.start();
  }

  /** The port that is listened on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Writes an answer's content. */
  public interface Body {
    /** Writes it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * An answer.
   *
   * @param length of the content; 0 when it is sent in pieces
   */
  private record Answer(
      int code, String type, long length, Body body, Map<String, String> headers) {
    static Answer of(int code, String type, String text, Map<String, String> headers) {
      byte[] content = text.getBytes(StandardCharsets.UTF_8);
      return new Answer(code, type, content.length, out -> out.write(content), headers);
    }

    static Answer of(int code, String type, String text) {
      return of(code, type, text, Map.of());
    }
  }

  /** Browsers name HTML, and programs do not; what is asked of both kinds is answered as JSON. */
  static boolean wantsPage(String accepted) {
    String kinds = accepted.toLowerCase(Locale.ROOT);
    return kinds.contains("text/html") && !kinds.contains("application/json");
  }

  private static Answer json(Report report) {
    return Answer.of(200, "application/json", report.json() + "\n", Map.of("Vary", "Accept"));
  }

  private static Answer page(Report report) {
    return Answer.of(
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
              send(exchange, Answer.of(404, TEXT, "not found\n"));
            } else if (!exchange.getRequestMethod().equals("GET")) {
              send(exchange, Answer.of(405, TEXT, "GET only\n"));
            } else {
              List<String> accepted = exchange.getRequestHeaders().get("Accept");
              send(exchange, answer.apply(accepted == null ? "" : String.join(",", accepted)));
            }
          }
        });
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(answer.code(), answer.length());
    try (OutputStream out = exchange.getResponseBody()) {
      answer.body().writeTo(out);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
