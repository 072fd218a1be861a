package net.lecentre.certmerge.faults.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import net.lecentre.certmerge.testbed.IssuedPair;

/** What users said last: their Secrets and CertMerges, as the rules see them. */
final class World {
  final SortedMap<Name, Source> sources = new TreeMap<>();
  final SortedMap<Name, Spec> certMerges = new TreeMap<>();

  /** The name of an object in a namespace. */
  record Name(String namespace, String name) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      int byNamespace = namespace.compareTo(other.namespace);
      return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
      return namespace + "/" + name;
    }
  }

  /**
   * A TLS Secret.
   *
   * @param good whether a gateway may serve it
   * @param pair what it holds
   * @param labelled whether it has the label that selectors ask for
   * @param consents whether its annotation lets CertMerges of {@link Rules#OWN} read it
   */
  record Source(boolean good, IssuedPair pair, boolean labelled, boolean consents) {}

  /**
   * A CertMerge's spec.
   *
   * @param listed the names in {@code secretlist}
   * @param selected the namespaces of its selectors; empty for one of every namespace
   * @param byNamespace whether {@code keys} is NamespacedName
   * @param drop whether {@code onInvalid} is Drop
   * @param grace whether there is a grace period, which then is longer than any test
   * @param mostRemovals {@code maxRemovals}, if it is limited
   */
  record Spec(
      List<Name> listed,
      List<Optional<String>> selected,
      boolean byNamespace,
      boolean drop,
      boolean grace,
      Optional<Integer> mostRemovals,
      boolean suspend) {}

  World copy() {
    World copy = new World();
    copy.sources.putAll(sources);
    copy.certMerges.putAll(certMerges);
    return copy;
  }
}
