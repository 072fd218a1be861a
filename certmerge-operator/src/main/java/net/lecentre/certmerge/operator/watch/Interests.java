package net.lecentre.certmerge.operator.watch;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.MergeSpec;

/** Which CertMerge asks for which Secrets, so that a Secret's change wakes those it concerns. */
public final class Interests {
  private final Map<ObjectName, MergeSpec> specs = new ConcurrentHashMap<>();
  private final Map<ObjectName, Instant> woken = new ConcurrentHashMap<>();

  /**
   * Notes what a CertMerge asks for. To be called before its sources are read, so that no change
   * falls in between.
   *
   * @return when the first event that woke it was seen; empty when something else did
   */
  public Optional<Instant> note(MergeSpec spec) {
    specs.put(spec.certMerge(), spec);
    return Optional.ofNullable(woken.remove(spec.certMerge()));
  }

  /** Forgets a CertMerge. */
  public void forget(ObjectName certMerge) {
    specs.remove(certMerge);
    woken.remove(certMerge);
  }

  /** Notes that an event is about to wake a CertMerge. */
  void wake(ObjectName certMerge, Instant now) {
    woken.putIfAbsent(certMerge, now);
  }

  /** The CertMerges that name a Secret or select its labels. */
  Stream<ObjectName> inSource(ObjectName secret, Map<String, String> labels) {
    return specs.values().stream()
        .filter(
            spec ->
                spec.listed().contains(secret)
                    || spec.selectors().stream()
                        .anyMatch(
                            selector ->
                                selector.covers(secret.namespace(), Map.of())
                                    && selector.labels().matches(labels)))
        .map(MergeSpec::certMerge);
  }

  /** The CertMerges that want to write a Secret. */
  Stream<ObjectName> inTarget(ObjectName secret) {
    return specs.values().stream()
        .filter(spec -> spec.target().equals(secret))
        .map(MergeSpec::certMerge);
  }
}
