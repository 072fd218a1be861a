package net.lecentre.certmerge.operator;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeSpec;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.logs.Redaction;
import net.lecentre.certmerge.operator.metrics.MergeMetrics;
import net.lecentre.certmerge.operator.pods.PodRefresher;
import net.lecentre.certmerge.operator.spec.MergeSpec;
import net.lecentre.certmerge.operator.spec.SpecMemory;
import net.lecentre.certmerge.operator.spec.SpecReading;
import net.lecentre.certmerge.operator.status.Announcement;
import net.lecentre.certmerge.operator.status.EventLog;
import net.lecentre.certmerge.operator.status.Outcome;
import net.lecentre.certmerge.operator.status.StatusFactory;
import net.lecentre.certmerge.operator.targets.Corrections;
import net.lecentre.certmerge.operator.targets.Decision;
import net.lecentre.certmerge.operator.targets.TargetStore;
import net.lecentre.certmerge.operator.targets.TargetWrite;
import net.lecentre.certmerge.operator.watch.Departures;
import net.lecentre.certmerge.operator.watch.Interests;
import net.lecentre.certmerge.operator.watch.SourceWatch;
import net.lecentre.certmerge.operator.watch.TargetWatch;
import org.jspecify.annotations.Nullable;

/** Keeps the target of a CertMerge: reads, lets the pure functions decide, and applies. */
@ControllerConfiguration(name = "certmerge", triggerReconcilerOnAllEvents = true)
final class CertMergeReconciler implements Reconciler<CertMerge> {
  /** Holds a CertMerge back until its target in another namespace is deleted. */
  static final String FINALIZER = "certmerge.lecentre.net/target";

  /** When the API server has taken the targets of a burst, it has time for what is told of them. */
  private static final Duration TOLD_LATER = Duration.ofSeconds(2);

  /** What is in the way may go away without an event that reaches us. */
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  /** An index of the CertMerges by the Secrets that their targets may consist of. */
  private static final String TARGET = "target";

  /** The value of those whose spec makes no sense. */
  private static final String UNREADABLE = "";

  private static final Set<String> NO_TLS_SECRET =
      Stream.of(Offer.Reason.NOT_FOUND, Offer.Reason.NOT_TLS, Offer.Reason.MANAGED)
          .map(Offer.Reason::text)
          .collect(Collectors.toUnmodifiableSet());

  private static final int CONFLICT = 409;

  private final Planner planner;
  private final SpecMemory specs;
  private final Duration resync;
  private final Interests interests;
  private final List<EventSource<?, CertMerge>> eventSources;
  private final SourceWatch sources;
  private final TargetWatch targets;
  private final TargetStore store;
  private final Corrections corrections = new Corrections();
  private final EventLog events;
  private final MergeMetrics metrics;
  private final PodRefresher pods;
  private final Bursts bursts;
  private final InstantSource clock;
  private final Map<ObjectName, Untold> untold = new ConcurrentHashMap<>();
  private volatile Supplier<Stream<CertMerge>> known = Stream::empty;

  CertMergeReconciler(
      Planner planner,
      SpecMemory specs,
      Duration resync,
      Interests interests,
      List<EventSource<?, CertMerge>> eventSources,
      SourceWatch sources,
      TargetWatch targets,
      TargetStore store,
      EventLog events,
      MergeMetrics metrics,
      PodRefresher pods,
      Bursts bursts,
      InstantSource clock) {
    this.planner = planner;
    this.specs = specs;
    this.eventSources = List.copyOf(eventSources);
    this.resync = resync;
    this.interests = interests;
    this.sources = sources;
    this.targets = targets;
    this.store = store;
    this.events = events;
    this.metrics = metrics;
    this.pods = pods;
    this.bursts = bursts;
    this.clock = clock;
  }

  /** What was written at the end of a burst, and is told of in the next round. */
  private record Untold(Outcome outcome, Instant at) {}

  @Override
  public List<EventSource<?, CertMerge>> prepareEventSources(
      EventSourceContext<CertMerge> context) {
    known = () -> context.getPrimaryCache().list();
    context.getPrimaryCache().addIndexer(TARGET, CertMergeReconciler::targetsOf);
    return Stream.concat(eventSources.stream(), Stream.of(new Departures(this::forget))).toList();
  }

