package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.PartialObjectMetadataList;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.internal.AbstractWatchManager;
import io.fabric8.kubernetes.client.dsl.internal.BaseOperation;
import io.fabric8.kubernetes.client.informers.impl.ListerWatcher;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Feeds an informer with {@linkplain BareSecret bare} Secrets. Lists are asked for metadata alone,
 * so that no content of a cluster's Secrets crosses the wire at the start; changes come whole, so
 * that a renewal is not asked for a second time.
 */
final class SecretFeed implements ListerWatcher<Secret, SecretList> {
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

  private static SecretList bare(PartialObjectMetadataList list) {
    SecretList bare = new SecretList();
    bare.setMetadata(list.getMetadata() == null ? new ListMeta() : list.getMetadata());
    bare.setItems(list.getItems().stream().map(BareSecret::of).toList());
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
