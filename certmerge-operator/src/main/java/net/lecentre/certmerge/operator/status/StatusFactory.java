package net.lecentre.certmerge.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.MergePlan.State;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.operator.api.CertMergeStatus.Counts;
import net.lecentre.certmerge.operator.api.CertMergeStatus.Entry;
import org.jspecify.annotations.Nullable;

/** Makes a status of how a reconciliation ended. */
public final class StatusFactory {
  /** The condition that the target is as the CertMerge asks for. */
  public static final String READY = "Ready";

  /** The condition that every source is in it. */
  public static final String SOURCES_HEALTHY = "SourcesHealthy";

  /** The reason of {@link #READY} while a removal is held back. */
  static final String REMOVAL_HELD = "RemovalHeld";

  private static final int MOST_ENTRIES = 200;
  private static final int MOST_NAMED = 5;
  private static final int LONGEST_MESSAGE = 1024;

  /**
   * All names of all entries: etcd takes an object of 1.5 MiB, and a leaf may have 10,000 names.
   */
  private static final int MOST_NAME_CHARACTERS = 200_000;

  private static final int MOST_NAMES = 100;

  private static final Comparator<Entry> PROBLEMS_FIRST =
      Comparator.comparing((Entry entry) -> text(State.MERGED).equals(entry.state()))
          .thenComparing(Entry::key)
          .thenComparing(Entry::source);

  private final CertMerge certMerge;
  private final @Nullable CertMergeStatus before;
  private final String now;

  private StatusFactory(CertMerge certMerge, @Nullable CertMergeStatus before, Instant now) {
    this.certMerge = certMerge;
    this.before = before;
    this.now = time(now);
  }

  /** The status of a CertMerge, given its present one. */
  public static CertMergeStatus of(CertMerge certMerge, Outcome outcome, Instant now) {
    return of(certMerge, certMerge.getStatus(), outcome, now);
  }

  /**
   * The status of a CertMerge, given the one before.
   *
   * @param before the one before, null if there was none
   */
  public static CertMergeStatus of(
      CertMerge certMerge, @Nullable CertMergeStatus before, Outcome outcome, Instant now) {
    StatusFactory factory = new StatusFactory(certMerge, before, now);
    if (outcome instanceof Outcome.Merged merged) {
      return factory.merged(merged);
    }
    return factory.refused((Outcome.Refused) outcome);
  }

  private CertMergeStatus merged(Outcome.Merged outcome) {
    MergePlan plan = outcome.plan();
    boolean empty = plan.written().findAny().isEmpty();
    Condition ready =
        plan.held()
            .map(held -> condition(READY, false, REMOVAL_HELD, heldBack(held)))
            .orElseGet(
                () ->
                    empty
                        ? condition(READY, false, "NoSources", noSources(plan))
                        : condition(READY, true, "Merged", counted(plan) + " in " + target()));
    boolean sameVersion = before != null && outcome.version().equals(before.version());
    return new CertMergeStatus(
        certMerge.getMetadata().getGeneration(),
        List.of(ready, healthy(plan)),
        counts(plan),
        plan.nextExpiry().map(StatusFactory::time).orElse(null),
        entries(plan),
        plan.held().isEmpty(),
        outcome.version(),
        items(plan),
        outcome.written() || !sameVersion ? now : before == null ? now : before.updatedTimestamp());
  }

  /** What the target holds is what it held before, so its part of the status stays. */
  private CertMergeStatus refused(Outcome.Refused outcome) {
    Optional<MergePlan> plan = outcome.plan();
    Condition ready = condition(READY, false, outcome.reason(), outcome.message());
    return new CertMergeStatus(
        certMerge.getMetadata().getGeneration(),
        plan.map(this::healthy)
            .or(() -> earlier(SOURCES_HEALTHY))
            .map(healthy -> List.of(ready, healthy))
            .orElse(List.of(ready)),
        plan.map(StatusFactory::counts).orElse(before == null ? null : before.counts()),
        before == null ? null : before.nextExpiry(),
        plan.map(this::entries).orElse(before == null ? null : before.entries()),
        false,
        before == null ? null : before.version(),
        before == null ? null : before.items(),
        before == null ? null : before.updatedTimestamp());
  }

