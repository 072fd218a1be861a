package net.lecentre.certmerge.operator.consent;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import net.lecentre.certmerge.operator.api.ObjectName;

/**
 * Whether a CertMerge may read or write outside its own namespace. Whoever may create a CertMerge
 * must not thereby read or plant a Secret elsewhere.
 *
 * @param trustedNamespaces whose CertMerges may read and write everywhere; {@code *} is every
 *     namespace
 */
public record Consent(Set<String> trustedNamespaces) {
  /** On a source Secret: the namespaces whose CertMerges may merge it, with commas. */
  public static final String ALLOWED_NAMESPACES = "certmerge.lecentre.net/allowed-namespaces";

  private static final String EVERYONE = "*";

  /** Copies the set. */
  public Consent {
    trustedNamespaces = Set.copyOf(trustedNamespaces);
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
            .anyMatch(certMergeNamespace::equals);
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
        + ", or start the operator with --trusted-namespaces="
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
