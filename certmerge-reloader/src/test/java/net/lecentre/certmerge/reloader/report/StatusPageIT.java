package net.lecentre.certmerge.reloader.report;

import static net.lecentre.certmerge.reloader.report.Reports.report;
import static net.lecentre.certmerge.reloader.report.Reports.served;
import static net.lecentre.certmerge.reloader.report.Reports.stale;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import net.lecentre.certmerge.testbed.Chromium;
import org.junit.jupiter.api.Test;

/** The page as a real browser shows it. */
class StatusPageIT {
  private static final int GREEN = 0x1a7f37;
  private static final int RED = 0xb3261e;

  private static Chromium.Page open(Report report) throws IOException {
    try (StatusServer server = new StatusServer(0, Optional::empty, out -> {}, () -> report)) {
      return Chromium.find().open(URI.create("http://127.0.0.1:" + server.port() + "/status"));
    }
  }

  @Test
  void a_browser_shows_what_is_served_and_what_is_stale_each_in_its_colour() throws Exception {
    Chromium.Page page =
        open(
            report(
                served("shop-tls", "shop.example.com"),
                stale("old-tls", "was on disk before", "old.example.com")));

    assertThat(page.complaints()).isEmpty();
    assertThat(page.dom()).contains("1 Stale, 1 Served", "shop.example.com", "was on disk before");
    assertThat(page.shows(GREEN)).as("green").isTrue();
    assertThat(page.shows(RED)).as("red").isTrue();
  }

  @Test
  void markup_in_a_certificate_is_shown_and_not_obeyed() throws Exception {
    Chromium.Page page =
        open(report(served("x", "<script>document.title='taken'</script><img src=x>")));

    assertThat(page.complaints()).isEmpty();
    assertThat(page.shows(RED)).as("red").isFalse();
    assertThat(page.dom())
        .contains("&lt;script&gt;document.title='taken'&lt;/script&gt;")
        .doesNotContain("<script", "<img", "<title>taken");
  }
}
