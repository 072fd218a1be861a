package net.lecentre.certmerge.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class ApiRequestsTest {
  private static final String LIST = "group=\"core\",resource=\"secrets\",verb=\"list\"} ";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void an_answer_is_counted_by_its_code_and_measured() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.createContext(
        "/api/v1/namespaces/web/secrets",
        exchange -> {
          exchange.sendResponseHeaders(403, -1);
          exchange.close();
        });
    server.start();
    try {
      listSecrets(server.getAddress().getPort());
    } finally {
      server.stop(0);
    }

    assertThat(registry.scrape())
        .contains("certmerge_api_requests_total{code=\"403\"," + LIST + "1.0")
        .contains("certmerge_api_request_seconds_count{" + LIST + "1")
        .doesNotContain("web");
  }

  @Test
  void a_server_that_does_not_answer_is_counted_and_not_measured() {
    listSecrets(1);

    assertThat(registry.scrape())
        .contains("certmerge_api_requests_total{code=\"none\"," + LIST + "1.0")
        .doesNotContain("certmerge_api_request_seconds_count");
  }

  private void listSecrets(int port) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + port)
            .withRequestRetryBackoffLimit(1)
            .withRequestRetryBackoffInterval(1)
            .build();
    ApiRequests requests = new ApiRequests(registry);
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientBuilderConsumer(
                http -> http.addOrReplaceInterceptor("certmerge-metrics", requests))
            .build()) {
      assertThat(catchThrowable(() -> client.secrets().inNamespace("web").list())).isNotNull();
    }
  }
}
