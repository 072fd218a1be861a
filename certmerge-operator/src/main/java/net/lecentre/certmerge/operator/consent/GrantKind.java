package net.lecentre.certmerge.operator.consent;

import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Optional;

/** The kind {@code ReferenceGrant} of the Gateway API, in the version that a cluster has of it. */
public final class GrantKind {
  private static final String GROUP = "gateway.networking.k8s.io";
  private static final String KIND = "ReferenceGrant";
  private static final String PLURAL = "referencegrants";

  /** The newest first. */
  private static final List<String> VERSIONS = List.of("v1", "v1beta1");

  private GrantKind() {}

  /** How to ask for grants; empty when the cluster has none. */
  public static Optional<ResourceDefinitionContext> servedBy(KubernetesClient client) {
    return VERSIONS.stream()
        .filter(version -> isServed(client, version))
        .findFirst()
        .map(
            version ->
                new ResourceDefinitionContext.Builder()
                    .withGroup(GROUP)
                    .withVersion(version)
                    .withKind(KIND)
                    .withPlural(PLURAL)
                    .withNamespaced(true)
                    .build());
  }

  private static boolean isServed(KubernetesClient client, String version) {
    APIResourceList resources = client.getApiResources(GROUP + "/" + version);
    return resources != null
        && resources.getResources().stream().anyMatch(one -> KIND.equals(one.getKind()));
  }
}
