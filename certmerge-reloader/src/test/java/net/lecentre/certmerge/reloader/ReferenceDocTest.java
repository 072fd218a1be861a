package net.lecentre.certmerge.reloader;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import net.lecentre.certmerge.core.inspect.Leaf;
import net.lecentre.certmerge.reloader.decide.Evidence;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.State;
import net.lecentre.certmerge.reloader.report.Metrics;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

/** Holds docs/reference-reloader.md against the code that it is made of. */
class ReferenceDocTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "reference-reloader.md");

  private static final String HEAD =
      """
      # Reference of the reloader

      Made from the code: `mvn verify` fails where it differs, and [CONTRIBUTING.md](../CONTRIBUTING.md) says how to make it anew.
      What the states of `/status` mean says [reloader.md](reloader.md#what-it-says).

      ## Flags

      An option that is not given is read from the environment variable; lists are separated by commas. `--help` and `--version` are there too.

      | option | environment variable | means |
      |---|---|---|
      """;

  /** Write it anew with {@code -Dcertmerge.docs.write}. */
  @Test
  void the_reference_is_the_one_that_the_code_makes() throws IOException {
    String made = HEAD + flags() + metrics();
    if (System.getProperty("certmerge.docs.write") != null) {
      Files.writeString(DOCUMENT, made);
    }

    assertThat(DOCUMENT).content().isEqualTo(made);
  }

  private static String flags() {
    return ReloaderCommand.commandLine(Map.of()).getCommandSpec().options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .map(ReferenceDocTest::row)
        .collect(joining());
  }

  private static String row(OptionSpec option) {
    String name = option.longestName();
    String variable = "CERTMERGE_" + name.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
    String means =
        String.join(" ", option.description())
            .replace("${DEFAULT-VALUE}", option.defaultValueString(true).replaceAll("[\\[\\]]", ""))
            .replace(
                "${COMPLETION-CANDIDATES}",
                option.completionCandidates() == null
                    ? ""
                    : StreamSupport.stream(option.completionCandidates().spliterator(), false)
                        .collect(joining(", ")));
    return "| `%s` | `%s` | %s |\n".formatted(name, variable, markdown(means));
  }

  private static String markdown(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;");
  }

  private static String metrics() throws IOException {
    Metrics metrics = new Metrics();
    Leaf leaf = new Leaf("CN=a", "1", "2", Instant.EPOCH, Instant.EPOCH, List.of("a"));
    metrics.show(
        List.of(
            new KeyStatus(
                "a",
                State.Served,
                List.of("a"),
                leaf,
                leaf,
                Instant.EPOCH,
                "",
                "",
                true,
                Evidence.none)),
        Instant.EPOCH);
    metrics.count("restart", "done");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    metrics.writeTo(out);
    String scrape = out.toString(StandardCharsets.UTF_8);
    return """

    ## Metrics

    On `/metrics`; the series of a key go with it.

    | metric | type | labels | tells |
    |---|---|---|---|
    """
        + Pattern.compile("(?m)^# HELP (\\w+) (.*)\n# TYPE \\w+ (\\w+)$")
            .matcher(scrape)
            .results()
            .map(it -> metric(scrape, it.group(1), it.group(3), it.group(2)))
            .collect(joining());
  }

  private static String metric(String scrape, String name, String type, String help) {
    String labels =
        Pattern.compile("(?m)^" + name + "\\{(.*?)\\} ")
            .matcher(scrape)
            .results()
            .findFirst()
            .map(
                sample ->
                    Pattern.compile("(\\w+)=\"")
                        .matcher(sample.group(1))
                        .results()
                        .map(label -> "`" + label.group(1) + "`")
                        .collect(joining(", ")))
            .orElseThrow();
    return "| `%s` | %s | %s | %s |\n".formatted(name, type, labels, help);
  }
}
