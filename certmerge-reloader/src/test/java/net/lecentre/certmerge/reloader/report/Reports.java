package net.lecentre.certmerge.reloader.report;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.lecentre.certmerge.reloader.decide.State;

/** Reports to show. */
final class Reports {
  static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");

  private Reports() {}

  static Report.Certificate certificate(String serial, int days) {
    return new Report.Certificate(
        serial, serial.repeat(8), NOW.plus(Duration.ofDays(days)).toString());
  }

  static Report.Key served(String key, String... hosts) {
    Report.Certificate one = certificate("5ea9bc3d", 80);
    return new Report.Key(key, State.Served, List.of(hosts), one, one, NOW.toString(), "shown");
  }

  static Report.Key stale(String key, String reason, String... hosts) {
    return new Report.Key(
        key,
        State.Stale,
        List.of(hosts),
        certificate("77aa", 80),
        certificate("11bb", 5),
        NOW.toString(),
        reason);
  }

  static Report report(Report.Key... keys) {
    return new Report(NOW, List.of(keys), List.of(), List.of(), "Nothing is to be done.", null);
  }
}
