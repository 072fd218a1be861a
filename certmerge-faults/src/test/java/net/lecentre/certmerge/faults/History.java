package net.lecentre.certmerge.faults;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Every version of every Secret of a namespace, from a certain one on. It is watched at an API
 * server that has no faults, beside what the operator sees.
 */
public final class History implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<Version> versions = new ArrayList<>();
  private final Watch watch;
  private @Nullable WatcherException gap;

  /**
   * A version of a Secret.
   *
   * @param at the version of the whole cluster that this one came with
   * @param deleted whether it is its last
   */
  public record Version(long at, boolean deleted, Secret secret) {
    /** The Secret's name. */
    public String name() {
      return secret.getMetadata().getName();
    }

    /** Without the data: it holds keys. */
    @Override
    public String toString() {
      return name() + (deleted ? " deleted at " : " at ") + at;
    }
  }

  private History(KubernetesClient client, String namespace) {
    String now =
        client
            .secrets()
            .inNamespace(namespace)
            .list(new ListOptionsBuilder().withLimit(1L).build())
            .getMetadata()
            .getResourceVersion();
    watch =
        client
            .secrets()
            .inNamespace(namespace)
            .watch(
                new ListOptionsBuilder().withResourceVersion(now).build(),
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, Secret secret) {
                    if (action == Action.ADDED
                        || action == Action.MODIFIED
                        || action == Action.DELETED) {
                      add(action == Action.DELETED, secret);
                    }
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    broken(cause);
                  }
                });
  }

  /** Writes down from now on. */
  public static History of(KubernetesClient client, String namespace) {
    return new History(client, namespace);
  }

  private synchronized void add(boolean deleted, Secret secret) {
    long at = Long.parseLong(secret.getMetadata().getResourceVersion());
    // After a connection that broke the last one may come again.
    if (versions.isEmpty() || versions.get(versions.size() - 1).at() < at) {
      versions.add(new Version(at, deleted, secret));
    }
  }

  private synchronized void broken(WatcherException cause) {
    gap = cause;
  }

  private synchronized long last() {
    return versions.isEmpty() ? 0 : versions.get(versions.size() - 1).at();
  }

  /** All versions up to that of a Secret as it was just read. */
  public List<Version> upTo(Secret secret) {
    long at = Long.parseLong(secret.getMetadata().getResourceVersion());
    Awaitility.await("the watch tells of version " + at).atMost(PATIENCE).until(() -> last() >= at);
    return all();
  }

  /** All versions so far. */
  public synchronized List<Version> all() {
    if (gap != null) {
      throw new IllegalStateException("the history has a gap", gap);
    }
    return List.copyOf(versions);
  }

  @Override
  public void close() {
    watch.close();
  }
}
