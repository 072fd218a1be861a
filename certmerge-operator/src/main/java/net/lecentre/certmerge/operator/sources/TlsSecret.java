package net.lecentre.certmerge.operator.sources;

import java.util.Map;
import java.util.function.Supplier;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.operator.api.ObjectName;

/**
 * A Secret of type {@code kubernetes.io/tls}, as far as merging asks for it.
 *
 * @param name its namespace and name
 * @param labels its labels
 * @param annotations its annotations
 * @param inspected what core finds out about its content; asked only of Secrets that are merged
 */
public record TlsSecret(
    ObjectName name,
    Map<String, String> labels,
    Map<String, String> annotations,
    Supplier<Inspection> inspected) {
  /** The type that Kubernetes gives to such Secrets. */
  public static final String TYPE = "kubernetes.io/tls";
}
