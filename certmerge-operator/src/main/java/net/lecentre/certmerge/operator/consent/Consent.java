package net.lecentre.certmerge.operator.consent;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;

/**
 * Whether a CertMerge may read or write outside its own namespace. Whoever may create a CertMerge
 * must not thereby read or plant a Secret elsewhere.
 *
 * @param trustedNamespaces whose CertMerges may read and write everywhere; {@code *} is every
 *     namespace
 * @param namespaces the only ones that the operator works in; none: all
 * @param grants the {@code ReferenceGrant}s of the cluster
 */
public record Consent(Set<String> trustedNamespaces, Set<String> namespaces, Grants grants) {
  /** On a source Secret: the namespaces whose CertMerges may merge it, with commas. */
  public static final String ALLOWED_NAMESPACES = "certmerge.lecentre.net/allowed-namespaces";

  private static final String EVERYONE = "*";

  /** Copies the sets. */
  public Consent {
    trustedNamespaces = Set.copyOf(trustedNamespaces);
    namespaces = Set.copyOf(namespaces);
  }

  /** That of an operator that works in all namespaces, in a cluster without grants. */
  public Consent(Set<String> trustedNamespaces) {
    this(trustedNamespaces, Set.of(), (reader, source) -> false);
  }

  /** Whether the operator works in a namespace at all. */
  public boolean covers(String namespace) {
    return namespaces.isEmpty() || namespaces.contains(namespace);
  }

  /** Why nothing is read from or written to a namespace that is not covered. */
  public static String notCovered(String namespace) {
    return "the operator does not work in namespace " + namespace + "; add it to --namespaces";
  }

  /** Whether the operator may see the labels of namespaces: that takes rights in the cluster. */
  public boolean seesNamespaces() {
    return namespaces.isEmpty();
  }

  /** Why namespaces cannot be selected by their labels. */
  public static String noNamespaceLabels(String field) {
    return field
        + ".namespaceSelector: an operator with --namespaces does not see the labels of namespaces;"
        + " name each in a selector of its own";
  }

  /** Whether CertMerges of a namespace may read and write everywhere. */
  public boolean trusts(String certMergeNamespace) {
    return trustedNamespaces.contains(EVERYONE) || trustedNamespaces.contains(certMergeNamespace);
  }

  /** Whether a CertMerge may read a source, given the annotations of the source. */
  public boolean allowsSource(
      String certMergeNamespace, ObjectName source, Map<String, String> annotations) {
    return source.namespace().equals(certMergeNamespace)
        || trusts(certMergeNamespace)
        || Arrays.stream(annotations.getOrDefault(ALLOWED_NAMESPACES, "").split(",", -1))
            .map(String::strip)
            .anyMatch(certMergeNamespace::equals)
        || grants.allow(certMergeNamespace, source);
  }

  /** Whether a CertMerge may write a target. */
  public boolean allowsTarget(String certMergeNamespace, ObjectName target) {
    return target.namespace().equals(certMergeNamespace) || trusts(certMergeNamespace);
  }

  /** How to let a CertMerge read a source; the same whether or not the source exists. */
  public static String howToAllowSource(String certMergeNamespace, ObjectName source) {
    return "namespace "
        + source.namespace()
        + " has not let CertMerges of "
        + certMergeNamespace
        + " read this Secret, if there is one; annotate it with "
        + ALLOWED_NAMESPACES
        + "="
        + certMergeNamespace
        + ", or create a ReferenceGrant in "
        + source.namespace()
        + " from kind CertMerge of group "
        + CertMerge.GROUP
        + " in namespace "
        + certMergeNamespace
        + " to kind Secret, or start the operator with --trusted-namespaces="
        + certMergeNamespace;
  }

  /** How to let a CertMerge write a target. */
  public static String howToAllowTarget(String certMergeNamespace, ObjectName target) {
    return "CertMerges of "
        + certMergeNamespace
        + " may not write to namespace "
        + target.namespace()
        + "; create this CertMerge in "
        + target.namespace()
        + ", or start the operator with --trusted-namespaces="
        + certMergeNamespace;
  }
}
