package net.lecentre.certmerge.operator.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.lecentre.certmerge.core.merge.Policy;
import net.lecentre.certmerge.operator.api.CertMergeSpec.Keys;
import net.lecentre.certmerge.operator.api.ObjectName;

/**
 * What a CertMerge asks for, checked and with its defaults filled in.
 *
 * @param certMerge the CertMerge itself
 * @param target the Secret to write
 * @param listed sources by name, in declared order
 * @param selectors sources by label, in declared order
 * @param keys how entries are named
 * @param policy how to merge; what it says of warnings and released removals is not the spec's
 * @param adopt whether a Secret that certmerge did not make may be taken over
 * @param retain whether the target stays when the CertMerge goes
 * @param refreshPods pods to annotate after each write
 * @param suspend whether nothing is written for now
 */
public record MergeSpec(
    ObjectName certMerge,
    ObjectName target,
    List<ObjectName> listed,
    List<Selector> selectors,
    Keys keys,
    Policy policy,
    boolean adopt,
    boolean retain,
    List<Pods> refreshPods,
    boolean suspend) {
  /** Copies the lists. */
  public MergeSpec {
    listed = List.copyOf(listed);
    selectors = List.copyOf(selectors);
    refreshPods = List.copyOf(refreshPods);
  }

  /**
   * Sources by label.
   *
   * @param namespace where to look; empty: everywhere
   * @param namespaceLabels which namespaces to look in; empty: whatever their labels
   * @param labels which Secrets
   */
  public record Selector(
      Optional<String> namespace, Optional<LabelMatch> namespaceLabels, LabelMatch labels) {
    /** Whether a namespace is one to look in, if it has the right labels. */
    public boolean mayCover(String candidate) {
      return namespace.isEmpty() || namespace.get().equals(candidate);
    }

    /** Whether a namespace, given its labels, is one to look in. */
    public boolean covers(String candidate, Map<String, String> labelsOfCandidate) {
      return mayCover(candidate)
          && (namespaceLabels.isEmpty() || namespaceLabels.get().matches(labelsOfCandidate));
    }
  }

  /**
   * Pods by label.
   *
   * @param namespace where they are
   * @param labels which pods
   */
  public record Pods(String namespace, LabelMatch labels) {}

  /** The Secrets that the target may consist of: the target itself, then its further shards. */
  public List<ObjectName> targets() {
    return IntStream.range(0, policy.shards()).mapToObj(this::target).toList();
  }

  /** Whether the target may consist of a Secret. */
  public boolean isTarget(ObjectName secret) {
    return secret.equals(target) || (policy.shards() > 1 && targets().contains(secret));
  }

  /** The name of a shard of the target, from 0. */
  public ObjectName target(int shard) {
    return shard == 0 ? target : new ObjectName(target.namespace(), target.name() + "-" + shard);
  }

  /** Whether the target is outside the CertMerge's namespace, where no owner reference may lead. */
  public boolean targetIsElsewhere() {
    return !target.namespace().equals(certMerge.namespace());
  }

  /** The key of a source in the target, without a file's ending. */
  public String keyOf(ObjectName source) {
    return keys == Keys.NAMESPACED_NAME ? source.namespace() + "-" + source.name() : source.name();
  }
}