  private static List<String> targetsOf(CertMerge certMerge) {
    return SpecReading.of(certMerge) instanceof SpecReading.Valid valid
        ? valid.spec().targets().stream().map(ObjectName::toString).toList()
        : List.of(UNREADABLE);
  }

  /** The CertMerges that may want a Secret: of what cannot be read nobody knows. */
  private static Stream<CertMerge> wanting(ObjectName target, Context<CertMerge> context) {
    return Stream.of(target.toString(), UNREADABLE)
        .flatMap(value -> context.getPrimaryCache().byIndex(TARGET, value).stream());
  }

  /** Every CertMerge, as the watch last saw it; also on a replica that waits for the Lease. */
  Stream<CertMerge> certMerges() {
    return known.get();
  }

  /** Whether an update of a CertMerge is one of what it asks for, and not our own of its status. */
  static boolean concerns(CertMerge now, CertMerge before) {
    return !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || now.isMarkedForDeletion() != before.isMarkedForDeletion()
        || !now.released().equals(before.released());
  }

  @Override
  public UpdateControl<CertMerge> reconcile(CertMerge certMerge, Context<CertMerge> context) {
    ObjectName name = ObjectName.of(certMerge);
    if (context.isPrimaryResourceDeleted()) {
      forget(name);
      again(name, context).ifPresent(sources::raise);
      return UpdateControl.noUpdate();
    }
    if (certMerge.isMarkedForDeletion()) {
      forget(name);
      release(certMerge, context);
      return UpdateControl.noUpdate();
    }
    Instant now = clock.instant();
    SpecReading reading = specs.read(certMerge);
    if (reading instanceof SpecReading.Invalid invalid) {
      refused(name, "refused");
      Outcome outcome = new Outcome.Refused("InvalidSpec", invalid.message(), Optional.empty());
      return report(certMerge, outcome, context, now);
    }
    MergeSpec spec = ((SpecReading.Valid) reading).spec();
    Optional<Instant> seen = interests.note(spec);
    Outcome outcome = merge(certMerge, spec, context, now);
    if (outcome instanceof Outcome.Merged merged) {
      interests.hold(name, ofOthers(name, merged.plan()));
    }
    measure(spec, outcome, seen);
    return report(certMerge, outcome, context, now);
  }

  /**
   * The CertMerge that was made anew while the deletion of the one before was on its way. The SDK
   * drops the event of its creation together with what it knew of the old one.
   */
  private static Optional<CertMerge> again(ObjectName name, Context<CertMerge> context) {
    return latest(name, context).filter(certMerge -> !certMerge.isMarkedForDeletion());
  }

  private static Optional<CertMerge> latest(ObjectName name, Context<CertMerge> context) {
    return context.getPrimaryCache().get(new ResourceID(name.name(), name.namespace()));
  }

