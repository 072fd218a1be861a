package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import net.lecentre.certmerge.operator.flags.EnvironmentDefaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class OptionsTest {
  @Test
  void everything_has_a_default() {
    Options options = options(Map.of());

    assertThat(options.namespaces).isEmpty();
    assertThat(options.port).isEqualTo(8080);
    assertThat(options.expiryWarning).isEqualTo(Duration.ofDays(7));
    assertThat(options.resync).isEqualTo(Duration.ofHours(1));
    assertThat(options.logLevel).isEqualTo(Level.INFO);
    assertThat(options.logJson).isTrue();
  }

  @Test
  void the_operators_own_namespace_is_trusted_by_default() {
    assertThat(options(Map.of(), "--operator-namespace=certs").trustedNamespaces())
        .containsExactly("certs");
  }

  @Test
  void trusted_namespaces_replace_the_operators_own() {
    assertThat(
            options(Map.of(), "--operator-namespace=certs", "--trusted-namespaces=a,b")
                .trustedNamespaces())
        .containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void namespaces_are_told_apart_by_commas() {
    assertThat(options(Map.of(), "--namespaces=web,shop").namespaces)
        .containsExactly("web", "shop");
  }

  @ParameterizedTest
  @CsvSource({"--leader-elect, true", "--leader-elect=true, true", "--leader-elect=false, false"})
  void leader_election_can_be_told(String flag, boolean expected) {
    assertThat(options(Map.of(), flag).leaderElect()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"--logjson, true", "--logjson=true, true", "--logjson=false, false"})
  void json_can_be_told(String flag, boolean expected) {
    assertThat(options(Map.of(), flag).logJson).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"trace, TRACE", "debug, DEBUG", "INFO, INFO", "Warn, WARN", "error, ERROR"})
  void a_log_level_is_read_in_any_letter_case(String text, Level level) {
    assertThat(options(Map.of(), "--loglevel=" + text).logLevel).isEqualTo(level);
  }

  @Test
  void every_option_reads_an_environment_variable() {
    Options options =
        options(
            Map.of(
                "CERTMERGE_NAMESPACES", "web,shop",
                "CERTMERGE_TRUSTED_NAMESPACES", "*",
                "CERTMERGE_OPERATOR_NAMESPACE", "certs",
                "CERTMERGE_LEADER_ELECT", "true",
                "CERTMERGE_PORT", "9090",
                "CERTMERGE_EXPIRY_WARNING", "72h",
                "CERTMERGE_RESYNC", "10m",
                "CERTMERGE_LOGLEVEL", "debug",
                "CERTMERGE_LOGJSON", "false"));

    assertThat(options.namespaces).containsExactly("web", "shop");
    assertThat(options.trustedNamespaces()).containsExactly("*");
    assertThat(options.operatorNamespace()).isEqualTo("certs");
    assertThat(options.leaderElect()).isTrue();
    assertThat(options.port).isEqualTo(9090);
    assertThat(options.expiryWarning).isEqualTo(Duration.ofDays(3));
    assertThat(options.resync).isEqualTo(Duration.ofMinutes(10));
    assertThat(options.logLevel).isEqualTo(Level.DEBUG);
    assertThat(options.logJson).isFalse();
  }

  @Test
  void a_flag_is_stronger_than_the_environment() {
    assertThat(options(Map.of("CERTMERGE_PORT", "9090"), "--port=9191").port).isEqualTo(9191);
  }

  @Test
  void the_logging_variables_of_2018_are_read() {
    Options options = options(Map.of("LOGLEVEL", "warn", "LOGJSON", "false"));

    assertThat(options.logLevel).isEqualTo(Level.WARN);
    assertThat(options.logJson).isFalse();
  }

  @Test
  void a_variable_of_today_is_stronger_than_one_of_2018() {
    assertThat(options(Map.of("LOGLEVEL", "warn", "CERTMERGE_LOGLEVEL", "trace")).logLevel)
        .isEqualTo(Level.TRACE);
  }

  @Test
  void only_the_logging_options_read_variables_without_a_prefix() {
    assertThat(options(Map.of("PORT", "9090")).port).isEqualTo(8080);
  }

  @Test
  void help_and_version_cannot_be_asked_for_by_the_environment() {
    CommandLine line = Main.commandLine();
    line.setDefaultValueProvider(
        new EnvironmentDefaults(Map.of("CERTMERGE_HELP", "true", "CERTMERGE_VERSION", "true")));

    CommandLine.ParseResult result = line.parseArgs();

    assertThat(result.isUsageHelpRequested()).isFalse();
    assertThat(result.isVersionHelpRequested()).isFalse();
    assertThat(line.isUsageHelpRequested()).isFalse();
    assertThat(line.isVersionHelpRequested()).isFalse();
  }

  @Test
  void an_empty_variable_is_as_good_as_none() {
    Options options =
        options(
            Map.of(
                "CERTMERGE_NAMESPACES", "",
                "CERTMERGE_PORT", "",
                "LOGLEVEL", ""));

    assertThat(options.namespaces).isEmpty();
    assertThat(options.port).isEqualTo(8080);
    assertThat(options.logLevel).isEqualTo(Level.INFO);
  }

  @ParameterizedTest
  @CsvSource({
    "168h, PT168H",
    "1h30m, PT1H30M",
    "90s, PT1M30S",
    "500ms, PT0.5S",
    "PT10S, PT10S",
    "pt10s, PT10S",
    "P7D, PT168H",
  })
  void durations_are_read_as_go_writes_them_and_as_iso_8601(String text, Duration duration) {
    assertThat(options(Map.of(), "--expiry-warning=" + text).expiryWarning).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--expiry-warning=soon",
        "--expiry-warning=",
        "--expiry-warning=10",
        "--expiry-warning=10 parsecs",
        "--expiry-warning=1h30",
        "--expiry-warning=1.5h",
        "--expiry-warning=h1",
        "--expiry-warning=0s",
        "--expiry-warning=-1h",
        "--expiry-warning=PT0S",
        "--expiry-warning=PT-1H",
        "--expiry-warning=P",
        "--expiry-warning=99999999999999999999h",
        "--resync=never",
        "--port=http",
        "--port=-1",
        "--port=65536",
        "--loglevel=loud",
        "--logjson=perhaps",
        "--leader-elect=perhaps",
        "--nonsense",
        "nonsense",
      })
  void a_wrong_option_is_refused(String argument) {
    assertThatThrownBy(() -> Main.commandLine().parseArgs(argument))
        .isInstanceOf(ParameterException.class);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "--expiry-warning=soon, 'soon' is not a duration such as 168h",
        "--expiry-warning=0s, '0s' is not longer than nothing",
        "--port=http, --port",
        "--loglevel=loud, --loglevel",
        "--nonsense, --nonsense",
        "--expiry-waning=168h, Did you mean --expiry-warning?",
        "chek, Did you mean: certmerge-operator check",
      })
  void wrong_usage_ends_with_2_and_says_what_is_wrong(String argument, String message) {
    StringWriter error = new StringWriter();
    CommandLine line = Main.commandLine().setErr(new PrintWriter(error));

    int code = line.execute(argument);

    assertThat(code).isEqualTo(2);
    assertThat(error.toString()).contains(message);
  }

  @Test
  void help_ends_with_0_and_names_the_options() {
    StringWriter out = new StringWriter();

    int code = Main.commandLine().setOut(new PrintWriter(out)).execute("--help");

    assertThat(code).isZero();
    assertThat(out.toString())
        .contains(
            "--namespaces",
            "--trusted-namespaces",
            "--operator-namespace",
            "--leader-elect",
            "--port",
            "--expiry-warning",
            "--resync",
            "--loglevel",
            "--logjson");
  }

  @Test
  void version_ends_with_0_and_names_the_program() {
    StringWriter out = new StringWriter();

    int code = Main.commandLine().setOut(new PrintWriter(out)).execute("--version");

    assertThat(code).isZero();
    assertThat(out.toString()).startsWith("certmerge-operator ");
  }

  private static Options options(Map<String, String> environment, String... arguments) {
    Options options = new Options();
    new CommandLine(options)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setDefaultValueProvider(new EnvironmentDefaults(environment))
        .parseArgs(arguments);
    return options;
  }
}
