package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiServerTest {
  private final HttpServer server = server();
  private int code;

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void listen() {
    server.createContext(
        "/version",
        exchange -> {
          exchange.sendResponseHeaders(code, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 401, 403})
  void a_server_that_says_anything_of_use_answers(int answer) {
    code = answer;

    assertThat(ApiServer.answers(config())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void a_server_that_cannot_work_does_not_answer(int answer) {
    code = answer;

    assertThat(ApiServer.answers(config())).isFalse();
  }

  @Test
  void a_server_that_is_gone_does_not_answer() {
    Config config = config();
    server.stop(0);

    assertThat(ApiServer.answers(config)).isFalse();
  }

  private Config config() {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
        .build();
  }
}
