package net.lecentre.certmerge.operator.targets;

import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.MergeSpec;
import org.jspecify.annotations.Nullable;

/** What has to be written so that the target holds what a plan says. */
public sealed interface TargetWrite {
  /** What the names of the field managers of all CertMerges begin with. */
  String MANAGERS = "certmerge-";

  /** What an operation of server-side apply is called in managed fields. */
  String APPLY = "Apply";

  /** The data of a Secret in managed fields. */
  String DATA = "f:data";

  /** Digest of what the target holds afterwards. */
  String contentHash();

  /**
   * The target already is as it shall be.
   *
   * @param contentHash digest of what it holds
   */
  record Nothing(String contentHash) implements TargetWrite {}

  /**
   * There is no target yet.
   *
   * @param secret what to create
   * @param contentHash digest of what it holds
   */
  record Create(Secret secret, String contentHash) implements TargetWrite {
    /** Without the Secret: it holds keys. */
    @Override
    public String toString() {
      return "Create[" + contentHash + "]";
    }
  }

  /**
   * Values of the target are to be replaced, if nobody changed it since it was read. That is all a
   * renewal does, and the API server is done with it in half the time that applying everything
   * takes.
   *
   * @param target the Secret
   * @param resourceVersion the version that was read
   * @param data what changes, in base64
   * @param annotations what changes
   * @param contentHash digest of what it holds afterwards
   */
  record Revalue(
      ObjectName target,
      String resourceVersion,
      SortedMap<String, String> data,
      SortedMap<String, String> annotations,
      String contentHash)
      implements TargetWrite {
    /** Copies the maps. */
    public Revalue {
      data = Collections.unmodifiableSortedMap(new TreeMap<>(data));
      annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    }

    /** Without the data: it holds keys. */
    @Override
    public String toString() {
      return "Revalue[" + target + ", " + contentHash + "]";
    }
  }

  /**
   * The target is to be changed, if nobody changed it since it was read.
   *
   * @param secret what to apply; its resource version is the one that was read
   * @param claim the metadata to put in place first, so that applying prunes keys which others
   *     wrote; the same metadata as now when there is nothing to claim
   * @param contentHash digest of what it holds
   */
  record Change(Secret secret, Claim claim, String contentHash) implements TargetWrite {
    /** Without the Secret: it holds keys. */
    @Override
    public String toString() {
      return "Change[" + contentHash + "]";
    }
  }

  /**
   * Metadata that server-side apply leaves alone: it prunes only what its own manager owns.
   *
   * @param needed whether anything has to be put in place at all
   * @param managedFields who owns which field
   * @param ownerReferences the owners
   */
  record Claim(
      boolean needed,
      List<ManagedFieldsEntry> managedFields,
      List<OwnerReference> ownerReferences) {
    /** Copies the lists. */
    public Claim {
      managedFields = List.copyOf(managedFields);
      ownerReferences = List.copyOf(ownerReferences);
    }
  }

  /**
   * The field manager of a CertMerge: one each, or two CertMerges would prune each other's keys.
   */
  static String manager(CertMerge certMerge) {
    return MANAGERS + certMerge.getMetadata().getUid();
  }

  /** Plans the creation of a shard of a target. */
  static Create create(CertMerge certMerge, MergeSpec spec, MergePlan plan, int shard) {
    Secret wanted = TargetSecret.of(certMerge, spec, plan, shard);
    return new Create(wanted, hash(wanted));
  }

  /** Plans the change of a shard of a target that is ours. */
  static TargetWrite change(
      CertMerge certMerge, MergeSpec spec, MergePlan plan, int shard, Secret present) {
    Secret wanted = TargetSecret.of(certMerge, spec, plan, shard);
    SortedMap<String, String> data = differing(present.getData(), wanted.getData());
    SortedMap<String, String> annotations =
        differing(present.getMetadata().getAnnotations(), wanted.getMetadata().getAnnotations());
    boolean sameShape =
        keys(present.getData()).equals(keys(wanted.getData()))
            && differing(present.getMetadata().getLabels(), wanted.getMetadata().getLabels())
                .isEmpty()
            && uids(certMergeOwners(present)).equals(uids(certMergeOwners(wanted)));
    if (sameShape && data.isEmpty() && annotations.isEmpty()) {
      return new Nothing(hash(wanted));
    }
    String version = present.getMetadata().getResourceVersion();
    String manager = manager(certMerge);
    if (sameShape && !othersOwnData(manager, present)) {
      return new Revalue(ObjectName.of(wanted), version, data, annotations, hash(wanted));
    }
    Secret locked =
        new SecretBuilder(wanted).editMetadata().withResourceVersion(version).endMetadata().build();
    return new Change(locked, claim(manager, present, wanted), hash(wanted));
  }

