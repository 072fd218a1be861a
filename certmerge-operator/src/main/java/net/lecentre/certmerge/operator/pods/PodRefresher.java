package net.lecentre.certmerge.operator.pods;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.spec.MergeSpec;
import net.lecentre.certmerge.operator.status.Announcement;
import net.lecentre.certmerge.operator.status.EventLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Annotates the pods that a CertMerge names after its target was written. Nothing waits for it and
 * nothing depends on it: a kubelet that is not told finds out by itself within about a minute. It
 * works in a thread of its own, a few pods a second, and of several writes of one CertMerge only
 * the last one counts.
 */
public final class PodRefresher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PodRefresher.class);

  /** How many pods are annotated at once, before the API server and the kubelets get a rest. */
  static final int AT_ONCE = 20;

  static final Duration REST = Duration.ofSeconds(1);

  /** How often the pods of one CertMerge are told at most. */
  static final Duration APART = Duration.ofSeconds(5);

  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private final Pods pods;
  private final Consent consent;
  private final Teller teller;
  private final Timer timer;
  private final InstantSource clock;

  /** The last refresh asked for of each CertMerge, the longest waiting first. */
  private final Map<ObjectName, Refresh> waiting = new LinkedHashMap<>();

  private final Map<ObjectName, Instant> lastOf = new HashMap<>();
  private final Map<ObjectName, Set<Obstacle>> told = new HashMap<>();
  private boolean awake;
  private @Nullable Round round;

  /** Tells what came of it. */
  @FunctionalInterface
  interface Teller {
    void tell(CertMerge certMerge, Announcement announcement, Instant now);
  }

  /** Runs work in one thread, later. */
  interface Timer extends AutoCloseable {
    void after(Duration delay, Runnable work);

    @Override
    void close();
  }

  private record Obstacle(String namespace, String message) {}

  /** Where the refresh of one CertMerge stands. */
  private static final class Round {
    private final Refresh refresh;
    private final Deque<String> namespaces;
    private final Deque<ObjectName> due = new ArrayDeque<>();
    private final Set<String> hindered = new HashSet<>();
    private int annotated;

    private Round(Refresh refresh) {
      this.refresh = refresh;
      this.namespaces = new ArrayDeque<>(refresh.namespaces());
    }

    private boolean over() {
      return due.isEmpty() && namespaces.isEmpty();
    }
  }

  /** Works through a client. */
  public PodRefresher(
      KubernetesClient client, Consent consent, EventLog events, InstantSource clock) {
    this(new ClusterPods(client), consent, events::tell, new OneThread(), clock);
  }

  PodRefresher(Pods pods, Consent consent, Teller teller, Timer timer, InstantSource clock) {
    this.pods = pods;
    this.consent = consent;
    this.teller = teller;
    this.timer = timer;
    this.clock = clock;
  }

  /** Has the pods that a CertMerge names told, soon, what its target holds now. */
  public synchronized void refresh(CertMerge certMerge, MergeSpec spec, String contentHash) {
    if (spec.refreshPods().isEmpty()) {
      forget(spec.certMerge());
      return;
    }
    waiting.put(spec.certMerge(), Refresh.of(certMerge, spec, contentHash));
    if (!awake) {
      awake = true;
      timer.after(Duration.ZERO, this::work);
    }
  }

  /** Forgets a CertMerge. */
  public synchronized void forget(ObjectName certMerge) {
    waiting.remove(certMerge);
    lastOf.remove(certMerge);
    told.remove(certMerge);
  }

  private void work() {
    try {
      if (round == null) {
        round = next().map(Round::new).orElse(null);
      }
      if (round != null) {
        proceed(round);
        if (round.over()) {
          end(round);
          round = null;
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("pods could not be told of a new content", e);
      round = null;
    }
    pause().ifPresent(delay -> timer.after(delay, this::work));
  }

  private synchronized Optional<Refresh> next() {
    Instant now = clock.instant();
    Iterator<Map.Entry<ObjectName, Refresh>> all = waiting.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<ObjectName, Refresh> one = all.next();
      if (!earliest(one.getKey()).isAfter(now)) {
        all.remove();
        lastOf.put(one.getKey(), now);
        return Optional.of(one.getValue());
      }
    }
    return Optional.empty();
  }

  private Instant earliest(ObjectName certMerge) {
    return Optional.ofNullable(lastOf.get(certMerge))
        .map(last -> last.plus(APART))
        .orElse(Instant.EPOCH);
  }

  /** When to go on; empty when there is nothing to do until somebody asks. */
  private synchronized Optional<Duration> pause() {
    if (round != null) {
      return Optional.of(REST);
    }
    Instant now = clock.instant();
    // What is over for long enough sets no limit any more.
    lastOf.values().removeIf(last -> !last.plus(APART).isAfter(now));
    Optional<Duration> pause =
        waiting.keySet().stream()
            .map(this::earliest)
            .min(Instant::compareTo)
            .map(earliest -> Duration.between(now, earliest))
            .map(delay -> delay.compareTo(REST) < 0 ? REST : delay);
    awake = pause.isPresent();
    return pause;
  }

  private void proceed(Round at) {
    int left = AT_ONCE;
    while (left > 0 && !at.over()) {
      if (at.due.isEmpty()) {
        find(at, at.namespaces.remove());
      } else {
        annotate(at, at.due.remove());
        left--;
      }
    }
  }

  private void find(Round at, String namespace) {
    Optional<String> obstacle = at.refresh.obstacle(namespace, consent);
    if (obstacle.isPresent()) {
      warn(at, namespace, obstacle.get());
      return;
    }
    try {
      pods.inPages(namespace, page -> at.refresh.due(namespace, page).forEach(at.due::add));
    } catch (KubernetesClientException e) {
      at.due.clear();
      warn(at, namespace, said("list", namespace, e));
    }
  }

  private void annotate(Round at, ObjectName pod) {
    try {
      pods.annotate(pod, at.refresh.contentHash());
      at.annotated++;
    } catch (KubernetesClientException e) {
      if (e.getCode() == NOT_FOUND) {
        return;
      }
      warn(at, pod.namespace(), said("patch", pod.namespace(), e));
      if (e.getCode() == FORBIDDEN) {
        at.due.clear();
      }
    }
  }

  private static String said(String verb, String namespace, KubernetesClientException failure) {
    if (failure.getCode() == FORBIDDEN) {
      return "the operator may not "
          + verb
          + " pods in namespace "
          + namespace
          + "; allow it with kubectl apply --namespace "
          + namespace
          + " -f deploy/refresh-pods, or remove spec.refreshPods; until then the pods get the new"
          + " content when their kubelet looks for it";
    }
    String why =
        failure.getStatus() == null
            ? "the API server did not answer"
            : failure.getStatus().getMessage();
    return "pods in namespace "
        + namespace
        + " could not be told of the new content ("
        + why
        + "); their kubelet looks for it within about a minute";
  }

  private void end(Round at) {
    forgive(at);
    if (at.annotated > 0) {
      teller.tell(
          at.refresh.certMerge(),
          new Announcement(
              false,
              "PodsRefreshed",
              at.annotated
                  + (at.annotated == 1 ? " pod was" : " pods were")
                  + " told of the new content"),
          clock.instant());
    }
  }

  private void warn(Round at, String namespace, String message) {
    at.hindered.add(namespace);
    boolean isNew;
    synchronized (this) {
      isNew =
          told.computeIfAbsent(at.refresh.name(), none -> new HashSet<>())
              .add(new Obstacle(namespace, message));
    }
    if (isNew) {
      teller.tell(
          at.refresh.certMerge(),
          new Announcement(true, "PodsNotRefreshed", message),
          clock.instant());
    }
  }

  /** What was in the way is told again when it comes back. */
  private synchronized void forgive(Round at) {
    Set<Obstacle> obstacles = told.get(at.refresh.name());
    if (obstacles != null) {
      obstacles.removeIf(obstacle -> !at.hindered.contains(obstacle.namespace()));
    }
  }

  @Override
  public void close() {
    timer.close();
  }

  /** A daemon thread; what comes after it was closed is dropped. */
  private static final class OneThread implements Timer {
    private final ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "pods");
              thread.setDaemon(true);
              return thread;
            });

    private OneThread() {
      executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    @Override
    public void after(Duration delay, Runnable work) {
      Future<?> ignored = executor.schedule(work, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }
  }
}
