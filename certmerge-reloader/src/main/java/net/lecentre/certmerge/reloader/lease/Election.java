package net.lecentre.certmerge.reloader.lease;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import net.lecentre.certmerge.reloader.decide.Turn;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt to get the Lease, and to keep it. */
final class Election implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Election.class);
  private static final int FORBIDDEN = 403;
  private static final String GRANT = " Apply deploy/istio/reloader-role.yaml to its namespace.";
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private final LeaseSettings settings;
  private final KubernetesClient client;
  private final String namespace;
  private final CompletableFuture<?> running;

  private volatile boolean leading;
  private volatile @Nullable String holder;
  private volatile @Nullable String problem;

  /** Whoever had the Lease last: it may have died while its gateway was out of service. */
  private volatile @Nullable String predecessor;

  private Election(LeaseSettings settings, KubernetesClient client) {
    this.settings = settings;
    this.client = client;
    this.namespace =
        Optional.ofNullable(settings.namespace())
            .or(() -> Optional.ofNullable(client.getNamespace()))
            .orElse("default");
    this.running =
        client
            .leaderElector()
            .withConfig(
                new LeaderElectionConfigBuilder()
                    .withName(settings.name())
                    .withLock(new Watched())
                    .withLeaseDuration(settings.duration())
                    .withRenewDeadline(settings.renewDeadline())
                    .withRetryPeriod(settings.retry())
                    .withReleaseOnCancel()
                    .withLeaderCallbacks(
                        new LeaderCallbacks(
                            () -> leading = true, () -> leading = false, leader -> holder = leader))
                    .build())
            .build()
            .start();
  }

  static Election start(LeaseSettings settings) {
    Config config =
        new ConfigBuilder(Config.autoConfigure(null))
            .withConnectionTimeout(3_000)
            .withRequestTimeout(5_000)
            // Whoever asks asks again anyway.
            .withRequestRetryBackoffLimit(0)
            .build();
    return start(settings, new KubernetesClientBuilder().withConfig(config).build());
  }

  /** Takes the client over. */
  static Election start(LeaseSettings settings, KubernetesClient client) {
    return new Election(settings, client);
  }

  /** Whether it has ended: the Lease was held and could not be kept. */
  boolean isOver() {
    return running.isDone();
  }

  Turn turn() {
    if (!leading) {
      return new Turn.Others(whyNotLeading());
    }
    String before = predecessor;
    if (before == null) {
      return new Turn.Ours();
    }
    Optional<String> open = whyNotBack(LeaseSettings.podOf(before));
    if (open.isEmpty()) {
      predecessor = null;
    }
    return open.<Turn>map(Turn.Others::new).orElseGet(Turn.Ours::new);
  }

  private String whyNotLeading() {
    String now = problem;
    if (now != null) {
      return now;
    }
    String other = holder;
    return other == null || other.isEmpty() || other.equals(settings.identity())
        ? "the Lease " + lease() + " is not had yet"
        : "the Lease " + lease() + " is held by " + other;
  }

  private String lease() {
    return namespace + "/" + settings.name();
  }

  /** The next one waits until the gateway of the last one takes traffic again, or is gone. */
  private Optional<String> whyNotBack(String name) {
    try {
      Pod pod = client.pods().inNamespace(namespace).withName(name).get();
      boolean gone =
          pod == null
              || pod.getMetadata().getDeletionTimestamp() != null
              || (pod.getStatus() != null && ENDED.contains(pod.getStatus().getPhase()));
      return gone || Readiness.isPodReady(pod)
          ? Optional.empty()
          : Optional.of("the pod " + name + ", whose turn it was, is not ready again");
    } catch (KubernetesClientException e) {
      return Optional.of("the pod " + name + ", whose turn it was, cannot be read: " + sentence(e));
    }
  }

  private static String sentence(KubernetesClientException e) {
    String message =
        e.getStatus() == null || e.getStatus().getMessage() == null
            ? String.valueOf(e.getMessage())
            : e.getStatus().getMessage();
    return message + (message.endsWith(".") ? "" : ".") + (e.getCode() == FORBIDDEN ? GRANT : "");
  }

  /** Gives the Lease back, if it is held. */
  @Override
  public void close() {
    running.cancel(true);
    client.close();
  }

  /** Sees what the election sees of the Lease. */
  private final class Watched extends LeaseLock {
    Watched() {
      super(namespace, settings.name(), settings.identity());
    }

    @Override
    public synchronized @Nullable LeaderElectionRecord get(KubernetesClient using) {
      LeaderElectionRecord found = told(() -> super.get(using));
      String other = found == null ? null : found.getHolderIdentity();
      if (other != null && !other.isEmpty() && !other.equals(settings.identity())) {
        predecessor = other;
      }
      return found;
    }

    @Override
    public synchronized void create(KubernetesClient using, LeaderElectionRecord lease) {
      told(
          () -> {
            super.create(using, lease);
            return null;
          });
    }

    @Override
    public synchronized void update(KubernetesClient using, LeaderElectionRecord lease) {
      told(
          () -> {
            super.update(using, lease);
            return null;
          });
    }

    private <T> @Nullable T told(java.util.function.Supplier<@Nullable T> request) {
      try {
        T answer = request.get();
        problem = null;
        return answer;
      } catch (KubernetesClientException e) {
        problem = "the Lease " + lease() + " cannot be used: " + sentence(e);
        throw e;
      } catch (RuntimeException e) {
        // The election goes on only after what it expects.
        log.debug("the Lease {} cannot be used", lease(), e);
        problem = "the Lease " + lease() + " cannot be used: " + e + ".";
        throw new KubernetesClientException(String.valueOf(problem), e);
      }
    }
  }
}
