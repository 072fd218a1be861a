package net.lecentre.certmerge.operator.targets;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import net.lecentre.certmerge.operator.api.ObjectName;

/**
 * The Secrets of a target as they are now: those that the spec names, and those that were written
 * under former names.
 *
 * @param secrets by name
 */
public record Present(SortedMap<ObjectName, Secret> secrets) {
  /** Copies the map. */
  public Present {
    secrets = Collections.unmodifiableSortedMap(new TreeMap<>(secrets));
  }

  /** Of some Secrets. */
  public static Present of(Iterable<Secret> secrets) {
    SortedMap<ObjectName, Secret> byName = new TreeMap<>();
    secrets.forEach(secret -> byName.put(ObjectName.of(secret), secret));
    return new Present(byName);
  }

  /** The Secret of a name, if it is there. */
  public Optional<Secret> get(ObjectName name) {
    return Optional.ofNullable(secrets.get(name));
  }

  /** The same with another Secret. */
  public Present with(Secret secret) {
    SortedMap<ObjectName, Secret> more = new TreeMap<>(secrets);
    more.put(ObjectName.of(secret), secret);
    return new Present(more);
  }

  /** Without the Secrets: they hold keys. */
  @Override
  public String toString() {
    return "Present" + secrets.keySet();
  }
}
