package net.lecentre.certmerge.reloader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import net.lecentre.certmerge.reloader.restart.Patience;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ReloaderCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Map<String, String> environment, String... arguments) {
    return ReloaderCommand.commandLine(environment)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @ParameterizedTest
  @CsvSource({
    "--coordinate=lease --lease=a/b/c, neither name nor namespace/name",
    "--envoy-admin=http://192.0.2.1:15000, --allow-remote-admin",
    "--envoy-admin=https://127.0.0.1:15000, neither http://host:port nor unix:///path",
    "--probe=127.0.0.1, is not host:port",
    "--sds-grace=soon, is no duration",
    "--strategy=hope, --strategy",
    "--poll=0s, longer than nothing",
    "--port=65536, is no port number",
    "--nonsense, Unknown option",
  })
  void wrong_usage_ends_with_2_and_a_sentence(String argument, String sentence) {
    assertThat(run(Map.of(), argument.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(sentence).doesNotContain("\tat ");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void a_wrong_environment_variable_is_wrong_usage_too() {
    assertThat(run(Map.of("CERTMERGE_SDS_GRACE", "soon"))).isEqualTo(2);
    assertThat(err.toString()).contains("'soon' is no duration");
  }

  @Test
  void help_names_every_option_and_ends_with_0() {
    assertThat(run(Map.of(), "--help")).isZero();
    assertThat(out.toString())
        .contains(
            "--watch", "--envoy-admin", "--probe", "--strategy", "--sds-grace", "--drain-timeout")
        .contains("--min-uptime", "--poll", "--coordinate", "--port", "--once", "--dry-run")
        .contains("--loglevel", "--logjson", "--version");
  }

  @Test
  void the_environment_gives_what_the_command_line_does_not() {
    CommandLine line =
        ReloaderCommand.commandLine(
            Map.of(
                "CERTMERGE_WATCH", "/a,/b",
                "CERTMERGE_MIN_UPTIME", "2m",
                "CERTMERGE_ONCE", "true",
                "LOGJSON", "false",
                "LOGLEVEL", "DEBUG"));
    line.parseArgs("--min-uptime=3m");

    assertThat(value(line, "--watch")).hasToString("[/a, /b]");
    assertThat(value(line, "--min-uptime")).hasToString("PT3M");
    assertThat(value(line, "--once")).isEqualTo(true);
    assertThat(value(line, "--logjson")).isEqualTo(false);
    assertThat(value(line, "--loglevel")).hasToString("debug");
  }

  @Test
  void without_arguments_the_documented_defaults_hold() {
    CommandLine line = ReloaderCommand.commandLine(Map.of());
    line.parseArgs();

    assertThat(value(line, "--watch")).hasToString("[/etc/istio/ingressgateway-certs]");
    assertThat(value(line, "--envoy-admin")).hasToString("http://127.0.0.1:15000");
    assertThat(value(line, "--probe")).hasToString("[127.0.0.1:8443]");
    assertThat(value(line, "--strategy")).hasToString("auto");
    assertThat(value(line, "--sds-grace")).hasToString("PT10S");
    assertThat(value(line, "--drain-timeout")).hasToString("PT45S");
    assertThat(value(line, "--min-uptime")).hasToString("PT10M");
    assertThat(value(line, "--poll")).hasToString("PT10S");
    assertThat(value(line, "--port")).isEqualTo(15099);
    assertThat(value(line, "--once")).isEqualTo(false);
    assertThat(value(line, "--logjson")).isEqualTo(true);
  }

  @ParameterizedTest
  @CsvSource({
    "1, '', PT35S, PT5S",
    "1, --coordinate=lease, PT35S, PT5S",
    "1, --coordinate=none, PT0S, PT0S",
    "'', '', PT0S, PT0S",
    "'', --coordinate=lease, PT35S, PT5S",
    "1, --coordinate=none --unready-wait=2s, PT2S, PT0S",
    "1, --unready-wait=2s, PT2S, PT5S",
  })
  void who_has_no_other_replica_to_leave_the_clients_to_waits_for_nothing(
      String cluster, String arguments, Duration unready, Duration quiet) {
    CommandLine line =
        ReloaderCommand.commandLine(
            cluster.isEmpty() ? Map.of() : Map.of("KUBERNETES_SERVICE_HOST", cluster));
    line.parseArgs(arguments.isEmpty() ? new String[0] : arguments.split(" "));

    Patience patience = line.<ReloaderCommand>getCommand().patience();

    assertThat(patience.unready()).isEqualTo(unready);
    assertThat(patience.quiet()).isEqualTo(quiet);
  }

  private static Object value(CommandLine line, String option) {
    return line.getCommandSpec().findOption(option).getValue();
  }
}
