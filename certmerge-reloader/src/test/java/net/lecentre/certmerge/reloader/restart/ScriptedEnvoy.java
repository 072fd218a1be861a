package net.lecentre.certmerge.reloader.restart;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An admin interface that remembers what it was asked, and fails where a test wants it to. */
final class ScriptedEnvoy implements AutoCloseable {
  static {
    // Without it each answer waits for the acknowledgement of its headers, some 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final List<String> posts = new CopyOnWriteArrayList<>();
  private final Set<String> failing = ConcurrentHashMap.newKeySet();
  private volatile long connections;

  ScriptedEnvoy() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (exchange.getRequestMethod().equals("POST")) {
              posts.add(path);
            }
            byte[] body =
                (path.equals("/stats")
                        ? "{\"stats\":[{\"name\":\"listener.0.0.0.0_8443.downstream_cx_active\","
                            + "\"value\":"
                            + connections
                            + "}]}"
                        : "OK")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(failing.contains(path) ? 500 : 200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What it was asked to change, in order. */
  List<String> posts() {
    return new ArrayList<>(posts);
  }

  void fails(String path) {
    failing.add(path);
  }

  void hasConnections(long number) {
    connections = number;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
