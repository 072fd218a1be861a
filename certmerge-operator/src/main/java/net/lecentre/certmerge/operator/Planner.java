package net.lecentre.certmerge.operator;

import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Merge;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.core.merge.Policy;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.sources.Offers;
import net.lecentre.certmerge.operator.sources.SourceLookup;
import net.lecentre.certmerge.operator.spec.MergeSpec;
import net.lecentre.certmerge.operator.spec.SpecMemory;
import net.lecentre.certmerge.operator.targets.Decision;
import net.lecentre.certmerge.operator.targets.LastGood;
import net.lecentre.certmerge.operator.targets.Ownership;
import net.lecentre.certmerge.operator.targets.Present;
import net.lecentre.certmerge.operator.targets.Rivals;
import net.lecentre.certmerge.operator.targets.TargetLookup;
import net.lecentre.certmerge.operator.targets.TargetWrite;

/** Reads what a CertMerge is about and has it decided; writes nothing. */
final class Planner {
  private final Consent consent;
  private final Duration expiryWarning;
  private final SourceLookup sources;
  private final TargetLookup targets;
  private final SpecMemory specs;

  Planner(
      Consent consent,
      Duration expiryWarning,
      SourceLookup sources,
      TargetLookup targets,
      SpecMemory specs) {
    this.consent = consent;
    this.expiryWarning = expiryWarning;
    this.sources = sources;
    this.targets = targets;
    this.specs = specs;
  }

  /**
   * Plans a round.
   *
   * @param wanting all CertMerges that may want a Secret as their target, perhaps with others
   */
  Decision plan(
      CertMerge certMerge,
      MergeSpec spec,
      Function<ObjectName, Stream<CertMerge>> wanting,
      Instant now) {
    Optional<Decision> refused = refused(spec);
    if (refused.isPresent()) {
      return refused.get();
    }
    Optional<Secret> first = targets.read(spec.target());
    Rivals ofFirst = rivals(certMerge, spec.target(), wanting);
    Ownership ownership = Ownership.of(spec, spec.target(), first, ofFirst);
    if (ownership instanceof Ownership.Refused whose) {
      return new Decision.Refuse(whose.reason(), whose.message(), Optional.empty());
    }
    Present present = present(certMerge, spec, first);
    List<Offer> offers = new ArrayList<>(Offers.of(spec, sources, consent));
    Current current = LastGood.of(spec, present, offers, targets::pairs);
    offers.addAll(Offers.withdrawn(spec, sources, consent, offers, current));
    MergePlan plan = Merge.plan(offers, current, policy(certMerge, spec), now);
    return Decision.of(
        certMerge,
        spec,
        plan,
        withShards(present, spec, plan),
        current,
        target -> target.equals(spec.target()) ? ofFirst : rivals(certMerge, target, wanting));
  }

  private Optional<Decision> refused(MergeSpec spec) {
    String reader = spec.certMerge().namespace();
    if (spec.suspend()) {
      return refuse("Suspended", "spec.suspend is set: the target stays as it is");
    }
    if (!consent.covers(spec.target().namespace())) {
      return refuse("NotAllowed", Consent.notCovered(spec.target().namespace()));
    }
    if (!consent.allowsTarget(reader, spec.target())) {
      return refuse("NotAllowed", Consent.howToAllowTarget(reader, spec.target()));
    }
    for (int i = 0; i < spec.selectors().size(); i++) {
      if (spec.selectors().get(i).namespaceLabels().isPresent() && !consent.seesNamespaces()) {
        return refuse("InvalidSpec", Consent.noNamespaceLabels("spec.selector[" + i + "]"));
      }
    }
    return Optional.empty();
  }

  private static Optional<Decision> refuse(String reason, String message) {
    return Optional.of(new Decision.Refuse(reason, message, Optional.empty()));
  }

  private Policy policy(CertMerge certMerge, MergeSpec spec) {
    Policy policy = spec.policy().withExpiryWarning(expiryWarning);
    return certMerge.released().map(policy::withRelease).orElse(policy);
  }

  private Rivals rivals(
      CertMerge certMerge, ObjectName target, Function<ObjectName, Stream<CertMerge>> wanting) {
    return Rivals.of(certMerge, target, wanting.apply(target), consent, specs::read);
  }

  /**
   * The first Secret, and those that bear the mark; a copy under another name only bears it, and is
   * not even read.
   */
  private Present present(CertMerge certMerge, MergeSpec spec, Optional<Secret> first) {
    String manager = TargetWrite.manager(certMerge);
    Set<ObjectName> shards = Set.copyOf(spec.targets());
    Stream<ObjectName> bearing = targets.ownedBy(spec.certMerge()).filter(shards::contains);
    Stream<Secret> others =
        Stream.concat(bearing, targets.writtenFor(spec.certMerge(), manager))
            .distinct()
            .filter(name -> !name.equals(spec.target()))
            .flatMap(name -> targets.read(name).stream())
            .filter(secret -> Ownership.bearsMarkOf(spec.certMerge(), secret))
            .filter(
                secret ->
                    shards.contains(ObjectName.of(secret))
                        || Ownership.wasWrittenBy(manager, secret));
    return Present.of(Stream.concat(first.stream(), others).toList());
  }

  /** A shard that is used for the first time may be somebody else's Secret. */
  private Present withShards(Present present, MergeSpec spec, MergePlan plan) {
    Present all = present;
    for (int shard = 1; shard < plan.shards().size(); shard++) {
      ObjectName name = spec.target(shard);
      Optional<Secret> more = all.get(name).isPresent() ? Optional.empty() : targets.read(name);
      if (more.isPresent()) {
        all = all.with(more.get());
      }
    }
    return all;
  }
}
