package net.lecentre.certmerge.operator.pods;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.function.Consumer;
import net.lecentre.certmerge.operator.api.ObjectName;

/** The pods that the API server knows. */
record ClusterPods(KubernetesClient client) implements Pods {
  private static final long PAGE = 500;
  private static final String UNFINISHED = "status.phase!=Succeeded,status.phase!=Failed";

  @Override
  public void inPages(String namespace, Consumer<List<Pod>> page) {
    String next = null;
    do {
      PodList pods =
          client
              .pods()
              .inNamespace(namespace)
              .list(
                  new ListOptionsBuilder()
                      .withLimit(PAGE)
                      .withFieldSelector(UNFINISHED)
                      .withContinue(next)
                      .build());
      page.accept(pods.getItems());
      next = pods.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
  }

  /**
   * Named as a whole object, so that the client does not read the pod before: that takes a right.
   */
  @Override
  public void annotate(ObjectName pod, String value) {
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(pod.namespace())
                .withName(pod.name())
                .addToAnnotations(Refresh.ANNOTATION, value)
                .endMetadata()
                .build())
        .patch(PatchContext.of(PatchType.JSON_MERGE));
  }
}
