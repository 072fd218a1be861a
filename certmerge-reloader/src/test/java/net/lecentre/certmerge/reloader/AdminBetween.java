package net.lecentre.certmerge.reloader;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** Stands between the reloader and Envoy's admin interface, and sees what passes. */
final class AdminBetween implements AutoCloseable {
  private final URI envoy;
  private final Predicate<String> asked;
  private final Predicate<String> answered;
  private final HttpServer server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * Starts to listen.
   *
   * @param envoy the real admin interface
   * @param asked told of each path before Envoy is; whether the request passes
   * @param answered told of each path when Envoy has answered; whether the answer passes
   */
  AdminBetween(URI envoy, Predicate<String> asked, Predicate<String> answered) throws IOException {
    this.envoy = envoy;
    this.asked = asked;
    this.answered = answered;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::pass);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (!asked.test(path)) {
        return;
      }
      HttpResponse<byte[]> response =
          http.send(
              HttpRequest.newBuilder(envoy.resolve(exchange.getRequestURI()))
                  .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answered.test(path)) {
        exchange.sendResponseHeaders(response.statusCode(), response.body().length);
        exchange.getResponseBody().write(response.body());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
