package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.targets.Ownership;
import net.lecentre.certmerge.operator.targets.TargetLookup;
import net.lecentre.certmerge.operator.targets.TargetSecret;
import net.lecentre.certmerge.operator.targets.TargetStore;

/** Watches the merged Secrets, so that a changed or deleted one is put right. */
public final class TargetWatch extends SecretWatch implements TargetLookup {
  /** An index of the Secrets by the CertMerge that they name as their owner. */
  private static final String OWNER = "owner";

  private final TargetStore store;

  /** Prepares the watch in some namespaces; none: everywhere. */
  public TargetWatch(
      KubernetesClient client,
      Set<String> namespaces,
      Interests interests,
      TargetStore store,
      InstantSource clock) {
    super(
        "targets",
        client,
        namespaces,
        interests,
        clock,
        secrets -> secrets.withLabel(TargetSecret.CREATOR_LABEL, TargetSecret.CREATOR),
        Map.of(OWNER, secret -> List.of(TargetSecret.owner(secret))));
    this.store = store;
  }

  @Override
  public void onAdd(Secret secret) {
    if (store.isNews(secret)) {
      super.onAdd(secret);
    }
  }

  @Override
  public void onUpdate(Secret before, Secret after) {
    if (store.isNews(after)) {
      super.onUpdate(before, after);
    }
  }

  @Override
  public void onDelete(Secret secret, boolean finalStateUnknown) {
    store.gone(secret);
    super.onDelete(secret, finalStateUnknown);
  }

  @Override
  Stream<ObjectName> concerned(Secret secret) {
    return interests().inTarget(ObjectName.of(secret));
  }

  @Override
  public Optional<Secret> read(ObjectName name) {
    return store.read(name);
  }

  @Override
  public SortedMap<String, TlsPair> pairs(Secret secret) {
    return store.pairs(secret);
  }

  /** Those seen, and those just written. */
  @Override
  public Stream<ObjectName> ownedBy(ObjectName certMerge) {
    return alsoWritten(certMerge, indexed(OWNER, certMerge.toString()));
  }

  @Override
  public Stream<ObjectName> writtenFor(ObjectName certMerge, String manager) {
    return alsoWritten(
        certMerge,
        indexed(OWNER, certMerge.toString())
            .filter(secret -> Ownership.wasWrittenBy(manager, secret)));
  }

  private Stream<ObjectName> alsoWritten(ObjectName certMerge, Stream<Secret> seen) {
    return Stream.concat(seen.map(ObjectName::of), store.ownedBy(certMerge)).distinct();
  }
}
