package net.lecentre.certmerge.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChromiumIT {
  @TempDir private Path directory;

  private static URI page(String html) {
    byte[] bytes = html.getBytes(StandardCharsets.UTF_8);
    return URI.create("data:text/html;base64," + Base64.getEncoder().encodeToString(bytes));
  }

  @Test
  void a_page_is_told_as_it_stands_and_as_it_is_shown() {
    Chromium.Page page =
        Chromium.find()
            .open(
                page(
                    "<style>p{background:#123456}</style><p>a<script>document.title='b'</script>"));

    assertThat(page.dom()).contains("<title>b</title>");
    assertThat(page.shows(0x123456)).isTrue();
    assertThat(page.shows(0x654321)).isFalse();
    assertThat(page.complaints()).isEmpty();
  }

  @Test
  void what_a_policy_forbids_is_told() {
    String policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";

    Chromium.Page page = Chromium.find().open(page(policy + "<style>p{color:red}</style><p>a"));

    assertThat(page.complaints()).anyMatch(line -> line.contains("Content Security Policy"));
  }

  @Test
  void a_missing_one_is_told_with_what_to_install() {
    Map<String, String> environment =
        Map.of("CHROMIUM_BIN", directory.resolve("absent").toString());

    assertThatThrownBy(() -> Chromium.find(environment))
        .hasMessageContainingAll("install the Debian package chromium", "CHROMIUM_BIN");
  }
}
