package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.putMismatched;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import net.lecentre.certmerge.operator.api.CertMerge;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a running operator tells Prometheus. */
class MetricsIT {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String SAMPLE =
      "[a-zA-Z_:][a-zA-Z0-9_:]*"
          + "(\\{[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\"\\\\n])*\""
          + "(,[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\"\\\\n])*\")*\\})?"
          + " (NaN|[+-]Inf|-?[0-9.]+(E-?[0-9]+)?)";

  @TempDir private Path directory = Path.of("");
  private String namespace = "";

  @BeforeEach
  void merge() {
    namespace = Cluster.newNamespace();
    put(namespace, "shop", issue("shop.example.com"));
    putMismatched(namespace, "broken", "broken.example.com");
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: all, namespace: %s}
        spec: {name: merged, secretlist: [{name: shop}, {name: broken}]}
        """
            .formatted(namespace));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
  }

  @Test
  void a_certmerge_has_its_series() {
    eventually(
        () ->
            assertThat(samples("namespace=\"" + namespace + "\""))
                .anyMatch(is("certmerge_certificate_not_after_seconds", "shop", "source"))
                .anyMatch(is("certmerge_certificate_not_before_seconds", "shop", "source"))
                .anyMatch(is("certmerge_entries", "state=\"Merged\"} 1"))
                .anyMatch(is("certmerge_entries", "state=\"Kept\"} 0"))
                .anyMatch(is("certmerge_entries", "state=\"Excluded\"} 1"))
                .anyMatch(is("certmerge_target_bytes", "secret=\"" + namespace + "/merged\""))
                .anyMatch(is("certmerge_ready", "certmerge=\"all\"", "} 1"))
                .anyMatch(is("certmerge_merges_total", "result=\"written\""))
                .allMatch(line -> line.contains("certmerge=\"all\"")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "certmerge_merge_seconds_bucket{le=\"+Inf\"}",
        "certmerge_merge_seconds_count ",
        "certmerge_merge_seconds_sum ",
        "certmerge_watch_last_event_seconds{watch=\"sources\"}",
        "certmerge_watch_last_event_seconds{watch=\"targets\"}",
        "certmerge_reconciliations_waiting ",
        "certmerge_reconciliations_running ",
        "certmerge_reconciliation_seconds_bucket{le=\"1.0\"}",
        "certmerge_retries_total ",
        "certmerge_api_requests_total{code=\"200\",group=\"core\",resource=\"secrets\",verb=\"list\"}",
        "certmerge_api_requests_total{code=\"101\",group=\"core\",resource=\"secrets\",verb=\"watch\"}",
        "certmerge_api_requests_total{code=\"201\",group=\"core\",resource=\"events\",verb=\"create\"}",
        "certmerge_api_request_seconds_count{group=\"core\",resource=\"secrets\",verb=\"get\"}",
        "jvm_memory_used_bytes{",
        "jvm_gc_memory_allocated_bytes_total ",
        "jvm_threads_live_threads ",
      })
  void the_operator_has_its_series(String series) {
    eventually(() -> assertThat(scrape().lines()).anyMatch(line -> line.startsWith(series)));
  }

  @Test
  void the_series_of_a_certmerge_go_with_it() {
    eventually(() -> assertThat(samples(namespace)).isNotEmpty());

    client().resources(CertMerge.class).inNamespace(namespace).withName("all").delete();

    eventually(() -> assertThat(samples(namespace)).isEmpty());
  }

  @Test
  void no_label_of_a_request_names_a_thing() {
    assertThat(samples("certmerge_api_")).isNotEmpty().noneMatch(it -> it.contains(namespace));
    assertThat(samples("certmerge_api_requests_total").size()).isLessThan(100);
  }

  @Test
  void every_line_is_in_the_text_format_and_every_series_is_there_once() {
    List<String> lines = scrape().lines().toList();

    assertThat(lines)
        .allMatch(line -> line.matches("# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]*( .*)?|" + SAMPLE));
    assertThat(
            lines.stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.lastIndexOf(' '))))
        .doesNotHaveDuplicates();
    assertThat(lines.stream().filter(line -> line.startsWith("# TYPE"))).doesNotHaveDuplicates();
  }

  @Test
  void promtool_has_no_objections() throws IOException, InterruptedException {
    Optional<Path> promtool =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .map(path -> Path.of(path, "promtool"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeThat(promtool).as("promtool on the path").isPresent();
    Path metrics = Files.writeString(directory.resolve("metrics"), scrape());

    Process check =
        new ProcessBuilder(promtool.orElseThrow().toString(), "check", "metrics")
            .redirectInput(metrics.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("said").toFile())
            .start();

    assertThat(check.waitFor(30, TimeUnit.SECONDS)).isTrue();
    String said = Files.readString(directory.resolve("said"));
    assertThat(said.lines().filter(line -> line.startsWith("certmerge_"))).isEmpty();
    assertThat(said).doesNotContain("error while linting");
  }

  private static Predicate<String> is(String name, String... parts) {
    return line -> line.startsWith(name + "{") && Arrays.stream(parts).allMatch(line::contains);
  }

  private static List<String> samples(String part) {
    return scrape()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .filter(line -> line.contains(part))
        .toList();
  }

  private static String scrape() {
    try {
      URI uri = URI.create("http://127.0.0.1:" + Cluster.port() + "/metrics");
      HttpResponse<String> response =
          HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
