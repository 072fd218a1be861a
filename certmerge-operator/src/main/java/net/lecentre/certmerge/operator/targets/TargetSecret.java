package net.lecentre.certmerge.operator.targets;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.MergeSpec;

/** The shape of a merged Secret. */
public final class TargetSecret {
  /** Marks every target; the 2018 operator set it too. */
  public static final String CREATOR_LABEL = "creator";

  /** The value of {@link #CREATOR_LABEL}. */
  public static final String CREATOR = "certmerge-operator";

  /** Names the CertMerge, cut to what a label value takes; the 2018 operator set it too. */
  static final String CERTMERGE_LABEL = "certmerge";

  static final String MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";

  /** Namespace and name of the CertMerge that owns the target. */
  static final String OWNER_ANNOTATION = "certmerge.lecentre.net/owner";

  static final String HASH_ANNOTATION = "certmerge.lecentre.net/content-hash";

  static final String TYPE = "Opaque";

  private static final int LONGEST_LABEL = 63;

  private TargetSecret() {}

  /** The Secret that a plan makes of one of its shards. */
  static Secret of(CertMerge certMerge, MergeSpec spec, MergePlan plan, int shard) {
    SortedMap<String, String> data = new TreeMap<>();
    Layout layout = spec.policy().layout();
    SortedMap<String, TlsPair> pairs = plan.shards().get(shard).pairs();
    layout
        .files(pairs)
        .forEach((name, bytes) -> data.put(name, Base64.getEncoder().encodeToString(bytes)));
    SecretBuilder secret =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(spec.target().namespace())
            .withName(spec.target(shard).name())
            .addToLabels(labels(spec.certMerge()))
            .addToAnnotations(OWNER_ANNOTATION, spec.certMerge().toString())
            .addToAnnotations(HASH_ANNOTATION, ContentHash.of(layout, pairs))
            .addToAnnotations(Provenance.ANNOTATION, Provenance.of(plan, shard).text())
            .endMetadata()
            .withType(TYPE)
            .withData(data);
    if (!spec.targetIsElsewhere() && !spec.retain()) {
      secret.editMetadata().withOwnerReferences(owner(certMerge)).endMetadata();
    }
    return secret.build();
  }

  static Map<String, String> labels(ObjectName certMerge) {
    return Map.of(
        CREATOR_LABEL, CREATOR,
        MANAGED_BY_LABEL, CREATOR,
        CERTMERGE_LABEL, labelValue(certMerge.name()));
  }

  private static OwnerReference owner(CertMerge certMerge) {
    return new OwnerReferenceBuilder()
        .withApiVersion(certMerge.getApiVersion())
        .withKind(certMerge.getKind())
        .withName(certMerge.getMetadata().getName())
        .withUid(certMerge.getMetadata().getUid())
        .withController(true)
        .build();
  }

  /** A name as a label value: names that are too long end in a digest instead. */
  static String labelValue(String name) {
    if (name.length() <= LONGEST_LABEL) {
      return name;
    }
    String digest = ContentHash.hex(name.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
    return name.substring(0, LONGEST_LABEL - 1 - digest.length()) + "-" + digest;
  }

  /** The files that a Secret holds. */
  static SortedMap<String, byte[]> files(Secret secret) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    if (secret.getData() != null) {
      secret.getData().forEach((name, text) -> files.put(name, Base64.getDecoder().decode(text)));
    }
    return files;
  }

  /** Whether a Secret is marked as the target of some CertMerge, of 2018 or today. */
  public static boolean isManaged(Secret secret) {
    return CREATOR.equals(label(secret, CREATOR_LABEL));
  }

  /**
   * Namespace and name of the CertMerge that a Secret names as its owner; empty if it names none.
   */
  public static String owner(Secret secret) {
    return annotation(secret, OWNER_ANNOTATION);
  }

  /** An annotation of a Secret; empty when it has none of that name. */
  static String annotation(Secret secret, String name) {
    Map<String, String> annotations = secret.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(name, "");
  }

  /** A label of a Secret; empty when it has none of that name. */
  static String label(Secret secret, String name) {
    Map<String, String> labels = secret.getMetadata().getLabels();
    return labels == null ? "" : labels.getOrDefault(name, "");
  }
}
