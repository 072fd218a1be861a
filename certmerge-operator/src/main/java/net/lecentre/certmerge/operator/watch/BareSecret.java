package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;

/**
 * What is kept of every Secret seen: its name, version and labels, and those annotations that are
 * certmerge's own. A cluster has thousands of Secrets that nobody merges.
 */
final class BareSecret {
  private static final String OWN = CertMerge.GROUP + "/";

  private BareSecret() {}

  /** A new Secret without the rest. */
  static Secret of(HasMetadata secret) {
    ObjectMeta all = secret.getMetadata();
    ObjectMeta kept = new ObjectMeta();
    // One of a few that thousands share.
    kept.setNamespace(all.getNamespace().intern());
    kept.setName(all.getName());
    kept.setResourceVersion(all.getResourceVersion());
    kept.setLabels(labels(all.getLabels()));
    kept.setAnnotations(annotations(all.getAnnotations()));
    Secret bare = new Secret();
    bare.setMetadata(kept);
    return bare;
  }

  private static Map<String, String> labels(Map<String, String> labels) {
    Map<String, String> kept = new LinkedHashMap<>();
    Objects.requireNonNullElse(labels, Map.<String, String>of())
        .forEach((key, value) -> kept.put(key.intern(), value.intern()));
    return Map.copyOf(kept);
  }

  private static Map<String, String> annotations(Map<String, String> annotations) {
    Map<String, String> kept = new LinkedHashMap<>();
    Objects.requireNonNullElse(annotations, Map.<String, String>of())
        .forEach(
            (key, value) -> {
              if (key.startsWith(OWN)) {
                kept.put(key.intern(), value);
              }
            });
    return Map.copyOf(kept);
  }

  /** Whether two states of a Secret differ in nothing that is kept, but for the version. */
  static boolean isSame(Secret bare, Secret other) {
    return ObjectName.of(bare).equals(ObjectName.of(other))
        && bare.getMetadata().getLabels().equals(other.getMetadata().getLabels())
        && bare.getMetadata().getAnnotations().equals(other.getMetadata().getAnnotations());
  }
}
