package net.lecentre.certmerge.operator.plan;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import net.lecentre.certmerge.operator.plan.PlanReport.Change;
import net.lecentre.certmerge.operator.plan.PlanReport.Entry;
import net.lecentre.certmerge.operator.plan.PlanReport.Merge;

/** A plan for people. */
public final class PlanText {
  private static final int NAMES = 3;

  private PlanText() {}

  /** The text, without a line's end after the last line. */
  public static String of(PlanReport report) {
    return report.certmerges().isEmpty()
        ? "there is no CertMerge"
        : report.certmerges().stream().map(PlanText::merge).collect(Collectors.joining("\n\n"));
  }

  private static String merge(Merge merge) {
    StringBuilder text = new StringBuilder();
    text.append("CertMerge ").append(merge.certMerge());
    if (merge.target() != null) {
      text.append(", target Secret ").append(merge.target());
    }
    text.append('\n');
    merge.entries().stream()
        .filter(entry -> entry.change() != Change.UNCHANGED)
        .forEach(entry -> text.append(line(entry)));
    text.append("  ").append(counts(merge.counts()));
    merge.writes().forEach(name -> text.append("\n  writes Secret ").append(name));
    merge.deletes().forEach(name -> text.append("\n  deletes Secret ").append(name));
    if (merge.writes().isEmpty() && merge.deletes().isEmpty()) {
      text.append("\n  writes nothing");
    }
    if (!merge.ready()) {
      text.append("\n  NOT READY, ").append(merge.reason()).append(": ").append(merge.message());
    }
    return text.toString();
  }

  private static String line(Entry entry) {
    return "  %-8s  %s from %s%s%n%s"
        .formatted(
            entry.change(),
            entry.key(),
            entry.source(),
            entry.notAfter() == null ? "" : ", expires " + entry.notAfter() + hosts(entry),
            entry.reason() == null
                ? ""
                : "            %s: %s%n".formatted(entry.reason(), entry.message()));
  }

  private static String hosts(Entry entry) {
    if (entry.dnsNames() == null || entry.dnsNames().isEmpty()) {
      return "";
    }
    int more = entry.dnsNames().size() - NAMES;
    return ", "
        + entry.dnsNames().stream().limit(NAMES).collect(Collectors.joining(", "))
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
