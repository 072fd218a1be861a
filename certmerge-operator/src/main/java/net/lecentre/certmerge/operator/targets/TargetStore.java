package net.lecentre.certmerge.operator.targets;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Optional;
import net.lecentre.certmerge.operator.api.ObjectName;

/** Reads and writes targets at the API server. */
public final class TargetStore {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final KubernetesClient client;

  /** Works through a client. */
  public TargetStore(KubernetesClient client) {
    this.client = client;
  }

  /** The target as it is now. */
  public Optional<Secret> read(ObjectName name) {
    return Optional.ofNullable(
        client.secrets().inNamespace(name.namespace()).withName(name.name()).get());
  }

  /** Carries a write out. A write that comes too late fails with a conflict and is planned anew. */
  public void write(TargetWrite write, String manager) {
    if (write instanceof TargetWrite.Create create) {
      // Not applied: that would merge into whatever somebody else created meanwhile.
      String answer =
          client.raw(
              "/api/v1/namespaces/"
                  + create.secret().getMetadata().getNamespace()
                  + "/secrets?fieldManager="
                  + manager,
              "POST",
              create.secret());
      if (answer == null) {
        throw new KubernetesClientException("the namespace is gone", 404, null);
      }
    } else if (write instanceof TargetWrite.Change change) {
      Secret secret = change.secret();
      if (change.claim().needed()) {
        String version = claim(secret, change.claim()).getMetadata().getResourceVersion();
        secret.getMetadata().setResourceVersion(version);
      }
      client.resource(secret).fieldManager(manager).forceConflicts().serverSideApply();
    }
  }

  private Secret claim(Secret secret, TargetWrite.Claim claim) {
    ArrayNode patch = JSON.createArrayNode();
    patch
        .addObject()
        .put("op", "replace")
        .put("path", "/metadata/resourceVersion")
        .put("value", secret.getMetadata().getResourceVersion());
    patch
        .addObject()
        .put("op", "add")
        .put("path", "/metadata/managedFields")
        .set("value", JSON.valueToTree(claim.managedFields()));
    patch
        .addObject()
        .put("op", "add")
        .put("path", "/metadata/ownerReferences")
        .set("value", JSON.valueToTree(claim.ownerReferences()));
    return client
        .secrets()
        .inNamespace(secret.getMetadata().getNamespace())
        .withName(secret.getMetadata().getName())
        .patch(PatchContext.of(PatchType.JSON), patch.toString());
  }

  /**
   * Deletes a target, if it still belongs to a CertMerge. A copy bears the same mark, but nothing
   * that the CertMerge wrote: that is left alone.
   *
   * @param manager the CertMerge's field manager
   */
  public void delete(ObjectName name, ObjectName owner, String manager) {
    read(name)
        .filter(secret -> Ownership.bearsMarkOf(owner, secret))
        .filter(secret -> Ownership.wasWrittenBy(manager, secret))
        .ifPresent(
            secret -> {
              List<?> ignored =
                  client
                      .resource(secret)
                      .lockResourceVersion(secret.getMetadata().getResourceVersion())
                      .delete();
            });
  }
}
