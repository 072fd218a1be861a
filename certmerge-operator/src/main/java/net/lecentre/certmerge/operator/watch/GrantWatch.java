package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Grant;
import net.lecentre.certmerge.operator.consent.GrantKind;
import net.lecentre.certmerge.operator.consent.Grants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the {@code ReferenceGrant}s of the Gateway API, from the moment on at which the cluster
 * has that kind of resource. As long as the cluster has it and it cannot be read, nobody knows who
 * consents: then {@link #allow} throws.
 */
public final class GrantWatch extends AbstractEventSource<GenericKubernetesResource, CertMerge>
    implements ResourceEventHandler<GenericKubernetesResource>, Grants {
  private static final Logger LOG = LoggerFactory.getLogger(GrantWatch.class);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int UNAVAILABLE = 503;

  private final KubernetesClient client;
  private final Set<String> namespaces;
  private final Interests interests;
  private final Map<String, Map<String, Grant>> grants = new ConcurrentHashMap<>();
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "reference-grants");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Optional<List<SharedIndexInformer<GenericKubernetesResource>>> informers =
      Optional.empty();
  private volatile boolean asked;

  /** Prepares the watch in some namespaces; none: everywhere. */
  public GrantWatch(KubernetesClient client, Set<String> namespaces, Interests interests) {
    super(GenericKubernetesResource.class, "grants");
    this.client = client;
    this.namespaces = Set.copyOf(namespaces);
    this.interests = interests;
  }

  /**
   * Whether grants are still followed, once they were. Where they may not be read, whoever needs
   * one is told so; all others are served.
   */
  public boolean isAlive() {
    return informers.stream()
        .flatMap(List::stream)
        .allMatch(informer -> !informer.hasSynced() || informer.isWatching());
  }

  @Override
  public boolean allow(String certMergeNamespace, ObjectName source) {
    boolean known =
        asked
            && informers
                .map(started -> started.stream().allMatch(SharedIndexInformer::hasSynced))
                .orElse(true);
    if (!known) {
      String message =
          "ReferenceGrants cannot be read, so nobody knows whether namespace "
              + source.namespace()
              + " consents; apply role.yaml, which allows to list and watch them";
      throw new KubernetesClientException(
          message, UNAVAILABLE, new StatusBuilder().withMessage(message).build());
    }
    return grants.getOrDefault(source.namespace(), Map.of()).values().stream()
        .anyMatch(grant -> grant.allows(certMergeNamespace, source));
  }

  @Override
  public void start() {
    super.start();
    look();
    ScheduledFuture<?> ignored =
        looking.scheduleWithFixedDelay(
            this::look, LOOK_AGAIN.toMillis(), LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Asks whether there are grants by now, as long as there were none. */
  private void look() {
    if (informers.isPresent()) {
      return;
    }
    try {
      GrantKind.servedBy(client).ifPresent(this::watch);
      asked = true;
    } catch (KubernetesClientException e) {
      LOG.warn("the API server does not say whether it has ReferenceGrants: {}", e.getMessage());
    }
  }

  private void watch(ResourceDefinitionContext kind) {
    var resources = client.genericKubernetesResources(kind);
    List<SharedIndexInformer<GenericKubernetesResource>> started =
        namespaces.isEmpty()
            ? List.of(resources.inAnyNamespace().runnableInformer(0))
            : namespaces.stream()
                .map(name -> resources.inNamespace(name).runnableInformer(0))
                .toList();
    informers = Optional.of(started);
    started.forEach(this::start);
  }

  private void start(SharedIndexInformer<GenericKubernetesResource> informer) {
    informer.addEventHandler(this);
    informer.exceptionHandler(
        (running, failure) -> {
          LOG.warn("ReferenceGrants cannot be watched, tried again: {}", failure.getMessage());
          return true;
        });
    CompletionStage<Void> synced = informer.start();
    try {
      synced.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("ReferenceGrants could not be read yet; sources that need one have to wait");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    looking.shutdownNow();
    informers.ifPresent(started -> started.forEach(SharedIndexInformer::stop));
    super.stop();
  }

  @Override
  public void onAdd(GenericKubernetesResource resource) {
    Grant grant = Grant.of(resource);
    grants
        .computeIfAbsent(grant.namespace(), namespace -> new ConcurrentHashMap<>())
        .put(resource.getMetadata().getName(), grant);
    wake(grant.readers().stream());
  }

  @Override
  public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
    onAdd(after);
    wake(Grant.of(before).readers().stream());
  }

  @Override
  public void onDelete(GenericKubernetesResource resource, boolean finalStateUnknown) {
    Grant grant = Grant.of(resource);
    grants
        .getOrDefault(grant.namespace(), new ConcurrentHashMap<>())
        .remove(resource.getMetadata().getName());
    wake(grant.readers().stream());
  }

  private void wake(Stream<String> readers) {
    readers
        .flatMap(interests::of)
        .map(name -> new Event(new ResourceID(name.name(), name.namespace())))
        .forEach(getEventHandler()::handleEvent);
  }

  @Override
  public Set<GenericKubernetesResource> getSecondaryResources(CertMerge primary) {
    return Set.of();
  }
}
