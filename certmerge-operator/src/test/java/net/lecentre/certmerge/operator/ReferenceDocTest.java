package net.lecentre.certmerge.operator;

import static java.util.stream.Collectors.joining;
import static net.lecentre.certmerge.operator.Samples.issue;
import static net.lecentre.certmerge.operator.Samples.missingOffer;
import static net.lecentre.certmerge.operator.Samples.offer;
import static net.lecentre.certmerge.operator.Samples.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.metrics.ApiRequests;
import net.lecentre.certmerge.operator.metrics.MergeMetrics;
import net.lecentre.certmerge.operator.metrics.Reconciliations;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Holds docs/reference.md against the code; most of it is made of the code. */
class ReferenceDocTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "reference.md");
  private static final Path CRD = Path.of("..", "deploy", "certmerge_v1alpha1_certmerge_crd.yaml");
  private static final Path SOURCES =
      Path.of("src", "main", "java", "net", "lecentre", "certmerge", "operator");

  private static final String HEAD =
      """
      # Reference of the operator

      Made from the code: `mvn verify` fails where it differs, and [CONTRIBUTING.md](../CONTRIBUTING.md) says how to make it anew.
      That of the reloader is [reference-reloader.md](reference-reloader.md), that of the findings [findings.md](findings.md).
      """;

  /** What people read of an event; a test holds the names against the code. */
  private static final String EVENTS =
      """

      ## Events

      On the CertMerge, `kubectl describe cmerge` shows them.

      | reason | type | tells |
      |---|---|---|
      | `Merged` | Normal | the target was written: how many entries were added, changed, removed |
      | `SourceRemoved` | Normal | a source left the target |
      | `SourceRecovered` | Normal | a source that had a problem is merged again |
      | `SourceKept` | Warning | a source cannot be merged, and its last good pair stays served |
      | `SourceExcluded` | Warning | nothing of a source is merged |
      | `NoSources` | Warning | the target held something and is empty now |
      | `RemovalHeld` | Warning | more entries would leave at once than `spec.maxRemovals` allows; says how to let them go |
      | `PodsRefreshed` | Normal | pods of `spec.refreshPods` were told of new content |
      | `PodsNotRefreshed` | Warning | they could not be told, and what to do |
      | `Suspended` | Normal | `spec.suspend` is set |
      | `InvalidSpec`, `NotAllowed`, `TargetConflict`, `TargetImmutable`, `TargetTooLarge`, `ApiError` | Warning | the target was left alone: the reasons of the condition `Ready`, see [operator.md](operator.md#certmerge) |
      """;

  /** Write it anew with {@code -Dcertmerge.docs.write}. */
  @Test
  void the_reference_is_the_one_that_the_code_makes() throws IOException {
    String made = HEAD + flags() + fields() + metrics() + EVENTS;
    if (System.getProperty("certmerge.docs.write") != null) {
      Files.writeString(DOCUMENT, made);
    }

    assertThat(DOCUMENT).content().isEqualTo(made);
  }

  @Test
  void every_reason_of_an_event_is_in_the_reference_and_no_other_one() throws IOException {
    Set<String> told = new TreeSet<>();
    for (MatchResult row :
        Pattern.compile("(?m)^\\| (`.*?`) \\|").matcher(EVENTS).results().toList()) {
      told.addAll(List.of(row.group(1).replace("`", "").split(", ", -1)));
    }

    assertThat(told).isEqualTo(reasons());
  }

  /** Those in the code: what an announcement is made with, and why a target is left alone. */
  private static Set<String> reasons() throws IOException {
    Pattern word = Pattern.compile("\"((?:[A-Z][a-z]+)+)\"");
    Pattern refusal =
        Pattern.compile("(?:[Rr]efused?|obstacle|conflict)\\(\\s*\"((?:[A-Z][a-z]+)+)\"");
    Set<String> reasons = new TreeSet<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
        boolean announces =
            Set.of("Announcement.java", "PodRefresher.java")
                .contains(file.getFileName().toString());
        (announces ? word : refusal)
            .matcher(Files.readString(file))
            .results()
            .forEach(it -> reasons.add(it.group(1)));
      }
    }
    // It is a constant where it is announced.
    reasons.add("RemovalHeld");
    // The value of a condition, and no reason.
    reasons.remove("False");
    return reasons;
  }

  private static String flags() {
    CommandLine main = Main.commandLine();
    StringBuilder text = new StringBuilder("\n## Flags\n\n");
    text.append(
        "An option that is not given is read from the environment variable. An empty variable"
            + " counts as unset.\n");
    text.append("\n### The operator\n\n").append(options(main));
    for (String command : List.of("plan", "check")) {
      text.append("\n### ").append(command).append("\n\n");
      text.append(options(Objects.requireNonNull(main.getSubcommands().get(command))));
    }
    text.append(
        """

        `generate-completion` prints the completion of all of these for bash and zsh. `--help` and `--version` are there too.
        """);
    return text.toString();
  }

  private static String options(CommandLine command) {
    return "| option | environment variable | means |\n|---|---|---|\n"
        + command.getCommandSpec().options().stream()
            .filter(option -> !option.usageHelp() && !option.versionHelp())
            .map(ReferenceDocTest::row)
            .collect(joining());
  }

  private static String row(OptionSpec option) {
    String variable =
        "CERTMERGE_" + option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
    String means =
        String.join(" ", option.description())
            .replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()))
            .replace(
                "${COMPLETION-CANDIDATES}",
                option.completionCandidates() == null
                    ? ""
                    : StreamSupport.stream(option.completionCandidates().spliterator(), false)
                        .map(it -> it.toLowerCase(Locale.ROOT))
                        .collect(joining(", ")));
    return "| `%s` | `%s` | %s |\n"
        .formatted(String.join("`, `", option.names()), variable, markdown(means));
  }

  private static String fields() throws IOException {
    CustomResourceDefinition crd =
        Serialization.unmarshal(Files.readString(CRD), CustomResourceDefinition.class);
    JSONSchemaProps schema = crd.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
    StringBuilder text = new StringBuilder("\n## CertMerge\n");
    for (String part : List.of("spec", "status")) {
      List<String> rows = new ArrayList<>();
      add(rows, part, Objects.requireNonNull(schema.getProperties().get(part)));
      text.append("\n### ").append(part).append("\n\n| field | type | means |\n|---|---|---|\n");
      rows.forEach(text::append);
    }
    return text.toString();
  }

  private static void add(List<String> rows, String path, JSONSchemaProps schema) {
    schema
        .getProperties()
        .forEach(
            (name, field) -> {
              String at = path + "." + name;
              boolean list = field.getItems() != null && field.getItems().getSchema() != null;
              JSONSchemaProps of = list ? field.getItems().getSchema() : field;
              boolean required = schema.getRequired().contains(name);
              rows.add(
                  "| `%s%s` | %s%s | %s |\n"
                      .formatted(
                          at,
                          list ? "[]" : "",
                          type(of),
                          required ? ", required" : "",
                          markdown(Objects.requireNonNullElse(field.getDescription(), ""))));
              add(rows, at + (list ? "[]" : ""), of);
            });
  }

  private static String type(JSONSchemaProps schema) {
    if (!schema.getEnum().isEmpty()) {
      return schema.getEnum().stream().map(it -> "`" + it.asText() + "`").collect(joining(", "));
    }
    return Boolean.TRUE.equals(schema.getXKubernetesIntOrString())
        ? "integer or string"
        : Objects.requireNonNullElse(schema.getType(), "");
  }

  private static String markdown(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;");
  }

  private static String metrics() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    MergeMetrics merges = new MergeMetrics(registry);
    ObjectName edge = new ObjectName("web", "edge");
    merges.watch("sources", () -> Instant.EPOCH);
    merges.merged(
        edge,
        Map.of(new ObjectName("web", "merged"), 1),
        plan(offer("shop", "web/shop", issue("shop.example.com")), missingOffer("old", "web/old")));
    merges.count(edge, "written");
    merges.took(Duration.ZERO);
    new Reconciliations(registry, InstantSource.fixed(Instant.EPOCH));
    anApiRequest(registry);
    return "\n"
        + "## Metrics\n\n"
        + "On `/metrics`; times are Unix time, in seconds. The JVM's own are there too.\n\n"
        + "| metric | type | labels | tells |\n"
        + "|---|---|---|---|\n"
        + Pattern.compile("(?m)^# TYPE (certmerge_\\w+) (\\w+)$")
            .matcher(registry.scrape())
            .results()
            .filter(it -> !it.group(1).endsWith("_max"))
            .map(it -> metric(registry.scrape(), it.group(1), it.group(2)))
            .collect(joining());
  }

  private static void anApiRequest(PrometheusMeterRegistry registry) {
    HttpRequest request =
        new StandardHttpRequest.Builder().uri("http://127.0.0.1/api/v1/secrets").build();
    HttpResponse<?> response = mock();
    when(response.code()).thenReturn(200);
    ApiRequests requests = new ApiRequests(registry);
    requests.after(request, response, requests.consumer((value, body) -> {}, request));
  }

  private static String metric(String scrape, String name, String type) {
    String help =
        Pattern.compile("(?m)^# HELP " + name + " (.*)$")
            .matcher(scrape)
            .results()
            .findFirst()
            .orElseThrow()
            .group(1);
    Set<String> labels = new TreeSet<>();
    Pattern.compile("(?m)^" + name + "(?:_count)?\\{(.*?)\\} ")
        .matcher(scrape)
        .results()
        .forEach(
            sample ->
                Pattern.compile("(\\w+)=\"")
                    .matcher(sample.group(1))
                    .results()
                    .forEach(label -> labels.add("`" + label.group(1) + "`")));
    return "| `%s` | %s | %s | %s |\n".formatted(name, type, String.join(", ", labels), help);
  }
}
