package net.lecentre.certmerge.operator.pods;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.spec.LabelMatch;
import net.lecentre.certmerge.operator.spec.MergeSpec;

/**
 * What is to be told to which pods after a write.
 *
 * @param certMerge whose target was written
 * @param selections which pods it names, by namespace
 * @param contentHash what the target holds now
 */
record Refresh(CertMerge certMerge, Map<String, List<LabelMatch>> selections, String contentHash) {
  /** On a pod: what its volume should hold. A change of it has the kubelet look at once. */
  static final String ANNOTATION = "certmerge.lecentre.net/refresh";

  private static final Set<String> FINISHED = Set.of("Succeeded", "Failed");

  static Refresh of(CertMerge certMerge, MergeSpec spec, String contentHash) {
    return new Refresh(
        certMerge,
        spec.refreshPods().stream()
            .collect(
                Collectors.groupingBy(
                    MergeSpec.Pods::namespace,
                    Collectors.mapping(MergeSpec.Pods::labels, Collectors.toList()))),
        contentHash);
  }

  ObjectName name() {
    return ObjectName.of(certMerge);
  }

  /** The namespaces to look in, in order. */
  Set<String> namespaces() {
    return new TreeSet<>(selections.keySet());
  }

  /** Why the pods of a namespace are not touched; empty when they may be. */
  Optional<String> obstacle(String namespace, Consent consent) {
    String own = name().namespace();
    if (!consent.covers(namespace)) {
      return Optional.of(Consent.notCovered(namespace));
    }
    if (!namespace.equals(own) && !consent.trusts(own)) {
      return Optional.of(
          "CertMerges of "
              + own
              + " may not touch pods in namespace "
              + namespace
              + "; create this CertMerge in "
              + namespace
              + ", or start the operator with --trusted-namespaces="
              + own);
    }
    return Optional.empty();
  }

  /** Which pods of a namespace are to be annotated: those that run and have not been told yet. */
  Stream<ObjectName> due(String namespace, Collection<Pod> pods) {
    List<LabelMatch> selected = selections.getOrDefault(namespace, List.of());
    return pods.stream()
        .filter(pod -> selected.stream().anyMatch(labels -> labels.matches(labels(pod))))
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(pod -> pod.getStatus() == null || !FINISHED.contains(phase(pod)))
        .filter(pod -> !contentHash.equals(annotations(pod).get(ANNOTATION)))
        .map(ObjectName::of);
  }

  private static String phase(Pod pod) {
    return Objects.requireNonNullElse(pod.getStatus().getPhase(), "");
  }

  private static Map<String, String> labels(Pod pod) {
    return Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
  }

  private static Map<String, String> annotations(Pod pod) {
    return Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
  }
}