  private Optional<Condition> earlier(String type) {
    return before == null || before.conditions() == null
        ? Optional.empty()
        : before.conditions().stream().filter(one -> type.equals(one.getType())).findFirst();
  }

  /** What is held back, and how to let it go, in no more room than a condition has. */
  static String heldBack(MergePlan.Held held) {
    List<MergePlan.Removed> removals = held.removals();
    String keys =
        removals.stream()
            .limit(MOST_NAMED)
            .map(MergePlan.Removed::key)
            .collect(Collectors.joining(", "));
    // The keys come last: they may be so long that the message is cut.
    return cut(
        "%d %s would leave the target at once, more than spec.maxRemovals allows; all stay. "
                .formatted(removals.size(), removals.size() == 1 ? "entry" : "entries")
            + "To let them go, annotate the CertMerge with "
            + CertMerge.RELEASE_ANNOTATION
            + "="
            + held.id()
            + " ("
            + keys
            + (removals.size() > MOST_NAMED ? ", …)" : ")"));
  }

  private String target() {
    String namespace =
        Objects.requireNonNullElse(
            certMerge.getSpec().namespace(), certMerge.getMetadata().getNamespace());
    return "Secret " + namespace + "/" + certMerge.getSpec().name();
  }

  private static String counted(MergePlan plan) {
    long written = plan.written().count();
    return written + (written == 1 ? " certificate" : " certificates");
  }

  private static String noSources(MergePlan plan) {
    return plan.entries().isEmpty()
        ? "no source: spec.secretlist is empty and no TLS Secret matches spec.selector"
        : "none of the " + plan.entries().size() + " sources has a pair that can be merged";
  }

  private Condition healthy(MergePlan plan) {
    List<MergePlan.Entry> excluded = inState(plan, State.EXCLUDED);
    List<MergePlan.Entry> kept = inState(plan, State.KEPT);
    List<MergePlan.Entry> expiring =
        plan.entries().stream()
            .filter(
                entry ->
                    entry.findings().stream()
                        .anyMatch(finding -> finding.code() == Code.EXPIRING_SOON))
            .toList();
    if (!excluded.isEmpty()) {
      List<MergePlan.Entry> all = Stream.concat(excluded.stream(), kept.stream()).toList();
      return condition(SOURCES_HEALTHY, false, "SourcesExcluded", named(plan, all));
    }
    if (!kept.isEmpty()) {
      return condition(SOURCES_HEALTHY, false, "SourcesKept", named(plan, kept));
    }
    if (!expiring.isEmpty()) {
      return condition(SOURCES_HEALTHY, false, "ExpiringSoon", named(plan, expiring));
    }
    return condition(SOURCES_HEALTHY, true, "AllMerged", counted(plan) + " merged");
  }

  private static List<MergePlan.Entry> inState(MergePlan plan, State state) {
    return plan.entries().stream().filter(entry -> entry.state() == state).toList();
  }

  private static String named(MergePlan plan, List<MergePlan.Entry> some) {
    StringBuilder text = new StringBuilder();
    text.append(some.size()).append(" of ").append(plan.entries().size()).append(": ");
    some.stream()
        .limit(MOST_NAMED)
        .forEach(
            entry ->
                text.append(entry.source())
                    .append(' ')
                    .append(
                        entry
                            .problem()
                            .map(problem -> problem.reason() + " (" + problem.message() + ")")
                            .orElseGet(() -> expiry(entry)))
                    .append("; "));
    if (some.size() > MOST_NAMED) {
      text.append("and ").append(some.size() - MOST_NAMED).append(" more; ");
    }
    text.setLength(text.length() - "; ".length());
    return text.toString();
  }

