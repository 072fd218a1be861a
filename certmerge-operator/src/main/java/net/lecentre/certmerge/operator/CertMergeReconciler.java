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
import java.util.List;
import java.util.Optional;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Merge;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.core.merge.Policy;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.metrics.MergeMetrics;
import net.lecentre.certmerge.operator.pods.PodRefresher;
import net.lecentre.certmerge.operator.sources.Offers;
import net.lecentre.certmerge.operator.spec.MergeSpec;
import net.lecentre.certmerge.operator.spec.SpecReading;
import net.lecentre.certmerge.operator.status.Announcement;
import net.lecentre.certmerge.operator.status.EventLog;
import net.lecentre.certmerge.operator.status.Outcome;
import net.lecentre.certmerge.operator.status.StatusFactory;
import net.lecentre.certmerge.operator.targets.LastGood;
import net.lecentre.certmerge.operator.targets.Ownership;
import net.lecentre.certmerge.operator.targets.Rivals;
import net.lecentre.certmerge.operator.targets.TargetStore;
import net.lecentre.certmerge.operator.targets.TargetWrite;
import net.lecentre.certmerge.operator.watch.Interests;
import net.lecentre.certmerge.operator.watch.SourceWatch;
import net.lecentre.certmerge.operator.watch.TargetWatch;

/** Keeps the target of a CertMerge: reads, lets the pure functions decide, and applies. */
@ControllerConfiguration(name = "certmerge", triggerReconcilerOnAllEvents = true)
final class CertMergeReconciler implements Reconciler<CertMerge> {
  /** Holds a CertMerge back until its target in another namespace is deleted. */
  static final String FINALIZER = "certmerge.lecentre.net/target";

  /** What is in the way may go away without an event that reaches us. */
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  private static final int CONFLICT = 409;

  private final Consent consent;
  private final Duration expiryWarning;
  private final Duration resync;
  private final Interests interests;
  private final SourceWatch sources;
  private final TargetWatch targets;
  private final TargetStore store;
  private final EventLog events;
  private final MergeMetrics metrics;
  private final PodRefresher pods;
  private final InstantSource clock;

