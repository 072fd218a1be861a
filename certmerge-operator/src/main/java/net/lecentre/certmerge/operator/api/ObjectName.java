package net.lecentre.certmerge.operator.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Comparator;

/**
 * Namespace and name of an object, ordered by namespace, then name.
 *
 * @param namespace its namespace
 * @param name its name
 */
public record ObjectName(String namespace, String name) implements Comparable<ObjectName> {
  private static final Comparator<ObjectName> ORDER =
      Comparator.comparing(ObjectName::namespace).thenComparing(ObjectName::name);

  /** The name of an object that the API server returned. */
  public static ObjectName of(HasMetadata object) {
    return new ObjectName(object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  @Override
  public int compareTo(ObjectName other) {
    return ORDER.compare(this, other);
  }

  /** {@code namespace/name}, as people write it. */
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
