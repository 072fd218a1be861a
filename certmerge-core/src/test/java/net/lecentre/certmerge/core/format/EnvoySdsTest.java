package net.lecentre.certmerge.core.format;

import static net.lecentre.certmerge.core.inspect.TestPki.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SortedMap;
import net.lecentre.certmerge.core.inspect.TestPki;
import net.lecentre.certmerge.core.inspect.TlsPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvoySdsTest {
  private static final TlsPair PAIR =
      TestPki.pair("shop.example.com", NOW.plus(Duration.ofDays(60)));

  @Test
  void a_key_has_the_files_of_the_pair_and_one_that_names_them() {
    SortedMap<String, byte[]> files = EnvoySds.files("shop.example.com", PAIR, "/etc/certs");
    assertThat(files)
        .containsOnlyKeys(
            "shop.example.com.crt", "shop.example.com.key", "shop.example.com.sds.yaml");
    assertThat(files.get("shop.example.com.crt")).isEqualTo(PAIR.certificatePem());
    assertThat(files.get("shop.example.com.key")).isEqualTo(PAIR.privateKeyPem());
    assertThat(files.get("shop.example.com.sds.yaml"))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(
            """
            resources:
            - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
              name: "shop.example.com"
              tls_certificate:
                certificate_chain: {filename: "/etc/certs/shop.example.com.crt"}
                private_key: {filename: "/etc/certs/shop.example.com.key"}
                watched_directory: {path: "/etc/certs"}
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/certs/, /etc/certs/a.crt, /etc/certs",
    "/a b/{c}: #d, '/a b/{c}: #d/a.crt', '/a b/{c}: #d'",
    "/, /a.crt, /"
  })
  void the_files_are_named_where_they_are_mounted(String mountPath, String crt, String directory) {
    assertThat(EnvoySds.files("a", PAIR, mountPath).get("a.sds.yaml"))
        .asString(StandardCharsets.UTF_8)
        .contains(
            "{filename: \"" + crt + "\"}", "watched_directory: {path: \"" + directory + "\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "etc",
        "./etc",
        "/a\"b",
        "/a'b",
        "/a\\b",
        "/a\nb",
        "/a\n",
        "/a\tb",
        "/a\u0000",
        "/a\u007f",
        "/a\u2028b",
        "/a\ud800"
      })
  void a_path_that_could_not_stand_in_the_text_as_it_is_is_refused(String mountPath) {
    assertThatIllegalArgumentException().isThrownBy(() -> EnvoySds.files("a", PAIR, mountPath));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a b", "a\"", "a\n"})
  void a_key_that_is_none_of_a_secret_is_refused(String key) {
    assertThatIllegalArgumentException().isThrownBy(() -> EnvoySds.files(key, PAIR, "/etc"));
  }
}