  private static String hash(Secret wanted) {
    return TargetSecret.annotation(wanted, TargetSecret.HASH_ANNOTATION);
  }

  private static Set<String> keys(@Nullable Map<String, String> map) {
    return map == null ? Set.of() : map.keySet();
  }

  /** What is wanted and is not there, or is something else. */
  private static SortedMap<String, String> differing(
      @Nullable Map<String, String> present, @Nullable Map<String, String> wanted) {
    SortedMap<String, String> differing = new TreeMap<>();
    if (wanted != null) {
      wanted.forEach(
          (key, value) -> {
            if (present == null || !value.equals(present.get(key))) {
              differing.put(key, value);
            }
          });
    }
    return differing;
  }

  /** Whether somebody else wrote a key of the data: then it is claimed. */
  private static boolean othersOwnData(String manager, Secret present) {
    return managedFields(present).stream()
        .anyMatch(entry -> !manager.equals(entry.getManager()) && ownsData(entry));
  }

  private static List<ManagedFieldsEntry> managedFields(Secret secret) {
    return Objects.requireNonNullElse(secret.getMetadata().getManagedFields(), List.of());
  }

  private static Claim claim(String manager, Secret present, Secret wanted) {
    List<ManagedFieldsEntry> entries = managedFields(present);
    boolean notApplied =
        entries.stream().anyMatch(entry -> !isApplyOf(manager, entry) && ownsData(entry));
    boolean strangeOwners =
        !uids(certMergeOwners(wanted)).containsAll(uids(certMergeOwners(present)));
    return new Claim(
        notApplied || strangeOwners,
        notApplied ? claimed(manager, present, entries) : entries,
        Stream.concat(
                owners(present).stream().filter(owner -> !isCertMerge(owner)),
                owners(wanted).stream())
            .toList());
  }

  /** The entries with all of the data in the manager's, as if it had applied every key itself. */
  private static List<ManagedFieldsEntry> claimed(
      String manager, Secret present, List<ManagedFieldsEntry> entries) {
    Map<String, Object> keys = new LinkedHashMap<>();
    TargetSecret.files(present).keySet().forEach(key -> keys.put("f:" + key, Map.of()));
    List<ManagedFieldsEntry> claimed = new ArrayList<>();
    Map<String, Object> own = new HashMap<>();
    for (ManagedFieldsEntry entry : entries) {
      if (entry.getFieldsV1() == null) {
        continue;
      }
      Map<String, Object> fields = new HashMap<>(entry.getFieldsV1().getAdditionalProperties());
      fields.remove(DATA);
      if (isApplyOf(manager, entry)) {
        own.putAll(fields);
      } else if (!fields.isEmpty()) {
        claimed.add(new ManagedFieldsEntryBuilder(entry).withFieldsV1(fieldsV1(fields)).build());
      }
    }
    own.put(DATA, keys);
    claimed.add(
        new ManagedFieldsEntryBuilder()
            .withManager(manager)
            .withOperation(APPLY)
            .withApiVersion("v1")
            .withFieldsType("FieldsV1")
            .withFieldsV1(fieldsV1(own))
            .build());
    return claimed;
  }

  private static FieldsV1 fieldsV1(Map<String, Object> fields) {
    FieldsV1 fieldsV1 = new FieldsV1();
    fieldsV1.setAdditionalProperties(fields);
    return fieldsV1;
  }

  private static boolean isApplyOf(String manager, ManagedFieldsEntry entry) {
    return manager.equals(entry.getManager()) && APPLY.equals(entry.getOperation());
  }

  private static boolean ownsData(ManagedFieldsEntry entry) {
    return entry.getFieldsV1() != null
        && entry.getFieldsV1().getAdditionalProperties().containsKey(DATA);
  }

  private static List<OwnerReference> certMergeOwners(Secret secret) {
    return owners(secret).stream().filter(TargetWrite::isCertMerge).toList();
  }

  private static boolean isCertMerge(OwnerReference owner) {
    return owner.getApiVersion().startsWith(CertMerge.GROUP + "/");
  }

  private static List<OwnerReference> owners(Secret secret) {
    return Objects.requireNonNullElse(secret.getMetadata().getOwnerReferences(), List.of());
  }

  private static Set<String> uids(List<OwnerReference> owners) {
    return owners.stream().map(OwnerReference::getUid).collect(Collectors.toSet());
  }
}
