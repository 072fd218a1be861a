package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.LabelMatch;
import net.lecentre.certmerge.operator.targets.TargetWrite;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of every Secret seen: its name, version and labels, those annotations that are
 * certmerge's own, and whether certmerge wrote it. A cluster has thousands of Secrets that nobody
 * merges.
 */
final class BareSecret {
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
    kept.setAnnotations(CertMerge.own(all.getAnnotations()));
    kept.setManagedFields(writers(all.getManagedFields()));
    Secret bare = new Secret();
    bare.setMetadata(kept);
    return bare;
  }

  /** Of too many labels as many as show that. */
  private static Map<String, String> labels(@Nullable Map<String, String> labels) {
    Map<String, String> kept = new HashMap<>();
    if (labels != null) {
      for (Map.Entry<String, String> label : labels.entrySet()) {
        kept.put(label.getKey().intern(), label.getValue().intern());
        if (kept.size() > LabelMatch.MOST_LABELS) {
          break;
        }
      }
    }
    return Map.copyOf(kept);
  }

  /** Those that may be certmerge, and nothing of what they wrote. */
  private static List<ManagedFieldsEntry> writers(List<ManagedFieldsEntry> all) {
    return Objects.requireNonNullElse(all, List.<ManagedFieldsEntry>of()).stream()
        .map(ManagedFieldsEntry::getManager)
        .filter(manager -> manager != null && manager.startsWith(TargetWrite.MANAGERS))
        .distinct()
        .map(manager -> new ManagedFieldsEntryBuilder().withManager(manager.intern()).build())
        .toList();
  }

  /** Whether two states of a Secret differ in nothing that is kept, but for the version. */
  static boolean isSame(Secret bare, Secret other) {
    return ObjectName.of(bare).equals(ObjectName.of(other))
        && bare.getMetadata().getLabels().equals(other.getMetadata().getLabels())
        && bare.getMetadata().getAnnotations().equals(other.getMetadata().getAnnotations());
  }
}
