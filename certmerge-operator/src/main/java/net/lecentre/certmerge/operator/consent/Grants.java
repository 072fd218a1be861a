package net.lecentre.certmerge.operator.consent;

import net.lecentre.certmerge.operator.api.ObjectName;

/** What the {@code ReferenceGrant}s of a cluster allow, where there are any. */
@FunctionalInterface
public interface Grants {
  /**
   * Whether the namespace of a source lets CertMerges of another one read it. Throws when the
   * grants cannot be read: that never means that there are none.
   */
  boolean allow(String certMergeNamespace, ObjectName source);
}
