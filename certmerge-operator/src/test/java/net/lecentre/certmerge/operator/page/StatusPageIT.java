package net.lecentre.certmerge.operator.page;

import static net.lecentre.certmerge.operator.page.Views.entry;
import static net.lecentre.certmerge.operator.page.Views.merged;
import static net.lecentre.certmerge.operator.page.Views.reported;
import static net.lecentre.certmerge.operator.page.Views.view;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import net.lecentre.certmerge.operator.http.ProbeServer;
import net.lecentre.certmerge.testbed.Chromium;
import org.junit.jupiter.api.Test;

/** The page as a real browser shows it. */
class StatusPageIT {
  private static final int GREEN = 0x1a7f37;
  private static final int AMBER = 0x8a5a00;
  private static final int RED = 0xb3261e;
  private static final String HOSTILE = "<script>document.title='taken'</script><img src=x>";

  private static Chromium.Page open(StatusView view) {
    try (ProbeServer server = ProbeServer.start(0, () -> true, () -> true, () -> "", () -> view)) {
      return Chromium.find().open(URI.create("http://127.0.0.1:" + server.port() + "/status"));
    }
  }

  @Test
  void a_browser_shows_what_is_merged_kept_and_excluded_each_in_its_colour() {
    Chromium.Page page =
        open(
            view(
                reported(
                    "edge",
                    "True",
                    "Merged",
                    entry("gone", "Excluded", "NotFound", "create it", 5),
                    entry("old", "Kept", "KEY_MISMATCH", "give both", 5, "old.example.com"),
                    merged("shop", 80, "shop.example.com"))));

    assertThat(page.complaints()).isEmpty();
    assertThat(page.dom())
        .contains("shop.example.com", "KEY_MISMATCH", "1 merged, 1 kept, 1 excluded");
    assertThat(page.shows(GREEN)).as("green").isTrue();
    assertThat(page.shows(AMBER)).as("amber").isTrue();
    assertThat(page.shows(RED)).as("red").isTrue();
  }

  @Test
  void nothing_is_red_when_everything_is_well() {
    Chromium.Page page = open(view(reported("edge", "True", "Merged", merged("shop", 80))));

    assertThat(page.shows(GREEN)).as("green").isTrue();
    assertThat(page.shows(RED)).as("red").isFalse();
  }

  @Test
  void markup_in_a_certificate_is_shown_and_not_obeyed() {
    Chromium.Page page = open(view(reported("edge", "True", "Merged", merged("x", 80, HOSTILE))));

    assertThat(page.complaints()).isEmpty();
    assertThat(page.dom())
        .contains("&lt;script&gt;document.title='taken'&lt;/script&gt;")
        .doesNotContain("<script", "<img", "<title>taken");
  }
}
