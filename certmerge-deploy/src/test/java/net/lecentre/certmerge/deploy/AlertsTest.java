package net.lecentre.certmerge.deploy;

import static net.lecentre.certmerge.deploy.Manifests.DEPLOY;
import static net.lecentre.certmerge.deploy.Manifests.documents;
import static net.lecentre.certmerge.deploy.Manifests.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alerts, as Prometheus itself judges them. */
class AlertsTest {
  private static final Path TESTS = Path.of("src", "test", "resources", "alerts_test.yaml");
  private static final String RUNBOOK =
      "https://github.com/lecentre-net/certmerge/blob/main/docs/runbook.md#";

  private static JsonNode spec() {
    return documents(text(DEPLOY.resolve("monitoring/prometheus_rule.yaml"))).get(0).get("spec");
  }

  private static Set<String> alerts() {
    return new TreeSet<>(spec().findValuesAsText("alert"));
  }

  @Test
  void each_alert_fires_for_what_it_is_about_and_for_nothing_else(@TempDir Path directory)
      throws IOException {
    // JSON is YAML.
    Files.writeString(directory.resolve("rules.yaml"), spec().toString());
    Files.copy(TESTS, directory.resolve("alerts_test.yaml"));

    assertThat(Commands.run(directory, List.of("promtool", "test", "rules", "alerts_test.yaml")))
        .contains("SUCCESS");
  }

  @Test
  void each_alert_has_a_test_in_which_it_fires() {
    Set<String> fired = new TreeSet<>();
    for (JsonNode test : documents(text(TESTS)).get(0).findValues("alert_rule_test")) {
      for (JsonNode step : test) {
        if (step.path("exp_alerts").size() > 0) {
          fired.add(step.get("alertname").asText());
        }
      }
    }

    assertThat(fired).isEqualTo(alerts());
  }

  @Test
  void each_alert_leads_to_its_section_of_the_runbook_and_each_section_has_one() {
    assertThat(spec().findValues("annotations"))
        .extracting(annotations -> annotations.get("runbook_url").asText())
        .containsExactlyInAnyOrderElementsOf(
            alerts().stream().map(alert -> RUNBOOK + alert.toLowerCase(Locale.ROOT)).toList());
    assertThat(text(DEPLOY.resolve("../docs/runbook.md")).lines())
        .filteredOn(line -> line.startsWith("## "))
        .containsExactlyInAnyOrderElementsOf(
            alerts().stream().map(alert -> "## " + alert).toList());
  }

  @Test
  void each_alert_has_a_severity_and_a_summary() {
    assertThat(spec().at("/groups/0/rules"))
        .isNotEmpty()
        .allSatisfy(
            rule -> {
              assertThat(rule.at("/labels/severity").asText()).isIn("warning", "critical");
              assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
            });
  }
}
