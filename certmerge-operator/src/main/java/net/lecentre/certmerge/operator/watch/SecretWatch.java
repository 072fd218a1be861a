package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.internal.BaseOperation;
import io.fabric8.kubernetes.client.impl.BaseClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.impl.DefaultSharedIndexInformer;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches some of the cluster's Secrets and wakes CertMerges. Both sides of a change are asked whom
 * they concern: a Secret that loses its label concerns those that it was selected by.
 */
abstract class SecretWatch extends AbstractEventSource<Secret, CertMerge>
    implements ResourceEventHandler<Secret> {
  private static final Logger LOG = LoggerFactory.getLogger(SecretWatch.class);

  /** Lists are read in pages, so that a large cluster costs no single large answer. */
  private static final long PAGE = 500;

  private static final Duration SHORTLY = Duration.ofMillis(500);

  private final Interests interests;
  private final InstantSource clock;
  private final List<SharedIndexInformer<Secret>> informers;
  private volatile Instant lastEvent;

  /**
   * Prepares the watch.
   *
   * @param namespaces where to watch; none: everywhere
   * @param which narrows down the Secrets that are watched
   * @param indexes what else the Secrets seen can be looked up by: index, and its values for one
   */
  SecretWatch(
      String name,
      KubernetesClient client,
      Set<String> namespaces,
      Interests interests,
      InstantSource clock,
      UnaryOperator<FilterWatchListDeletable<Secret, SecretList, Resource<Secret>>> which,
      Map<String, Function<Secret, List<String>>> indexes) {
    super(Secret.class, name);
    this.interests = interests;
    this.clock = clock;
    this.lastEvent = clock.instant();
    Executor executor = client.adapt(BaseClient.class).getExecutor();
    this.informers =
        scopes(client, namespaces)
            .map(which)
            .map(secrets -> informer(operation(secrets.withLimit(PAGE)), executor))
            .map(informer -> informer.addIndexers(indexes))
            .toList();
  }

  /** The operations that the client gives out are what its informers list and watch with. */
  @SuppressWarnings("unchecked")
  private static BaseOperation<Secret, SecretList, Resource<Secret>> operation(
      Informable<Secret> secrets) {
    return (BaseOperation<Secret, SecretList, Resource<Secret>>) secrets;
  }

  private SharedIndexInformer<Secret> informer(
      BaseOperation<Secret, SecretList, Resource<Secret>> secrets, Executor executor) {
    SecretFeed feed = new SecretFeed(secrets, executor, this::changed);
    // In the thread that brings the event: to wake somebody takes less than to change threads.
    return new DefaultSharedIndexInformer<>(Secret.class, feed, 0, Runnable::run);
  }

  /** Gets each Secret that was created or changed, whole, before anybody is woken. */
  void changed(Secret whole) {}

  private static Stream<FilterWatchListDeletable<Secret, SecretList, Resource<Secret>>> scopes(
      KubernetesClient client, Set<String> namespaces) {
    if (namespaces.isEmpty()) {
      return Stream.of(client.secrets().inAnyNamespace());
    }
    return namespaces.stream().map(namespace -> client.secrets().inNamespace(namespace));
  }

  /** The CertMerges that a state of a Secret concerns. */
  abstract Stream<ObjectName> concerned(Secret secret);

  @Override
  public void start() {
    super.start();
    for (SharedIndexInformer<Secret> informer : informers) {
      informer.addEventHandler(this);
      // A watch that broke is taken up again for ever; the probes tell meanwhile.
      informer.exceptionHandler(
          (started, failure) -> {
            LOG.warn("{} cannot be watched, tried again: {}", name(), failure.getMessage());
            return true;
          });
      informer.run();
    }
  }

  @Override
  public void stop() {
    informers.forEach(SharedIndexInformer::stop);
    super.stop();
  }

  /** Whether every Secret was seen once and changes are being watched. */
  public boolean isAlive() {
    return informers.stream().allMatch(informer -> informer.hasSynced() && informer.isWatching());
  }

  /** The Secrets seen, {@linkplain BareSecret bare}. */
  Stream<Secret> all() {
    return informers.stream().flatMap(informer -> informer.getIndexer().list().stream());
  }

  /** Those of them that an index has under a value. */
  Stream<Secret> indexed(String index, String value) {
    return informers().stream()
        .flatMap(informer -> informer.getIndexer().byIndex(index, value).stream());
  }

  Interests interests() {
    return interests;
  }

  List<SharedIndexInformer<Secret>> informers() {
    return informers;
  }

  /** When the last event was seen, or the watch prepared if there was none. */
  public Instant lastEvent() {
    return lastEvent;
  }

  @Override
  public void onAdd(Secret secret) {
    wake(concerned(secret));
  }

  @Override
  public void onUpdate(Secret before, Secret after) {
    Stream<ObjectName> now = concerned(after);
    wake(BareSecret.isSame(before, after) ? now : Stream.concat(concerned(before), now));
  }

  @Override
  public void onDelete(Secret secret, boolean finalStateUnknown) {
    wake(concerned(secret));
  }

  private void wake(Stream<ObjectName> certMerges) {
    Instant now = clock.instant();
    lastEvent = now;
    Set<ObjectName> woken = certMerges.collect(Collectors.toSet());
    if (!woken.isEmpty()) {
      waking();
    }
    woken.forEach(
        name -> {
          interests.wake(name, now);
          getEventHandler().handleEvent(new Event(new ResourceID(name.name(), name.namespace())));
        });
  }

  /** Is told before a change wakes somebody. */
  void waking() {}

  /** Has a CertMerge reconciled as if it had just been created, once what goes on now is over. */
  public void raise(CertMerge certMerge) {
    CompletableFuture<Void> ignored =
        CompletableFuture.runAsync(
            () ->
                getEventHandler()
                    .handleEvent(
                        new ResourceEvent(
                            ResourceAction.ADDED, ResourceID.fromResource(certMerge), certMerge)),
            CompletableFuture.delayedExecutor(SHORTLY.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Override
  public Set<Secret> getSecondaryResources(CertMerge primary) {
    return Set.of();
  }
}
