package net.lecentre.certmerge.operator.targets;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.operator.api.ObjectName;

/** Where targets are looked up. A failed look-up throws. */
public interface TargetLookup {
  /** A Secret by name. */
  Optional<Secret> read(ObjectName name);

  /** The Secrets that bear the mark of a CertMerge. */
  Stream<ObjectName> ownedBy(ObjectName certMerge);

  /**
   * Those of them that a field manager has written. Anybody can make any number of Secrets that
   * bear the mark.
   */
  Stream<ObjectName> writtenFor(ObjectName certMerge, String manager);

  /** The pairs that a Secret holds, by key. */
  SortedMap<String, TlsPair> pairs(Secret secret);
}
