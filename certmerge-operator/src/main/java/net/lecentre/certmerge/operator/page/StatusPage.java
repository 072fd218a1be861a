package net.lecentre.certmerge.operator.page;

import io.fabric8.kubernetes.api.model.Condition;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.CertMergeStatus.Counts;
import net.lecentre.certmerge.operator.api.CertMergeStatus.Entry;
import net.lecentre.certmerge.operator.page.StatusView.One;
import org.jspecify.annotations.Nullable;

/** The view as a page for people: one file, no script, nothing from elsewhere. */
final class StatusPage {
  private static final int SOON_DAYS = 7;

  private static final String STYLE =
      """
      :root{color-scheme:light dark}
      body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:96rem;padding:0 1rem}
      h1{font-size:1.5rem;margin:0}
      h2{font-size:1.1rem;margin:2rem 0 .3rem}
      p{margin:.3rem 0}
      table{border-collapse:collapse;width:100%;margin:.6rem 0}
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

  private StatusPage() {}

  static String of(StatusView view) {
    Instant now = Instant.parse(view.at());
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <meta http-equiv="refresh" content="30">
    <link rel="icon" href="data:,">
    <title>certmerge-operator: %s</title>
    <style>%s</style>
    </head>
    <body>
    <h1>certmerge-operator</h1>
    <p>%s, looked at %s. <span class="quiet">This page is loaded anew every 30 seconds; a program \
    that asks for <code>/status</code> gets JSON.</span></p>
    %s</body>
    </html>
    """
        .formatted(
            summary(view.certmerges()),
            STYLE,
            summary(view.certmerges()),
            time(view.at()),
            view.certmerges().stream().map(one -> section(one, now)).collect(Collectors.joining()));
  }

  private static String summary(List<One> certMerges) {
    if (certMerges.isEmpty()) {
      return "no CertMerge";
    }
    long ready = certMerges.stream().filter(StatusPage::isReady).count();
    int merged = sum(certMerges.stream().flatMap(one -> one.counts().stream()).map(Counts::merged));
    int kept = sum(certMerges.stream().flatMap(one -> one.counts().stream()).map(Counts::kept));
    int excluded =
        sum(certMerges.stream().flatMap(one -> one.counts().stream()).map(Counts::excluded));
    return "%d of %d CertMerges ready; sources: %d merged, %d kept, %d excluded"
        .formatted(ready, certMerges.size(), merged, kept, excluded);
  }

  private static int sum(Stream<Integer> numbers) {
    return numbers.mapToInt(Integer::intValue).sum();
  }

  private static boolean isReady(One one) {
    return one.ready().filter(ready -> "True".equals(ready.getStatus())).isPresent();
  }

  private static String section(One one, Instant now) {
    return "<h2>%s %s</h2>\n<p>%s%s</p>\n%s%s"
        .formatted(
            Html.text(one.namespace() + "/" + one.name()),
            readiness(one),
            one.target() == null ? "" : "Target Secret " + Html.text(one.target()) + ". ",
            one.ready().map(Condition::getMessage).map(Html::text).orElse(""),
            figures(one, now),
            one.entries().isEmpty() ? "" : table(one, now));
  }

  private static String readiness(One one) {
    return one.ready()
        .map(
            ready ->
                badge(
                    "True".equals(ready.getStatus()) ? "good" : "bad",
                    Objects.requireNonNullElse(ready.getReason(), "")))
        .orElse(badge("wait", "not looked at yet"));
  }

  private static String badge(String look, String text) {
    return "<span class=\"s " + look + "\">" + Html.text(text) + "</span>";
  }

  private static String figures(One one, Instant now) {
    String sources =
        one.counts()
            .map(
                counts ->
                    "%d merged, %d kept, %d excluded; %,d bytes."
                        .formatted(
                            counts.merged(),
                            counts.kept(),
                            counts.excluded(),
                            counts.targetBytes()))
            .orElse("");
    String expiry =
        Optional.ofNullable(one.status())
            .map(status -> status.nextExpiry())
            .map(next -> " The first certificate " + expiry(next, now) + ".")
            .orElse("");
    String written =
        Optional.ofNullable(one.status())
            .map(status -> status.updatedTimestamp())
            .map(last -> " Written " + time(last) + ".")
            .orElse("");
    String told = sources + expiry + written;
    return told.isEmpty() ? "" : "<p>" + told.strip() + "</p>\n";
  }

  private static String table(One one, Instant now) {
    int more = one.counts().map(Counts::sources).orElse(0) - one.entries().size();
    return one.entries().stream()
        .map(entry -> row(entry, now))
        .collect(
            Collectors.joining(
                "",
                """
                <table>
                <thead><tr><th>State</th><th>Key</th><th>Source</th><th>Hosts</th><th>Expires</th>\
                <th>Since</th><th>What is wrong, and what to do</th></tr></thead>
                <tbody>
                """,
                "</tbody>\n</table>\n"
                    + (more > 0
                        ? "<p>And " + more + " more that the status has no room for.</p>\n"
                        : "")));
  }

  private static String row(Entry entry, Instant now) {
    return "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
        .formatted(
            badge(look(entry.state()), entry.state()),
            Html.text(entry.key()),
            Html.text(entry.source()),
            Optional.ofNullable(entry.dnsNames()).orElse(List.of()).stream()
                .map(Html::text)
                .collect(Collectors.joining("<br>")),
            entry.notAfter() == null ? "" : expiry(entry.notAfter(), now),
            entry.since() == null ? "" : time(entry.since()),
            problem(entry.reason(), entry.message()));
  }

  private static String problem(@Nullable String reason, @Nullable String message) {
    return (reason == null ? "" : "<b>" + Html.text(reason) + "</b> ")
        + (message == null ? "" : Html.text(message));
  }

  private static String look(String state) {
    return switch (state) {
      case "Merged" -> "good";
      case "Kept" -> "care";
      default -> "bad";
    };
  }

  private static String expiry(String notAfter, Instant now) {
    try {
      return expiry(Instant.parse(notAfter), now, " (" + time(notAfter) + ")");
    } catch (DateTimeParseException e) {
      // Others may write a status too.
      return Html.text(notAfter);
    }
  }

  private static String expiry(Instant end, Instant now, String when) {
    long days = Duration.between(now, end).toDays();
    if (now.isAfter(end)) {
      return badge("bad", "expired") + when;
    }
    String left = "expires in " + days + (days == 1 ? " day" : " days");
    return (days < SOON_DAYS ? badge("care", left) : left) + when;
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
