package net.lecentre.certmerge.operator.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.status.Outcome;
import net.lecentre.certmerge.operator.status.StatusFactory;
import net.lecentre.certmerge.operator.targets.Decision;
import net.lecentre.certmerge.operator.targets.TargetWrite;
import org.jspecify.annotations.Nullable;

/**
 * What {@code plan} prints.
 *
 * @param certmerges one for each CertMerge, by name
 */
public record PlanReport(List<Merge> certmerges) {
  /** Copies the list. */
  public PlanReport {
    certmerges = List.copyOf(certmerges);
  }

  /** Whether every source of every CertMerge would be merged. */
  public boolean healthy() {
    return certmerges.stream()
        .allMatch(
            merge ->
                merge.ready()
                    && merge.entries().stream().noneMatch(entry -> entry.reason() != null));
  }

  /** What becomes of an entry. */
  public enum Change {
    /** The key is new. */
    ADDED("added"),
    /** The key gets what its source holds now. */
    CHANGED("changed"),
    /** The key has that already. */
    UNCHANGED("unchanged"),
    /** An earlier good pair of its source stays. */
    KEPT("kept"),
    /** The key leaves. */
    REMOVED("removed"),
    /** Nothing of the source is merged. */
    EXCLUDED("excluded");

    private final String text;

    Change(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * A CertMerge.
   *
   * @param certMerge its namespace and name
   * @param target namespace and name of its target; null when the spec does not tell
   * @param ready whether it would be Ready
   * @param reason the reason that its condition would have
   * @param message the message of that
   * @param writes the Secrets that would be written
   * @param deletes the Secrets that would be deleted
   * @param entries what becomes of each entry
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Merge(
      String certMerge,
      @Nullable String target,
      boolean ready,
      String reason,
      String message,
      List<String> writes,
      List<String> deletes,
      List<Entry> entries) {
    /** Copies the lists. */
    public Merge {
      writes = List.copyOf(writes);
      deletes = List.copyOf(deletes);
      entries = List.copyOf(entries);
    }

    /** What a decision comes to. */
    public static Merge of(
        CertMerge certMerge, Optional<ObjectName> target, Decision decision, Instant now) {
      Condition ready =
          Objects.requireNonNull(StatusFactory.of(certMerge, outcome(decision), now).conditions())
              .stream()
              .filter(condition -> StatusFactory.READY.equals(condition.getType()))
              .findFirst()
              .orElseThrow();
      return new Merge(
          ObjectName.of(certMerge).toString(),
          target.map(ObjectName::toString).orElse(null),
          "True".equals(ready.getStatus()),
          ready.getReason(),
          ready.getMessage(),
          decision instanceof Decision.Write write ? written(write) : List.of(),
          decision instanceof Decision.Write write
              ? write.left().stream().map(ObjectName::toString).toList()
              : List.of(),
          plan(decision).map(Merge::entries).orElse(List.of()));
    }

    private static Outcome outcome(Decision decision) {
      return decision instanceof Decision.Write write
          ? new Outcome.Merged(write.plan(), write.version(), write.changes(), Map.of())
          : refused((Decision.Refuse) decision);
    }

    private static Outcome refused(Decision.Refuse refuse) {
      return new Outcome.Refused(refuse.reason(), refuse.message(), refuse.plan());
    }

    private static List<String> written(Decision.Write write) {
      return write.steps().stream()
          .filter(step -> !(step.write() instanceof TargetWrite.Nothing))
          .map(step -> step.target().toString())
          .toList();
    }

    private static Optional<MergePlan> plan(Decision decision) {
      return decision instanceof Decision.Write write
          ? Optional.of(write.plan())
          : ((Decision.Refuse) decision).plan();
    }

    private static List<Entry> entries(MergePlan plan) {
      List<Entry> entries = new ArrayList<>();
      plan.entries().forEach(entry -> entries.add(Entry.of(entry)));
      plan.removed().forEach(removed -> entries.add(Entry.of(removed)));
      return entries;
    }

    /** How many entries there are of each change. */
    Map<Change, Long> counts() {
      return entries.stream().collect(Collectors.groupingBy(Entry::change, Collectors.counting()));
    }
  }

  /**
   * What becomes of an entry.
   *
   * @param key the key in the target
   * @param source the source's namespace and name
   * @param change what becomes of it
   * @param reason why its source is not merged; null when it is
   * @param message what is wrong and what to do; null when nothing is
   * @param notAfter when what would be written expires; null when nothing would, as what follows
   * @param dnsNames the DNS names of that
   * @param sha256 the digest of the leaf's DER
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Entry(
      String key,
      String source,
      Change change,
      @Nullable String reason,
      @Nullable String message,
      @Nullable String notAfter,
      @Nullable List<String> dnsNames,
      @Nullable String sha256) {
    private static Entry of(MergePlan.Entry entry) {
      Optional<TlsPair> pair = entry.pair();
      return new Entry(
          entry.key(),
          entry.source(),
          change(entry),
          entry.problem().map(MergePlan.Problem::reason).orElse(null),
          entry.problem().map(MergePlan.Problem::message).orElse(null),
          pair.map(it -> it.leaf().notAfter().toString()).orElse(null),
          pair.map(it -> it.leaf().dnsNames()).orElse(null),
          pair.map(it -> it.leaf().sha256()).orElse(null));
    }

    private static Entry of(MergePlan.Removed removed) {
      return new Entry(
          removed.key(), removed.source(), Change.REMOVED, null, null, null, null, null);
    }

    private static Change change(MergePlan.Entry entry) {
      return switch (entry.state()) {
        case KEPT -> Change.KEPT;
        case EXCLUDED -> Change.EXCLUDED;
        case MERGED ->
            switch (entry.change()) {
              case ADDED -> Change.ADDED;
              case CHANGED -> Change.CHANGED;
              case UNCHANGED, NONE -> Change.UNCHANGED;
            };
      };
    }
  }
}
