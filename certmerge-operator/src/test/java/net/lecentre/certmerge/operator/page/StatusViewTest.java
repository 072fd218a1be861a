package net.lecentre.certmerge.operator.page;

import static net.lecentre.certmerge.operator.Samples.certMerge;
import static net.lecentre.certmerge.operator.page.Views.entry;
import static net.lecentre.certmerge.operator.page.Views.merged;
import static net.lecentre.certmerge.operator.page.Views.reported;
import static net.lecentre.certmerge.operator.page.Views.view;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusViewTest {
  private static JsonNode json(StatusView view) throws Exception {
    return new JsonMapper().readTree(view.json());
  }

  @Test
  void a_certmerge_is_told_with_its_target_and_its_status() throws Exception {
    JsonNode told =
        json(view(reported("edge", "True", "Merged", merged("shop", 30, "shop.example.com"))));

    assertThat(told.path("at").asText()).isEqualTo("2027-01-01T00:00:00Z");
    JsonNode one = told.path("certmerges").path(0);
    assertThat(one.path("namespace").asText()).isEqualTo("web");
    assertThat(one.path("name").asText()).isEqualTo("edge");
    assertThat(one.path("target").asText()).isEqualTo("istio-system/merged");
    assertThat(one.path("generation").asInt()).isEqualTo(4);
    assertThat(one.path("status").path("entries").path(0).path("dnsNames").path(0).asText())
        .isEqualTo("shop.example.com");
  }

  @Test
  void a_certmerge_that_was_not_looked_at_yet_is_told_without_a_status() throws Exception {
    JsonNode one = json(view(certMerge("name: merged"))).path("certmerges").path(0);

    assertThat(one.path("target").asText()).isEqualTo("web/merged");
    assertThat(one.has("status")).isFalse();
  }

  @Test
  void those_that_somebody_has_to_look_at_come_first() {
    CertMerge good = reported("a", "True", "Merged", merged("shop", 30));
    CertMerge problems =
        reported("b", "True", "Merged", entry("old", "Kept", "KEY_MISMATCH", "no", 5));
    CertMerge fresh = certMerge("web", "c", "name: merged");
    CertMerge bad = reported("d", "False", "TargetConflict");

    assertThat(view(good, problems, fresh, bad).certmerges())
        .extracting(StatusView.One::name)
        .containsExactly("d", "c", "b", "a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>.example.com",
        "<img src=x onerror=alert(1)>",
        "\"><b>bold</b>",
        "' onmouseover='x",
        "</style></title><h1>",
      })
  void a_name_in_a_certificate_is_text_wherever_it_stands(String name) {
    String page =
        view(reported("edge", "True", name, entry(name, name, name, name, 5, name))).html();

    assertThat(page).doesNotContain(name).contains(Html.text(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u202Ebc", "a\u0000b", "a\u200Bb", "a\u001B[31mb", "a\u2028b"})
  void a_character_that_nobody_sees_is_shown_as_one_that_is_not_shown(String name) {
    assertThat(Html.text(name)).contains("\uFFFD").doesNotContain(name);
  }

  @Test
  void what_a_name_says_in_another_script_stays() {
    assertThat(Html.text("bücher.例え.テスト 😀")).isEqualTo("bücher.例え.テスト 😀");
  }

  @Test
  void days_are_counted_and_the_past_is_called_so() {
    String page =
        view(reported(
                "edge", "True", "Merged", merged("shop", 30), merged("one", 1), merged("old", -1)))
            .html();

    assertThat(page).contains("expires in 30 days", "expires in 1 day<", ">expired<");
  }

  @Test
  void a_time_that_somebody_else_wrote_into_the_status_is_shown_as_it_is() {
    CertMerge certMerge = reported("edge", "True", "Merged");
    CertMergeStatus status = certMerge.getStatus();
    certMerge.setStatus(
        new CertMergeStatus(
            1L,
            status.conditions(),
            status.counts(),
            "<never>",
            List.of(),
            true,
            "",
            List.of(),
            "<then>"));

    assertThat(view(certMerge).html()).contains("&lt;never&gt;", "&lt;then&gt;");
  }

  @Test
  void without_a_certmerge_the_page_says_so() {
    assertThat(view().html()).contains("no CertMerge");
  }
}
