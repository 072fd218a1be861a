package net.lecentre.certmerge.operator.spec;

import java.util.List;
import java.util.Optional;
import net.lecentre.certmerge.core.merge.OnInvalid;
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
 * @param onInvalid what becomes of a source that turns invalid
 */
public record MergeSpec(
    ObjectName certMerge,
    ObjectName target,
    List<ObjectName> listed,
    List<Selector> selectors,
    Keys keys,
    OnInvalid onInvalid) {
  /** Copies the lists. */
  public MergeSpec {
    listed = List.copyOf(listed);
    selectors = List.copyOf(selectors);
  }

  /**
   * Sources by label.
   *
   * @param namespace where to look; empty: everywhere
   * @param labels which Secrets
   */
  public record Selector(Optional<String> namespace, LabelMatch labels) {
    /** Whether a namespace is one to look in. */
    public boolean covers(String candidate) {
      return namespace.isEmpty() || namespace.get().equals(candidate);
    }
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
