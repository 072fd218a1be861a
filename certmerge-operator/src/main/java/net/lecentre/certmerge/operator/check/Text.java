package net.lecentre.certmerge.operator.check;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import net.lecentre.certmerge.operator.terminal.Colours;

/** A report for people. */
final class Text {
  private static final int NAMES = 3;

  private Text() {}

  static String of(Report report, Instant at, Colours colours) {
    int width = report.pairs().stream().mapToInt(pair -> pair.path().length()).max().orElse(0);
    String pairs =
        report.pairs().stream()
            .map(pair -> line(pair, width, at, colours) + findings(pair, colours))
            .collect(Collectors.joining());
    long accepted = report.pairs().size() - report.refused();
    return pairs + accepted + " accepted, " + report.refused() + " refused";
  }

  private static String line(Report.Pair pair, int width, Instant at, Colours colours) {
    String verdict = pair.accepted() ? colours.good("accepted") : colours.bad("REFUSED") + " ";
    return (verdict
                + ("  %-" + width + "s  %-22s  %s")
                    .formatted(pair.path(), expiry(pair, at), hosts(pair)))
            .stripTrailing()
        + "\n";
  }

  private static String expiry(Report.Pair pair, Instant at) {
    if (pair.notAfter() == null) {
      return "";
    }
    long days = Duration.between(at, Instant.parse(pair.notAfter())).toDays();
    return at.isAfter(Instant.parse(pair.notAfter()))
        ? "expired " + -days + " days ago"
        : "expires in " + days + " days";
  }

  private static String hosts(Report.Pair pair) {
    String first = pair.dnsNames().stream().limit(NAMES).collect(Collectors.joining(", "));
    int more = pair.dnsNames().size() - NAMES;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  private static String findings(Report.Pair pair, Colours colours) {
    return pair.findings().stream()
        .map(
            finding ->
                "          %s: %s%n            %s%n"
                    .formatted(code(finding, colours), finding.message(), finding.advice()))
        .collect(Collectors.joining());
  }

  private static String code(Report.Told finding, Colours colours) {
    String code = finding.severity() + " " + finding.code();
    return switch (finding.severity()) {
      case "ERROR" -> colours.bad(code);
      case "WARNING" -> colours.care(code);
      default -> code;
    };
  }
}
