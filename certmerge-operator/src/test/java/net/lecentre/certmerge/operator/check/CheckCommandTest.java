package net.lecentre.certmerge.operator.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static net.lecentre.certmerge.operator.Samples.NOW;
import static net.lecentre.certmerge.operator.Samples.issueUntil;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import net.lecentre.certmerge.operator.terminal.Colours;
import net.lecentre.certmerge.operator.terminal.Terminal;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {
  private static final TestCa CA = TestCa.create(InstantSource.fixed(NOW)).intermediate();
  private static final IssuedPair SHOP = CA.issue("shop.example.com");
  private static final IssuedPair BLOG = CA.issue("blog.example.com");

  @TempDir private Path directory = Path.of("");

  private record Ended(int exitCode, String out, String err) {
    JsonNode pair(int number) {
      try {
        return new ObjectMapper().readTree(out).path("pairs").path(number);
      } catch (IOException e) {
        throw new AssertionError(out, e);
      }
    }

    List<String> paths() throws IOException {
      return new ObjectMapper().readTree(out).path("pairs").findValuesAsText("path");
    }
  }

  private Ended check(String... arguments) {
    return checkInput("", arguments);
  }

  private static Ended checkInput(String input, String... arguments) {
    return checkAt(Terminal.NONE, input, arguments);
  }

  private static Ended checkAt(Terminal terminal, String input, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CheckCommand command =
        new CheckCommand(
            Clock.fixed(NOW, ZoneOffset.UTC),
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            terminal);
    int exitCode =
        new CommandLine(command)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Ended(exitCode, out.toString(), err.toString());
  }

  private Path write(String path, String name, byte[] crt, byte[] key) throws IOException {
    Path parent = Files.createDirectories(directory.resolve(path));
    Files.write(parent.resolve(name + ".crt"), crt);
    Files.write(parent.resolve(name + ".key"), key);
    return parent;
  }

  private Path write(String path, String name, IssuedPair pair) throws IOException {
    return write(path, name, pair.crtBytes(), pair.keyBytes());
  }

  private static String secret(String name, String type, IssuedPair pair, String stem) {
    return """
    apiVersion: v1
    kind: Secret
    metadata: {name: %s, namespace: web, labels: {creator: certmerge-operator}}
    type: %s
    data:
      %s.crt: %s
      %s.key: %s
    """
        .formatted(
            name,
            type,
            stem,
            Base64.getEncoder().encodeToString(pair.crtBytes()),
            stem,
            Base64.getEncoder().encodeToString(pair.keyBytes()));
  }

  @Test
  void a_good_pair_is_accepted_with_what_clients_see() throws IOException {
    Path pair = write("shop", "tls", SHOP);
    Ended ended = check("--format", "json", pair.toString());
    assertThat(ended.exitCode()).isZero();
    assertThat(ended.pair(0))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"path": "%s", "accepted": true, "findings": [],
                     "notAfter": "2027-04-01T00:00:00Z", "dnsNames": ["shop.example.com"],
                     "sha256": "%s"}
                    """
                        .formatted(pair, ended.pair(0).path("sha256").asText())));
    assertThat(ended.pair(0).path("sha256").asText()).matches("[0-9a-f]{64}");
  }

  @Test
  void a_broken_pair_is_refused_with_the_reason() throws IOException {
    Path pair = write("shop", "tls", SHOP.crtBytes(), BLOG.keyBytes());
    Ended ended = check("--format", "json", pair.toString());
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.pair(0).path("accepted").asBoolean()).isFalse();
    JsonNode finding = ended.pair(0).path("findings").path(0);
    assertThat(finding.path("code").asText()).isEqualTo("KEY_MISMATCH");
    assertThat(finding.path("severity").asText()).isEqualTo("ERROR");
    assertThat(finding.path("message").asText()).startsWith("tls.key: ");
    assertThat(finding.path("advice").asText()).isNotBlank();
  }

  @Test
  void what_holds_depends_on_the_instant() throws IOException {
    IssuedPair pair = issueUntil("shop.example.com", NOW.plus(Duration.ofDays(30)));
    String path = write("shop", "tls", pair).toString();
    assertThat(check(path).exitCode()).isZero();
    Ended later = check("--format=json", "--at", NOW.plus(Duration.ofDays(31)).toString(), path);
    assertThat(later.exitCode()).isEqualTo(1);
    assertThat(later.pair(0).path("findings").path(0).path("code").asText()).isEqualTo("EXPIRED");
  }

  @Test
  void a_leaf_that_cannot_be_read_has_neither_end_nor_names() throws IOException {
    Path pair = write("shop", "tls", new byte[0], SHOP.keyBytes());
    JsonNode told = check("--format", "json", pair.toString()).pair(0);
    assertThat(told.path("notAfter").isNull()).isTrue();
    assertThat(told.path("dnsNames")).isEmpty();
  }

  @Test
  void every_pair_of_a_directory_and_of_those_below_is_checked() throws IOException {
    write("", "shop", SHOP);
    write("below", "blog", BLOG);
    write("below/single", "tls", BLOG);
    write("..2026_11_23", "shop", SHOP);
    assertThat(check("--format", "json", directory.toString()).paths())
        .containsExactly(
            directory + "/below/single", directory + "/below/blog", directory + "/shop");
  }

  @Test
  void the_ca_beside_a_pair_is_no_pair() throws IOException {
    write("", "tls", SHOP);
    Files.write(directory.resolve("ca.crt"), SHOP.crtBytes());
    assertThat(check("--format", "json", directory.toString()).paths())
        .containsExactly(directory.toString());
  }

  @Test
  void a_certificate_without_its_key_is_refused() throws IOException {
    Files.write(directory.resolve("shop.crt"), SHOP.crtBytes());
    Ended ended = check("--format", "json", directory.toString());
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.out()).contains("KEY_EMPTY");
  }

  @Test
  void one_certificate_file_is_checked_with_the_key_beside_it() throws IOException {
    write("", "shop", SHOP);
    write("", "blog", SHOP.crtBytes(), BLOG.keyBytes());
    assertThat(check(directory.resolve("shop.crt").toString()).exitCode()).isZero();
  }

  @Test
  void secrets_are_read_from_yaml() throws IOException {
    String documents =
        secret("shop", "kubernetes.io/tls", SHOP, "tls")
            + "---\n"
            + secret("blog", "kubernetes.io/tls", BLOG, "tls");
    Path file = Files.writeString(directory.resolve("secrets.yaml"), documents);
    assertThat(check("--format", "json", file.toString()).paths())
        .containsExactly(file + ":web/shop", file + ":web/blog");
  }

  @Test
  void secrets_are_read_from_a_list_in_json_on_standard_input() throws IOException {
    String list =
        """
        {"apiVersion": "v1", "kind": "List", "items": [
          {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
           "metadata": {"name": "shop", "namespace": "web"},
           "data": {"tls.crt": "%s", "tls.key": "%s"}},
          {"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
           "metadata": {"name": "password", "namespace": "web"}, "data": {"tls.crt": "aGVsbG8="}}]}
        """
            .formatted(
                Base64.getEncoder().encodeToString(SHOP.crtBytes()),
                Base64.getEncoder().encodeToString(SHOP.keyBytes()));
    Ended ended = checkInput(list, "--format", "json", "-");
    assertThat(ended.exitCode()).isZero();
    assertThat(ended.paths()).containsExactly("standard input:web/shop");
  }

  @Test
  void a_merged_secret_is_checked_entry_by_entry() throws IOException {
    String merged = secret("gateway", "Opaque", SHOP, "shop");
    assertThat(checkInput(merged, "--format", "json", "-").paths())
        .containsExactly("standard input:web/gateway/shop");
  }

  @Test
  void people_get_a_line_for_each_pair_and_what_to_do() throws IOException {
    write("", "shop", SHOP);
    write("", "blog", SHOP.crtBytes(), BLOG.keyBytes());
    assertThat(check(directory.toString()).out().replace(directory.toString(), "D"))
        .isEqualTo(
            """
            REFUSED   D/blog  expires in 90 days      shop.example.com
                      ERROR KEY_MISMATCH: tls.key: block 1, line 1: the key (EC P-256) does not belong to the first certificate of tls.crt (EC P-256, CN=shop.example.com)
                        Put the key that the certificate was issued for into tls.key, and the leaf first into tls.crt.
            accepted  D/shop  expires in 90 days      shop.example.com
            1 accepted, 1 refused
            """);
  }

  @Test
  void at_a_terminal_what_is_refused_is_red_and_what_is_accepted_green() throws IOException {
    write("", "shop", SHOP);
    write("", "blog", SHOP.crtBytes(), BLOG.keyBytes());

    String out = checkAt(new Terminal(new Colours(true), false), "", directory.toString()).out();

    assertThat(out)
        .contains("\u001B[31mREFUSED\u001B[", "\u001B[32maccepted\u001B[")
        .contains("\u001B[31mERROR KEY_MISMATCH\u001B[");
    assertThat(out.replaceAll("\u001B\\[[0-9]*m", "")).isEqualTo(check(directory.toString()).out());
  }

  @Test
  void who_watches_is_told_how_far_it_is_and_the_line_goes_again() {
    String secrets = (secret("shop", "kubernetes.io/tls", SHOP, "tls") + "---\n").repeat(100);

    Ended ended = checkAt(new Terminal(Colours.NONE, true), secrets, "-");

    assertThat(ended.err()).contains("100 pairs checked …").endsWith("\r\u001B[K");
    assertThat(ended.out()).doesNotContain("\u001B");
  }

  @Test
  void nobody_is_told_how_far_it_is_who_does_not_watch() {
    String secrets = (secret("shop", "kubernetes.io/tls", SHOP, "tls") + "---\n").repeat(100);

    assertThat(checkInput(secrets, "-").err()).isEmpty();
  }

  @Test
  void json_that_ends_in_the_middle_is_told_with_how_much_was_read() {
    String whole = "{\"items\": [{\"kind\": \"ConfigMap\"}, {\"kind\": \"Secret\", ";

    Ended ended = checkInput(whole, "-");

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.err()).contains("standard input: the text is damaged, or ends, after 1 obj");
  }

  @Test
  void a_path_that_does_not_exist_is_wrong_usage() {
    Ended ended = check(directory.resolve("nowhere").toString());
    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.err()).contains("nowhere cannot be read").hasLineCount(1);
  }

  @Test
  void a_path_without_any_pair_is_wrong_usage() {
    Ended ended = check(directory.toString());
    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.err()).contains("there is no pair of a certificate and a key");
  }

  @Test
  void a_file_that_is_something_else_is_not_quoted() throws IOException {
    Path file = Files.write(directory.resolve("shop.pem"), SHOP.keyBytes());
    Ended ended = check(file.toString());
    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.err()).startsWith(file.toString()).doesNotContain("PRIVATE KEY");
  }

  @Test
  void data_that_is_not_base64_is_told_and_not_quoted() {
    String secret =
        "{kind: Secret, type: kubernetes.io/tls, metadata: {name: a}, data: {tls.key: 's3cret!'}}";
    Ended ended = checkInput(secret, "-");
    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.err())
        .isEqualTo(
            "standard input:default/a: data[tls.key] is not base64" + System.lineSeparator());
  }
}
