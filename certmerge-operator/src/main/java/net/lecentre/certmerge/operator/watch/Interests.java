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

  /** The CertMerges that name a Secret or select its labels, whatever its namespace's labels. */
  Stream<ObjectName> inSource(ObjectName secret, Map<String, String> labels) {
    return specs.values().stream()
        .filter(
            spec ->
                spec.listed().contains(secret)
                    || spec.selectors().stream()
                        .anyMatch(
                            selector ->
                                selector
                                        .namespace()
                                        .filter(only -> !only.equals(secret.namespace()))
                                        .isEmpty()
                                    && selector.labels().matches(labels)))
        .map(MergeSpec::certMerge);
  }

  /** The CertMerges that want to write a Secret. */
  Stream<ObjectName> inTarget(ObjectName secret) {
    return specs.values().stream().filter(spec -> spec.isTarget(secret)).map(MergeSpec::certMerge);
  }

  /** The CertMerges that select a namespace by its labels, or have their target there. */
  Stream<ObjectName> inNamespace(String namespace, Map<String, String> labels) {
    return specs.values().stream()
        .filter(
            spec ->
                spec.target().namespace().equals(namespace)
                    || spec.selectors().stream()
                        .flatMap(selector -> selector.namespaceLabels().stream())
                        .anyMatch(selected -> selected.matches(labels)))
        .map(MergeSpec::certMerge);
  }

  /** The CertMerges of a namespace. */
  Stream<ObjectName> of(String namespace) {
    return specs.keySet().stream().filter(name -> name.namespace().equals(namespace));
  }
}