  private static String expiry(MergePlan.Entry entry) {
    return entry
        .pair()
        .map(pair -> "expires " + time(pair.leaf().notAfter()))
        .orElse("expires soon");
  }

  private static Counts counts(MergePlan plan) {
    int kept = inState(plan, State.KEPT).size();
    int excluded = inState(plan, State.EXCLUDED).size();
    return new Counts(
        plan.entries().size(),
        inState(plan, State.MERGED).size(),
        kept,
        excluded,
        kept + excluded,
        plan.bytes());
  }

  private static List<String> items(MergePlan plan) {
    return plan.written().map(MergePlan.Entry::source).limit(MOST_ENTRIES).toList();
  }

  private List<Entry> entries(MergePlan plan) {
    List<Entry> entries =
        plan.entries().stream()
            .map(this::entry)
            .sorted(PROBLEMS_FIRST)
            .limit(MOST_ENTRIES)
            .toList();
    int left = MOST_NAME_CHARACTERS;
    List<Entry> fitting = new ArrayList<>();
    for (Entry entry : entries) {
      List<String> names = new ArrayList<>();
      for (String name : entry.dnsNames() == null ? List.<String>of() : entry.dnsNames()) {
        if (names.size() < MOST_NAMES && name.length() <= left) {
          names.add(name);
          left -= name.length();
        }
      }
      fitting.add(entry.dnsNames() == null ? entry : entry.withDnsNames(names));
    }
    return fitting;
  }

  /** Whether problems alone fill a status, so that there may be more of them. */
  static boolean leavesProblemsOut(CertMergeStatus status) {
    return status.entries() != null
        && status.entries().size() == MOST_ENTRIES
        && !text(State.MERGED).equals(status.entries().get(MOST_ENTRIES - 1).state());
  }

  private Entry entry(MergePlan.Entry entry) {
    String reason = entry.problem().map(MergePlan.Problem::reason).orElse(null);
    return new Entry(
        entry.key(),
        entry.source(),
        text(entry.state()),
        reason,
        entry.problem().map(problem -> cut(problem.message())).orElse(null),
        entry.pair().map(pair -> time(pair.leaf().notAfter())).orElse(null),
        entry.pair().map(pair -> pair.leaf().dnsNames()).orElse(null),
        entry.pair().map(pair -> pair.leaf().sha256()).orElse(null),
        reason == null ? null : since(entry, reason));
  }

  private String since(MergePlan.Entry entry, String reason) {
    if (before == null || before.entries() == null) {
      return now;
    }
    return before.entries().stream()
        .filter(
            earlier ->
                earlier.key().equals(entry.key())
                    && earlier.source().equals(entry.source())
                    && earlier.state().equals(text(entry.state()))
                    && reason.equals(earlier.reason()))
        .map(earlier -> Objects.requireNonNullElse(earlier.since(), now))
        .findFirst()
        .orElse(now);
  }

  private Condition condition(String type, boolean status, String reason, String message) {
    String value = status ? "True" : "False";
    String since =
        earlier(type)
            .filter(earlier -> value.equals(earlier.getStatus()))
            .map(Condition::getLastTransitionTime)
            .orElse(now);
    return new ConditionBuilder()
        .withType(type)
        .withStatus(value)
        .withReason(reason)
        .withMessage(cut(message))
        .withObservedGeneration(certMerge.getMetadata().getGeneration())
        .withLastTransitionTime(since)
        .build();
  }

  /** The state as the API shows it. */
  static String text(State state) {
    return switch (state) {
      case MERGED -> "Merged";
      case KEPT -> "Kept";
      case EXCLUDED -> "Excluded";
    };
  }

  private static String cut(String message) {
    return message.length() <= LONGEST_MESSAGE
        ? message
        : message.substring(0, LONGEST_MESSAGE - 1) + "…";
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
