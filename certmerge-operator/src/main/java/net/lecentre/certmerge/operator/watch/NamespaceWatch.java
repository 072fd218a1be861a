package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches namespaces: for their labels, and because a target may wait for its namespace. */
public final class NamespaceWatch extends AbstractEventSource<Namespace, CertMerge>
    implements ResourceEventHandler<Namespace> {
  private static final Logger LOG = LoggerFactory.getLogger(NamespaceWatch.class);

  private final Interests interests;
  private final SharedIndexInformer<Namespace> informer;

  /** Prepares the watch. */
  public NamespaceWatch(KubernetesClient client, Interests interests) {
    super(Namespace.class, "namespaces");
    this.interests = interests;
    this.informer = client.namespaces().runnableInformer(0);
  }

  /** The labels of a namespace; none when there is no such namespace. */
  public Map<String, String> labelsOf(String namespace) {
    Namespace found = informer.getIndexer().getByKey(namespace);
    return found == null ? Map.of() : labels(found);
  }

  /** Whether every namespace was seen once and changes are being watched. */
  public boolean isAlive() {
    return informer.hasSynced() && informer.isWatching();
  }

  @Override
  public void start() {
    super.start();
    informer.addEventHandler(this);
    informer.exceptionHandler(
        (started, failure) -> {
          LOG.warn("namespaces cannot be watched, tried again: {}", failure.getMessage());
          return true;
        });
    informer.run();
  }

  @Override
  public void stop() {
    informer.stop();
    super.stop();
  }

  @Override
  public void onAdd(Namespace namespace) {
    wake(concerned(namespace));
  }

  @Override
  public void onUpdate(Namespace before, Namespace after) {
    if (!labels(before).equals(labels(after))) {
      wake(Stream.concat(concerned(before), concerned(after)));
    }
  }

  @Override
  public void onDelete(Namespace namespace, boolean finalStateUnknown) {
    wake(concerned(namespace));
  }

  private Stream<ObjectName> concerned(Namespace namespace) {
    return interests.inNamespace(namespace.getMetadata().getName(), labels(namespace));
  }

  private void wake(Stream<ObjectName> certMerges) {
    certMerges
        .distinct()
        .map(name -> new Event(new ResourceID(name.name(), name.namespace())))
        .forEach(getEventHandler()::handleEvent);
  }

  private static Map<String, String> labels(Namespace namespace) {
    return Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of());
  }

  @Override
  public Set<Namespace> getSecondaryResources(CertMerge primary) {
    return Set.of();
  }
}
