package net.lecentre.certmerge.reloader.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.lecentre.certmerge.reloader.decide.State;
import org.jspecify.annotations.Nullable;

/** The status document as a page for people: one file, no script, nothing from elsewhere. */
final class StatusPage {
  private static final String STYLE =
      """
      :root{color-scheme:light dark}
      body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:96rem;padding:0 1rem}
      h1{font-size:1.5rem;margin:0}
      h2{font-size:1.1rem;margin:1.5rem 0 .3rem}
      p,ul{margin:.3rem 0}
      table{border-collapse:collapse;width:100%;margin:1rem 0}
      th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8884}
      td{overflow-wrap:anywhere;min-width:6rem}
      td:last-child{min-width:16rem}
      time{white-space:nowrap}
      code{font:13px/1.5 ui-monospace,monospace}
      .s{display:inline-block;white-space:nowrap;padding:0 .6rem;border-radius:.3rem;color:#fff;font-weight:600}
      .good{background:#1a7f37}
      .wait{background:#0a5fb4}
      .care{background:#8a5a00}
      .bad{background:#b3261e}
      .quiet{opacity:.75}
      """;

  /** What a browser may do with the page: show it with its own style, and nothing else. */
  static final String POLICY =
      "default-src 'none'; style-src 'sha256-"
          + digest(STYLE)
          + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** Those that somebody has to look at come first. */
  private static final List<State> ORDER =
      List.of(State.Stale, State.Invalid, State.Unknown, State.Pending, State.Served);

  private StatusPage() {}

  /** The page; days are counted from when everything was last looked at. */
  static String of(Report report) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <meta http-equiv="refresh" content="30">
    <link rel="icon" href="data:,">
    <title>certmerge-reloader: %s</title>
    <style>%s</style>
    </head>
    <body>
    <h1>certmerge-reloader</h1>
    <p>%s, looked at %s. <span class="quiet">This page is loaded anew every 30 seconds; a program \
    that asks for <code>/status</code> gets JSON.</span></p>
    %s%s%s%s</body>
    </html>
    """
        .formatted(
            summary(report),
            STYLE,
            summary(report),
            time(report.at().toString()),
            list("What could not be seen", report.problems()),
            list("How restarts could be spared", report.advice()),
            done(report),
            report.keys().isEmpty() ? "" : table(report));
  }

  private static String summary(Report report) {
    Map<State, Long> counts =
        report.keys().stream()
            .collect(Collectors.groupingBy(Report.Key::state, Collectors.counting()));
    String states =
        ORDER.stream()
            .filter(counts::containsKey)
            .map(state -> counts.get(state) + " " + state)
            .collect(Collectors.joining(", "));
    return states.isEmpty() ? "no certificates" : states;
  }

  private static String list(String title, List<String> sentences) {
    return sentences.isEmpty()
        ? ""
        : sentences.stream()
            .map(sentence -> "<li>" + Html.text(sentence) + "</li>\n")
            .collect(Collectors.joining("", "<h2>" + title + "</h2>\n<ul>\n", "</ul>\n"));
  }

  private static String done(Report report) {
    LastAction last = report.lastAction();
    return (report.decision().isEmpty()
            ? ""
            : "<h2>Decision</h2>\n<p>" + Html.text(report.decision()) + "</p>\n")
        + (last == null
            ? ""
            : "<h2>Last action</h2>\n<p>%s, %s, %s: %s</p>\n"
                .formatted(
                    Html.text(last.action()),
                    time(last.at().toString()),
                    Html.text(last.result()),
                    Html.text(last.reason())));
  }

  private static String table(Report report) {
    return report.keys().stream()
        .sorted(
            Comparator.comparing((Report.Key key) -> ORDER.indexOf(key.state()))
                .thenComparing(Report.Key::key))
        .map(key -> row(key, report.at()))
        .collect(
            Collectors.joining(
                "",
                """
                <table>
                <thead><tr><th>State</th><th>Key</th><th>Hosts</th><th>On disk</th><th>Served</th>\
                <th>Since</th><th>Why</th></tr></thead>
                <tbody>
                """,
                "</tbody>\n</table>\n"));
  }

  private static String row(Report.Key key, Instant at) {
    return "<tr><td><span class=\"s %s\">%s</span></td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
        .formatted(
            look(key.state()),
            key.state(),
            Html.text(key.key()),
            key.hosts().stream().map(Html::text).collect(Collectors.joining("<br>")),
            certificate(key.disk(), at),
            key.served() != null && key.served().equals(key.disk())
                ? "the same"
                : certificate(key.served(), at),
            time(key.since()),
            Html.text(key.reason()));
  }

  private static String look(State state) {
    return switch (state) {
      case Served -> "good";
      case Pending -> "wait";
      case Unknown -> "care";
      case Stale, Invalid -> "bad";
    };
  }

  private static String certificate(Report.@Nullable Certificate certificate, Instant at) {
    return certificate == null
        ? "–"
        : "%s<br><code class=\"quiet\">%s</code>"
            .formatted(
                expiry(Instant.parse(certificate.notAfter()), at), Html.text(certificate.serial()));
  }

  private static String expiry(Instant notAfter, Instant at) {
    long days = Duration.between(at, notAfter).toDays();
    String when = time(notAfter.toString());
    return at.isAfter(notAfter)
        ? "<span class=\"s bad\">expired</span> " + when
        : "expires in " + days + (days == 1 ? " day" : " days") + "<br>" + when;
  }

  /** An instant to the second, as people compare it with their logs. */
  private static String time(String instant) {
    return "<time>" + Html.text(instant.replaceFirst("\\.[0-9]+Z$", "Z")) + "</time>";
  }

  private static String digest(String style) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
