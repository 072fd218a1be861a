package net.lecentre.certmerge.operator.targets;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.spec.SpecReading;

/**
 * The other CertMerges that a Secret may belong to.
 *
 * @param all those that want to write it, and those whose spec cannot be read: a typo must not hand
 *     a target to somebody else
 * @param older the oldest that wants to write it and may, if it is older than the CertMerge in
 *     question
 * @param unseen whether a namespace is one whose CertMerges this operator does not see
 */
public record Rivals(List<ObjectName> all, Optional<ObjectName> older, Predicate<String> unseen) {
  private static final Comparator<CertMerge> BY_AGE =
      Comparator.comparing((CertMerge certMerge) -> certMerge.getMetadata().getCreationTimestamp())
          .thenComparing(ObjectName::of);

  /** Copies the list. */
  public Rivals {
    all = List.copyOf(all);
  }

  /** Those of an operator that sees every namespace. */
  Rivals(List<ObjectName> all, Optional<ObjectName> older) {
    this(all, older, namespace -> false);
  }

  /**
   * Finds the rivals of a CertMerge among all CertMerges.
   *
   * @param target the Secret in question
   * @param reading reads the spec of a CertMerge
   */
  public static Rivals of(
      CertMerge certMerge,
      ObjectName target,
      Stream<CertMerge> everyone,
      Consent consent,
      Function<CertMerge, SpecReading> reading) {
    ObjectName self = ObjectName.of(certMerge);
    List<CertMerge> others =
        everyone
            .filter(other -> !ObjectName.of(other).equals(self))
            .filter(other -> !other.isMarkedForDeletion())
            .filter(other -> mayHold(reading.apply(other), target))
            .sorted(BY_AGE)
            .toList();
    return new Rivals(
        others.stream().map(ObjectName::of).toList(),
        others.stream()
            .filter(other -> wants(reading.apply(other), target, consent))
            .findFirst()
            .filter(oldest -> BY_AGE.compare(oldest, certMerge) < 0)
            .map(ObjectName::of),
        namespace -> !consent.covers(namespace));
  }

  /** Whether a Secret that bears somebody's mark is still theirs. */
  boolean holds(String owner) {
    return all.stream().anyMatch(rival -> rival.toString().equals(owner))
        || unseen.test(owner.substring(0, Math.max(0, owner.indexOf('/'))));
  }

  private static boolean mayHold(SpecReading reading, ObjectName target) {
    return !(reading instanceof SpecReading.Valid valid) || valid.spec().isTarget(target);
  }

  private static boolean wants(SpecReading reading, ObjectName target, Consent consent) {
    return reading instanceof SpecReading.Valid valid
        && valid.spec().isTarget(target)
        && consent.allowsTarget(valid.spec().certMerge().namespace(), target);
  }
}
