package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.PartialObjectMetadata;
import io.fabric8.kubernetes.api.model.PartialObjectMetadataList;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.internal.AbstractWatchManager;
import io.fabric8.kubernetes.client.dsl.internal.BaseOperation;
import io.fabric8.kubernetes.client.informers.impl.ListerWatcher;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Feeds an informer with {@linkplain BareSecret bare} Secrets. Lists are asked for metadata alone,
 * so that no content of a cluster's Secrets crosses the wire at the start; changes come whole, so
 * that a renewal is not asked for a second time.
 */
final class SecretFeed implements ListerWatcher<Secret, SecretList> {
  private static final String LIST = "PartialObjectMetadataList";

  private final BaseOperation<Secret, SecretList, Resource<Secret>> secrets;
  private final Executor executor;
  private final Consumer<Secret> changed;

  /**
   * Prepares the feed.
   *
   * @param secrets which Secrets
   * @param executor where lists are waited for
   * @param changed gets each Secret that was created or changed, whole, before the informer does
   */
  SecretFeed(
      BaseOperation<Secret, SecretList, Resource<Secret>> secrets,
      Executor executor,
      Consumer<Secret> changed) {
    this.secrets = secrets;
    this.executor = executor;
    this.changed = changed;
  }

  @Override
  public CompletableFuture<SecretList> submitList(ListOptions options) {
    return CompletableFuture.supplyAsync(
        () -> bare(secrets.listAsPartialObjectMetadata(options)), executor);
  }

  /** Fails on anything but a list: a Secret that is not in one is taken to be gone. */
  static SecretList bare(PartialObjectMetadataList list) {
    ListMeta metadata = list.getMetadata();
    if (!LIST.equals(list.getKind()) || metadata == null || metadata.getResourceVersion() == null) {
      throw new KubernetesClientException("asked for metadata, the API server sent another thing");
    }
    List<PartialObjectMetadata> items = list.getItems();
    SecretList bare = new SecretList();
    bare.setMetadata(metadata);
    // An empty list comes without its items.
    bare.setItems(items == null ? List.of() : items.stream().map(BareSecret::of).toList());
    return bare;
  }

  @Override
  public CompletableFuture<AbstractWatchManager<Secret>> submitWatch(
      ListOptions options, Watcher<Secret> watcher) {
    return secrets.submitWatch(options, new Baring(watcher));
  }

  @Override
  public Long getLimit() {
    return secrets.getLimit();
  }

  @Override
  public int getWatchReconnectInterval() {
    return secrets.getWatchReconnectInterval();
  }

  @Override
  public String getApiEndpointPath() {
    return secrets.getApiEndpointPath();
  }

  @Override
  public Config getConfig() {
    return secrets.getConfig();
  }

  private final class Baring implements Watcher<Secret> {
    private final Watcher<Secret> watcher;

    Baring(Watcher<Secret> watcher) {
      this.watcher = watcher;
    }

    @Override
    public void eventReceived(Action action, Secret secret) {
      if (action == Action.BOOKMARK) {
        watcher.eventReceived(action, secret);
        return;
      }
      if (action == Action.ADDED || action == Action.MODIFIED) {
        changed.accept(secret);
      }
      watcher.eventReceived(action, BareSecret.of(secret));
    }

    @Override
    public void onClose(WatcherException cause) {
      watcher.onClose(cause);
    }

    @Override
    public void onClose() {
      watcher.onClose();
    }

    @Override
    public boolean reconnecting() {
      return watcher.reconnecting();
    }
  }
}
