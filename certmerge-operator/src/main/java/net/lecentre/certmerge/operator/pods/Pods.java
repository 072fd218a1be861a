package net.lecentre.certmerge.operator.pods;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.function.Consumer;
import net.lecentre.certmerge.operator.api.ObjectName;

/** The pods of a cluster. */
interface Pods {
  /** Reads the pods of a namespace, page by page. */
  void inPages(String namespace, Consumer<List<Pod>> page);

  /** Sets {@link Refresh#ANNOTATION} of a pod, and nothing else. */
  void annotate(ObjectName pod, String value);
}
