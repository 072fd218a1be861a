package net.lecentre.certmerge.reloader.report;

import static net.lecentre.certmerge.reloader.report.Reports.NOW;
import static net.lecentre.certmerge.reloader.report.Reports.served;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import net.lecentre.certmerge.reloader.decide.State;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Report.Key BROKEN =
      new Report.Key("a\"b", State.Invalid, List.of(), null, null, NOW.toString(), "no key");

  @Test
  void the_document_tells_of_each_key() throws Exception {
    JsonNode document = JSON.readTree(Reports.report(served("shop", "a.example", "b.")).json());

    assertThat(document)
        .isEqualTo(
            JSON.readTree(
                """
                {"keys": [{"key": "shop", "state": "Served", "hosts": ["a.example", "b."],
                  "disk": {"serial": "5ea9bc3d",
                    "sha256": "5ea9bc3d5ea9bc3d5ea9bc3d5ea9bc3d5ea9bc3d5ea9bc3d5ea9bc3d5ea9bc3d",
                    "notAfter": "2027-03-22T00:00:00Z"},
                  "served": {"serial": "5ea9bc3d",
                    "sha256": "5ea9bc3d5ea9bc3d5ea9bc3d5ea9bc3d5ea9bc3d5ea9bc3d5ea9bc3d5ea9bc3d",
                    "notAfter": "2027-03-22T00:00:00Z"},
                  "since": "2027-01-01T00:00:00Z", "reason": "shown"}],
                 "lastAction": null, "decision": "Nothing is to be done.", "problems": [],
                 "advice": [], "at": "2027-01-01T00:00:00Z"}
                """));
  }

  @Test
  void what_is_not_known_of_a_key_is_null() throws Exception {
    JsonNode key = JSON.readTree(Reports.report(BROKEN).json()).at("/keys/0");

    assertThat(key.get("key").asText()).isEqualTo("a\"b");
    assertThat(key.get("disk").isNull()).isTrue();
    assertThat(key.get("served").isNull()).isTrue();
  }

  @Test
  void the_document_tells_what_was_last_done() throws Exception {
    Report report =
        Reports.report().with("Wait.", new LastAction("restart", NOW, "done", "it was stale"));

    assertThat(JSON.readTree(report.json()).get("lastAction"))
        .isEqualTo(
            JSON.readTree(
                """
                {"action": "restart", "at": "2027-01-01T00:00:00Z", "result": "done",
                 "reason": "it was stale"}
                """));
  }
}
