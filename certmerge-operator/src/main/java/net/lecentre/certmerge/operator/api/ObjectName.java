package net.lecentre.certmerge.operator.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Comparator;
import java.util.Optional;

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

  /** Reads {@code namespace/name}; empty when a text is something else. */
  public static Optional<ObjectName> read(String text) {
    int slash = text.indexOf('/');
    return slash <= 0 || slash == text.length() - 1
        ? Optional.empty()
        : Optional.of(new ObjectName(text.substring(0, slash), text.substring(slash + 1)));
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