  private Outcome merge(
      CertMerge certMerge, MergeSpec spec, Context<CertMerge> context, Instant now) {
    try {
      return decideAndApply(certMerge, spec, context, now);
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        throw e;
      }
      // Somebody changed the target since it was read. Read it again, at once.
      return decideAndApply(certMerge, spec, context, now);
    }
  }

  private Outcome decideAndApply(
      CertMerge certMerge, MergeSpec spec, Context<CertMerge> context, Instant now) {
    Decision decision =
        interests.undisturbed(
            spec.certMerge(),
            () -> planner.plan(certMerge, spec, target -> wanting(target, context), now));
    if (decision instanceof Decision.Refuse refuse) {
      return new Outcome.Refused(refuse.reason(), refuse.message(), refuse.plan());
    }
    Decision.Write write = (Decision.Write) decision;
    String manager = TargetWrite.manager(certMerge);
    String news = store.news(write.steps().stream().map(Decision.Step::target).toList());
    Optional<Instant> notBefore =
        corrections.notBefore(spec.certMerge(), write.version(), news, now);
    if (write.changes() && notBefore.isPresent()) {
      return new Outcome.Refused(
          "TargetConflict",
          contested(spec.target(), notBefore.get()),
          Optional.of(write.plan()),
          notBefore);
    }
    boolean cleansUp = spec.targetIsElsewhere() && !spec.retain();
    if (cleansUp && !certMerge.hasFinalizer(FINALIZER)) {
      context.resourceOperations().addFinalizer(FINALIZER);
    }
    write.steps().forEach(step -> store.write(step.write(), step.pairs(), manager));
    if (write.changes()) {
      corrections.wrote(spec.certMerge(), write.version(), news, now);
      pods.refresh(certMerge, spec, write.version());
    }
    write.left().forEach(name -> store.delete(name, spec.certMerge(), manager));
    if (!cleansUp && certMerge.hasFinalizer(FINALIZER)) {
      context.resourceOperations().removeFinalizer(FINALIZER);
    }
    Map<ObjectName, Integer> bytes =
        write.steps().stream()
            .collect(Collectors.toMap(Decision.Step::target, Decision.Step::bytes));
    return new Outcome.Merged(write.plan(), write.version(), write.changes(), bytes);
  }

  private static String contested(ObjectName target, Instant until) {
    return "somebody else changes Secret "
        + target
        + " again and again; find out who (kubectl get secret --show-managed-fields) and stop it."
        + " It is put right again at "
        + until.truncatedTo(ChronoUnit.SECONDS)
        + ", and at once when a source changes";
  }

  private void release(CertMerge certMerge, Context<CertMerge> context) {
    if (!certMerge.hasFinalizer(FINALIZER)) {
      return;
    }
    // What is told of deletion counts even where the rest of the spec makes no sense.
    boolean retain = certMerge.getSpec().deletionPolicy() == CertMergeSpec.DeletionPolicy.RETAIN;
    if (!retain) {
      ObjectName name = ObjectName.of(certMerge);
      String manager = TargetWrite.manager(certMerge);
      Stream<ObjectName> named =
          SpecReading.of(certMerge) instanceof SpecReading.Valid valid
              ? valid.spec().targets().stream().limit(1)
              : Stream.empty();
      Stream.concat(named, targets.writtenFor(name, manager))
          .distinct()
          .toList()
          .forEach(target -> store.delete(target, name, manager));
    }
    context.resourceOperations().removeFinalizer(FINALIZER);
  }

  private void forget(ObjectName certMerge) {
    interests.forget(certMerge);
    specs.forget(certMerge);
    pods.forget(certMerge);
    metrics.forget(certMerge);
    corrections.forget(certMerge);
    untold.remove(certMerge);
  }

  /** Whose pairs are held by the consent of another namespace. */
  private static Set<ObjectName> ofOthers(ObjectName certMerge, MergePlan plan) {
    return plan.written()
        .flatMap(entry -> ObjectName.read(entry.source()).stream())
        .filter(source -> !source.namespace().equals(certMerge.namespace()))
        .collect(Collectors.toSet());
  }

  private void measure(MergeSpec spec, Outcome outcome, Optional<Instant> seen) {
    if (outcome instanceof Outcome.Merged merged) {
      metrics.merged(spec.certMerge(), merged.bytes(), merged.plan());
      metrics.count(spec.certMerge(), merged.written() ? "written" : "unchanged");
      if (merged.written()) {
        seen.ifPresent(instant -> metrics.took(Duration.between(instant, clock.instant())));
      }
    } else {
      refused(spec.certMerge(), "refused");
    }
  }

  private void refused(ObjectName certMerge, String result) {
    metrics.refused(certMerge);
    metrics.count(certMerge, result);
  }

  private UpdateControl<CertMerge> report(
      CertMerge certMerge, Outcome outcome, Context<CertMerge> context, Instant now) {
    if (latest(ObjectName.of(certMerge), context).isEmpty()) {
      // Gone meanwhile: nobody else would forget what was just noted.
      forget(ObjectName.of(certMerge));
      return UpdateControl.noUpdate();
    }
    if (isToldLater(outcome, now)
        && untold.putIfAbsent(ObjectName.of(certMerge), new Untold(outcome, now)) == null) {
      return UpdateControl.<CertMerge>noUpdate().rescheduleAfter(TOLD_LATER);
    }
    told(certMerge, outcome, now)
        .ifPresent(status -> context.resourceOperations().serverSideApplyPrimaryStatus(status));
    Duration next =
        changedMeanwhile(certMerge, context) ? Duration.ZERO : nextLook(outcome, now, resync);
    return UpdateControl.<CertMerge>noUpdate().rescheduleAfter(next);
  }

  /**
   * Status and event take twice as long to write as the target. Where many targets wait to be
   * written, they come after them: a renewed certificate is worth more than the news of it.
   */
  private boolean isToldLater(Outcome outcome, Instant now) {
    return outcome instanceof Outcome.Merged merged && merged.written() && bursts.isEnding(now);
  }

  /**
   * Whether the CertMerge asks for something else by now. The SDK drops the event that told so if a
   * write of our own, of the status or a finalizer, came after the change.
   */
  private static boolean changedMeanwhile(CertMerge certMerge, Context<CertMerge> context) {
    return latest(ObjectName.of(certMerge), context)
        .filter(latest -> concerns(latest, certMerge))
        .isPresent();
  }

  /** Writes the events; the status to write, if it is another one than now. */
  private Optional<CertMerge> told(CertMerge certMerge, Outcome outcome, Instant now) {
    CertMergeStatus before = certMerge.getStatus();
    Untold earlier = untold.remove(ObjectName.of(certMerge));
    CertMergeStatus meanwhile =
        earlier == null ? before : told(certMerge, before, earlier.outcome(), earlier.at());
    CertMergeStatus status = told(certMerge, meanwhile, outcome, now);
    return status.equals(before) ? Optional.empty() : Optional.of(withStatus(certMerge, status));
  }

  /** Writes the events of an outcome; the status after it, given the one before it. */
  private CertMergeStatus told(
      CertMerge certMerge, @Nullable CertMergeStatus before, Outcome outcome, Instant at) {
    Announcement.of(before, outcome)
        .forEach(announcement -> events.tell(certMerge, announcement, at));
    return StatusFactory.of(certMerge, before, outcome, at);
  }

  /** When to look again without a cause; the SDK's own interval gives way to any other one. */
  static Duration nextLook(Outcome outcome, Instant now, Duration resync) {
    Duration soon = LOOK_AGAIN.compareTo(resync) < 0 ? LOOK_AGAIN : resync;
    if (outcome instanceof Outcome.Merged merged) {
      Duration latest = misses(merged.plan()) ? soon : resync;
      return merged
          .plan()
          .nextChange()
          .map(instant -> Duration.between(now, instant))
          .filter(due -> due.compareTo(latest) < 0)
          .orElse(latest);
    }
    return ((Outcome.Refused) outcome)
        .until()
        .map(instant -> Duration.between(now, instant))
        .filter(due -> due.compareTo(soon) < 0)
        .orElse(soon);
  }

  /** Whether a source is no TLS Secret: of other ones no event reaches us. */
  private static boolean misses(MergePlan plan) {
    return plan.entries().stream()
        .flatMap(entry -> entry.problem().stream())
        .anyMatch(problem -> NO_TLS_SECRET.contains(problem.reason()));
  }

  /** An API error removes nothing and is tried again for ever; meanwhile the status tells. */
  @Override
  public ErrorStatusUpdateControl<CertMerge> updateErrorStatus(
      CertMerge certMerge, Context<CertMerge> context, Exception failure) {
    boolean cameTooLate =
        failure instanceof KubernetesClientException client && client.getCode() == CONFLICT;
    if (latest(ObjectName.of(certMerge), context).isEmpty()) {
      forget(ObjectName.of(certMerge));
    }
    boolean gone = again(ObjectName.of(certMerge), context).isEmpty();
    if (cameTooLate || gone) {
      return ErrorStatusUpdateControl.noStatusUpdate();
    }
    Instant now = clock.instant();
    Outcome outcome = new Outcome.Refused("ApiError", said(failure), Optional.empty());
    refused(ObjectName.of(certMerge), "error");
    return told(certMerge, outcome, now)
        .map(ErrorStatusUpdateControl::patchStatus)
        .orElseGet(ErrorStatusUpdateControl::noStatusUpdate);
  }

  /** What the API server said, or we found, without the request, which may hold keys. */
  private static String said(Exception failure) {
    if (failure instanceof KubernetesClientException client) {
      String message =
          client.getStatus() != null
              ? client.getStatus().getMessage()
              : client.getCause() == null ? client.getMessage() : null;
      if (message != null) {
        return Redaction.of(message) + "; tried again until it works";
      }
    }
    return failure.getClass().getSimpleName() + " while talking to the API server; see the log";
  }

  private static CertMerge withStatus(CertMerge certMerge, CertMergeStatus status) {
    CertMerge patch = new CertMerge();
    patch.getMetadata().setNamespace(certMerge.getMetadata().getNamespace());
    patch.getMetadata().setName(certMerge.getMetadata().getName());
    patch.setStatus(status);
    return patch;
  }
}
