package net.lecentre.certmerge.operator.target;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.spec.MergeSpec;
import net.lecentre.certmerge.operator.spec.SpecReading;

/**
 * The other CertMerges that want to write the same Secret and may.
 *
 * @param all of them
 * @param older the oldest, if it is older than the CertMerge in question
 */
public record Rivals(List<ObjectName> all, Optional<ObjectName> older) {
  private static final Comparator<CertMerge> BY_AGE =
      Comparator.comparing((CertMerge certMerge) -> certMerge.getMetadata().getCreationTimestamp())
          .thenComparing(ObjectName::of);

  /** Copies the list. */
  public Rivals {
    all = List.copyOf(all);
  }

  /** Finds the rivals of a CertMerge among all CertMerges. */
  public static Rivals of(
      CertMerge certMerge, MergeSpec spec, Stream<CertMerge> everyone, Consent consent) {
    List<CertMerge> rivals =
        everyone
            .filter(other -> !ObjectName.of(other).equals(spec.certMerge()))
            .filter(other -> !other.isMarkedForDeletion())
            .filter(other -> wants(other, spec.target(), consent))
            .sorted(BY_AGE)
            .toList();
    return new Rivals(
        rivals.stream().map(ObjectName::of).toList(),
        rivals.stream()
            .findFirst()
            .filter(oldest -> BY_AGE.compare(oldest, certMerge) < 0)
            .map(ObjectName::of));
  }

  private static boolean wants(CertMerge other, ObjectName target, Consent consent) {
    return SpecReading.of(other) instanceof SpecReading.Valid valid
        && valid.spec().target().equals(target)
        && consent.allowsTarget(valid.spec().certMerge().namespace(), target);
  }
}
