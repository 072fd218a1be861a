package net.lecentre.certmerge.operator.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.lecentre.certmerge.operator.plan.PlanReport.Change;
import net.lecentre.certmerge.operator.plan.PlanReport.Entry;
import net.lecentre.certmerge.operator.plan.PlanReport.Merge;
import net.lecentre.certmerge.operator.terminal.Colours;

/** A plan for people. */
public final class PlanText {
  private static final int NAMES = 3;

  /** The longest word for a change that is told: those that are unchanged are only counted. */
  private static final int CHANGE = "excluded".length();

  private PlanText() {}

  /** The text, without a line's end after the last line; days are counted from an instant. */
  public static String of(PlanReport report, Instant now, Colours colours) {
    return report.certmerges().isEmpty()
        ? "there is no CertMerge"
        : report.certmerges().stream()
            .map(merge -> merge(merge, now, colours))
            .collect(Collectors.joining("\n\n"));
  }

  private static String merge(Merge merge, Instant now, Colours colours) {
    StringBuilder text = new StringBuilder();
    text.append("CertMerge ").append(merge.certMerge());
    if (merge.target() != null) {
      text.append(", target Secret ").append(merge.target());
    }
    text.append('\n');
    List<Entry> told =
        merge.entries().stream().filter(entry -> entry.change() != Change.UNCHANGED).toList();
    String format =
        "  %%s%%s  %%-%ds  from %%-%ds  %%-22s  %%s"
            .formatted(width(told, Entry::key), width(told, Entry::source));
    told.forEach(entry -> text.append(line(entry, format, now, colours)));
    text.append("  ").append(counts(merge.counts()));
    merge.writes().forEach(name -> text.append("\n  writes Secret ").append(name));
    merge.deletes().forEach(name -> text.append("\n  deletes Secret ").append(name));
    if (merge.writes().isEmpty() && merge.deletes().isEmpty()) {
      text.append("\n  writes nothing");
    }
    if (!merge.ready()) {
      text.append("\n  ")
          .append(colours.bad("NOT READY, " + merge.reason()))
          .append(": ")
          .append(merge.message());
    }
    return text.toString();
  }

  private static int width(List<Entry> entries, Function<Entry, String> column) {
    return entries.stream().map(column).mapToInt(String::length).max().orElse(1);
  }

  private static String line(Entry entry, String format, Instant now, Colours colours) {
    String change = entry.change().toString();
    return format
            .formatted(
                coloured(entry.change(), colours),
                " ".repeat(CHANGE - change.length()),
                entry.key(),
                entry.source(),
                entry.notAfter() == null ? "" : expiry(Instant.parse(entry.notAfter()), now),
                hosts(entry))
            .stripTrailing()
        + "\n"
        + (entry.reason() == null
            ? ""
            : "            %s: %s%n".formatted(entry.reason(), entry.message()));
  }

  private static String coloured(Change change, Colours colours) {
    String text = change.toString();
    return switch (change) {
      case ADDED, CHANGED -> colours.good(text);
      case KEPT, REMOVED -> colours.care(text);
      case EXCLUDED -> colours.bad(text);
      case UNCHANGED -> text;
    };
  }

  private static String expiry(Instant notAfter, Instant now) {
    long days = Duration.between(now, notAfter).toDays();
    return now.isAfter(notAfter)
        ? "expired " + -days + " days ago"
        : "expires in " + days + " days";
  }

  private static String hosts(Entry entry) {
    if (entry.dnsNames() == null || entry.dnsNames().isEmpty()) {
      return "";
    }
    int more = entry.dnsNames().size() - NAMES;
    return entry.dnsNames().stream().limit(NAMES).collect(Collectors.joining(", "))
        + (more > 0 ? " and " + more + " more" : "");
  }

  private static String counts(Map<Change, Long> counts) {
    String told =
        Arrays.stream(Change.values())
            .filter(counts::containsKey)
            .map(change -> counts.get(change) + " " + change)
            .collect(Collectors.joining(", "));
    return told.isEmpty() ? "no entries" : told;
  }
}
