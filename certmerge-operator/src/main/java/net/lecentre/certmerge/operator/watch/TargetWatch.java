package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.Set;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.targets.Ownership;
import net.lecentre.certmerge.operator.targets.TargetSecret;

/** Watches the merged Secrets, so that a changed or deleted one is put right. */
public final class TargetWatch extends SecretWatch {

  /** Prepares the watch in some namespaces; none: everywhere. */
  public TargetWatch(
      KubernetesClient client, Set<String> namespaces, Interests interests, InstantSource clock) {
    super(
        "targets",
        client,
        namespaces,
        interests,
        clock,
        secrets -> secrets.withLabel(TargetSecret.CREATOR_LABEL, TargetSecret.CREATOR));
  }

  @Override
  Stream<ObjectName> concerned(Secret secret) {
    return interests().inTarget(ObjectName.of(secret));
  }

  /** The targets that bear the mark of a CertMerge. */
  public Stream<ObjectName> ownedBy(ObjectName certMerge) {
    return all().filter(secret -> Ownership.bearsMarkOf(certMerge, secret)).map(ObjectName::of);
  }
}