  CertMergeReconciler(
      Consent consent,
      Duration expiryWarning,
      Duration resync,
      Interests interests,
      SourceWatch sources,
      TargetWatch targets,
      TargetStore store,
      EventLog events,
      MergeMetrics metrics,
      PodRefresher pods,
      InstantSource clock) {
    this.consent = consent;
    this.expiryWarning = expiryWarning;
    this.resync = resync;
    this.interests = interests;
    this.sources = sources;
    this.targets = targets;
    this.store = store;
    this.events = events;
    this.metrics = metrics;
    this.pods = pods;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, CertMerge>> prepareEventSources(
      EventSourceContext<CertMerge> context) {
    return List.of(sources, targets);
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
    SpecReading reading = SpecReading.of(certMerge);
    if (reading instanceof SpecReading.Invalid invalid) {
      refused(name, "refused");
      return report(
          certMerge, new Outcome.Refused("InvalidSpec", invalid.message(), Optional.empty()), now);
    }
    MergeSpec spec = ((SpecReading.Valid) reading).spec();
    Optional<Instant> seen = interests.note(spec);
    Outcome outcome = merge(certMerge, spec, context, now);
    measure(spec, outcome, seen);
    return report(certMerge, outcome, now);
  }

  /**
   * The CertMerge that was made anew while the deletion of the one before was on its way. The SDK
   * drops the event of its creation together with what it knew of the old one.
   */
  private static Optional<CertMerge> again(ObjectName name, Context<CertMerge> context) {
    return context
        .getPrimaryCache()
        .get(new ResourceID(name.name(), name.namespace()))
        .filter(certMerge -> !certMerge.isMarkedForDeletion());
  }

  private Outcome merge(
      CertMerge certMerge, MergeSpec spec, Context<CertMerge> context, Instant now) {
    ObjectName name = spec.certMerge();
    if (!consent.covers(spec.target().namespace())) {
      String message = Consent.notCovered(spec.target().namespace());
      return new Outcome.Refused("NotAllowed", message, Optional.empty());
    }
    if (!consent.allowsTarget(name.namespace(), spec.target())) {
      String message = Consent.howToAllowTarget(name.namespace(), spec.target());
      return new Outcome.Refused("NotAllowed", message, Optional.empty());
    }
    List<Offer> offers = Offers.of(spec, sources, consent);
    Policy policy = spec.policy().withExpiryWarning(expiryWarning);
    Rivals rivals = Rivals.of(certMerge, spec, context.getPrimaryCache().list(), consent);
    Ownership ownership = Ownership.of(spec, store.read(spec.target()), rivals);
    if (ownership instanceof Ownership.Refused refused) {
      return new Outcome.Refused(refused.reason(), refused.message(), Optional.empty());
    }
    Current current =
        ownership instanceof Ownership.Ours ours
            ? LastGood.of(ours.secret(), offers)
            : Current.none();
    MergePlan plan = Merge.plan(offers, current, policy, now);
    if (plan.tooLarge()) {
      return new Outcome.Refused("TargetTooLarge", tooLarge(plan, policy), Optional.of(plan));
    }
    TargetWrite write =
        ownership instanceof Ownership.Ours ours
            ? TargetWrite.change(certMerge, spec, plan, ours.secret())
            : TargetWrite.create(certMerge, spec, plan);
    if (spec.targetIsElsewhere() && !certMerge.hasFinalizer(FINALIZER)) {
      context.resourceOperations().addFinalizer(FINALIZER);
    }
    store.write(write, TargetWrite.manager(certMerge));
    if (!(write instanceof TargetWrite.Nothing)) {
      pods.refresh(certMerge, spec, write.contentHash());
    }
    deleteTargetsOtherThan(spec.target(), certMerge);
    if (!spec.targetIsElsewhere() && certMerge.hasFinalizer(FINALIZER)) {
      context.resourceOperations().removeFinalizer(FINALIZER);
    }
    return new Outcome.Merged(plan, write.contentHash(), !(write instanceof TargetWrite.Nothing));
  }

  private static String tooLarge(MergePlan plan, Policy policy) {
    return "the target would hold "
        + plan.bytes()
        + " bytes and a Secret takes "
        + policy.maxBytes()
        + "; it stays as it is until the sources are split over several CertMerges";
  }

  /** After spec.name or spec.namespace changed: only once the new target is written. */
  private void deleteTargetsOtherThan(ObjectName target, CertMerge certMerge) {
    ObjectName name = ObjectName.of(certMerge);
    targets
        .ownedBy(name)
        .filter(owned -> !owned.equals(target))
        .toList()
        .forEach(left -> store.delete(left, name, TargetWrite.manager(certMerge)));
  }

  private void release(CertMerge certMerge, Context<CertMerge> context) {
    if (!certMerge.hasFinalizer(FINALIZER)) {
      return;
    }
    ObjectName name = ObjectName.of(certMerge);
    String manager = TargetWrite.manager(certMerge);
    if (SpecReading.of(certMerge) instanceof SpecReading.Valid valid) {
      store.delete(valid.spec().target(), name, manager);
    }
    targets.ownedBy(name).toList().forEach(target -> store.delete(target, name, manager));
    context.resourceOperations().removeFinalizer(FINALIZER);
  }

  private void forget(ObjectName certMerge) {
    interests.forget(certMerge);
    metrics.forget(certMerge);
    pods.forget(certMerge);
  }

  private void measure(MergeSpec spec, Outcome outcome, Optional<Instant> seen) {
    if (outcome instanceof Outcome.Merged merged) {
      metrics.merged(spec.certMerge(), spec.target(), merged.plan());
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

  private UpdateControl<CertMerge> report(CertMerge certMerge, Outcome outcome, Instant now) {
    return told(certMerge, outcome, now)
        .map(UpdateControl::patchStatus)
        .orElseGet(UpdateControl::noUpdate)
        .rescheduleAfter(nextLook(outcome, now, resync));
  }

  /** Writes the events; the status to write, if it is another one than now. */
  private Optional<CertMerge> told(CertMerge certMerge, Outcome outcome, Instant now) {
    Announcement.of(certMerge.getStatus(), outcome)
        .forEach(announcement -> events.tell(certMerge, announcement, now));
    CertMergeStatus status = StatusFactory.of(certMerge, outcome, now);
    return status.equals(certMerge.getStatus())
        ? Optional.empty()
        : Optional.of(withStatus(certMerge, status));
  }

  /** When to look again without a cause; the SDK's own interval gives way to any other one. */
  static Duration nextLook(Outcome outcome, Instant now, Duration resync) {
    if (outcome instanceof Outcome.Merged merged) {
      return merged
          .plan()
          .nextChange()
          .map(instant -> Duration.between(now, instant))
          .filter(due -> due.compareTo(resync) < 0)
          .orElse(resync);
    }
    return LOOK_AGAIN.compareTo(resync) < 0 ? LOOK_AGAIN : resync;
  }

  /** An API error removes nothing and is tried again for ever; meanwhile the status tells. */
  @Override
  public ErrorStatusUpdateControl<CertMerge> updateErrorStatus(
      CertMerge certMerge, Context<CertMerge> context, Exception failure) {
    boolean cameTooLate =
        failure instanceof KubernetesClientException client && client.getCode() == CONFLICT;
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

  /** What the API server said, without the request, which may hold keys. */
  private static String said(Exception failure) {
    if (failure instanceof KubernetesClientException client && client.getStatus() != null) {
      return client.getStatus().getMessage() + "; tried again until it works";
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
