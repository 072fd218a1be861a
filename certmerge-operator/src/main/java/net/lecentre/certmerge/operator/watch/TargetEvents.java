package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.URI;
import net.lecentre.certmerge.operator.targets.TargetSecret;

/**
 * Has the watch on targets tell their metadata alone: all that it is for is to say that one was
 * changed, and an operator that has just written one need not be sent all of its keys again.
 */
public final class TargetEvents implements Interceptor {
  private static final String METADATA =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

  private static final String TARGETS =
      "labelSelector=" + TargetSecret.CREATOR_LABEL + "=" + TargetSecret.CREATOR;

  /**
   * Has such metadata read as a Secret without data. The client would read it as what it says it
   * is, write that down again, and read the Secret that the watch is for from there.
   */
  public static void readAsSecrets(KubernetesSerialization serialization) {
    serialization.registerKubernetesResource(
        "meta.k8s.io/v1", "PartialObjectMetadata", Secret.class);
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (isWatchOnTargets(request.uri())) {
      builder.setHeader("Accept", METADATA);
    }
  }

  static boolean isWatchOnTargets(URI uri) {
    String query = uri.getQuery();
    return uri.getPath().endsWith("/secrets")
        && query != null
        && query.contains(TARGETS)
        && query.contains("watch=true");
  }
}
