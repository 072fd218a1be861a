package net.lecentre.certmerge.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.MergePlan.Change;
import net.lecentre.certmerge.core.merge.MergePlan.State;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened and is worth an event.
 *
 * @param warning whether somebody should look
 * @param reason what kind of thing, in CamelCase
 * @param message what happened
 * @param source the source that it is about, if it is about one
 * @param problem what is wrong with that source, if something is
 */
public record Announcement(
    boolean warning,
    String reason,
    String message,
    Optional<String> source,
    Optional<String> problem) {
  /** One that is about no source in particular. */
  public Announcement(boolean warning, String reason, String message) {
    this(warning, reason, message, Optional.empty(), Optional.empty());
  }

  /** What is new since the status was last written. */
  public static List<Announcement> of(@Nullable CertMergeStatus before, Outcome outcome) {
    if (outcome instanceof Outcome.Merged merged) {
      List<Announcement> news = new ArrayList<>(sources(before, merged.plan()));
      merged
          .plan()
          .held()
          .map(StatusFactory::heldBack)
          .filter(message -> !message.equals(messageOfReady(before)))
          .map(message -> new Announcement(true, StatusFactory.REMOVAL_HELD, message))
          .ifPresent(news::add);
      if (merged.written()) {
        merged.plan().removed().stream()
            .map(
                removed ->
                    new Announcement(
                        false,
                        "SourceRemoved",
                        removed.source() + " left the target (key " + removed.key() + ")",
                        Optional.of(removed.source()),
                        Optional.empty()))
            .forEach(news::add);
        boolean emptied = merged.plan().written().findAny().isEmpty();
        boolean lost = emptied && !merged.plan().removed().isEmpty();
        news.add(
            lost
                ? new Announcement(true, "NoSources", "the target is empty now: no source is left")
                : new Announcement(false, "Merged", summary(merged.plan())));
      }
      return news;
    }
    Outcome.Refused refused = (Outcome.Refused) outcome;
    List<Announcement> news = new ArrayList<>();
    if (!refused.reason().equals(reasonOfReady(before))) {
      boolean asked = refused.reason().equals("Suspended");
      news.add(new Announcement(!asked, refused.reason(), refused.message()));
    }
    refused.plan().ifPresent(plan -> news.addAll(sources(before, plan)));
    return news;
  }

  private static List<Announcement> sources(@Nullable CertMergeStatus before, MergePlan plan) {
    Map<String, CertMergeStatus.Entry> earlier =
        before == null || before.entries() == null
            ? Map.of()
            : before.entries().stream()
                .collect(
                    Collectors.toMap(
                        entry -> id(entry.key(), entry.source()),
                        Function.identity(),
                        (first, second) -> first));
    boolean full = before != null && StatusFactory.leavesProblemsOut(before);
    return plan.entries().stream()
        // One that the status had no room for may have been told already.
        .filter(entry -> !full || earlier.containsKey(id(entry.key(), entry.source())))
        .map(entry -> source(earlier.get(id(entry.key(), entry.source())), entry))
        .flatMap(Optional::stream)
        .toList();
  }

  private static String id(String key, String source) {
    return key + " " + source;
  }

  private static Optional<Announcement> source(
      CertMergeStatus.@Nullable Entry earlier, MergePlan.Entry entry) {
    String state = StatusFactory.text(entry.state());
    String reason = entry.problem().map(MergePlan.Problem::reason).orElse(null);
    boolean same =
        earlier != null
            && earlier.state().equals(state)
            && Objects.equals(earlier.reason(), reason);
    if (same) {
      return Optional.empty();
    }
    if (entry.state() == State.MERGED) {
      return earlier == null || earlier.reason() == null
          ? Optional.empty()
          : Optional.of(
              new Announcement(
                  false,
                  "SourceRecovered",
                  entry.source() + " is good now and merged",
                  Optional.of(entry.source()),
                  Optional.empty()));
    }
    boolean kept = entry.state() == State.KEPT;
    String what =
        kept ? " cannot be merged, its last good pair stays served: " : " is not merged: ";
    String why =
        entry.problem().map(problem -> problem.reason() + ", " + problem.message()).orElse("");
    return Optional.of(
        new Announcement(
            true,
            kept ? "SourceKept" : "SourceExcluded",
            entry.source() + what + why,
            Optional.of(entry.source()),
            Optional.ofNullable(reason)));
  }

  private static String summary(MergePlan plan) {
    long written = plan.written().count();
    return written
        + (written == 1 ? " certificate: " : " certificates: ")
        + count(plan, Change.ADDED)
        + " added, "
        + count(plan, Change.CHANGED)
        + " changed, "
        + plan.removed().size()
        + " removed";
  }

  private static long count(MergePlan plan, Change change) {
    return plan.entries().stream().filter(entry -> entry.change() == change).count();
  }

  private static @Nullable String reasonOfReady(@Nullable CertMergeStatus status) {
    return notReady(status).map(Condition::getReason).orElse(null);
  }

  private static @Nullable String messageOfReady(@Nullable CertMergeStatus status) {
    return notReady(status).map(Condition::getMessage).orElse(null);
  }

  private static Optional<Condition> notReady(@Nullable CertMergeStatus status) {
    return status == null || status.conditions() == null
        ? Optional.empty()
        : status.conditions().stream()
            .filter(condition -> StatusFactory.READY.equals(condition.getType()))
            .filter(condition -> "False".equals(condition.getStatus()))
            .findFirst();
  }
}
