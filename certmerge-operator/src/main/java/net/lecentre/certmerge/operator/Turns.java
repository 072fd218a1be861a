package net.lecentre.certmerge.operator;

import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs what waits of each namespace in turn, and never in all threads: a namespace with thousands
 * of CertMerges, or with some that take minutes, keeps none of another one waiting for more than
 * what runs already.
 */
final class Turns extends AbstractExecutorService {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  /** Where the SDK says in its threads whose CertMerge they are busy with. */
  private static final String NAMESPACE = "resource.namespace";

  private static final int THREADS = ConfigurationService.DEFAULT_RECONCILIATION_THREADS_NUMBER;

  private final ExecutorService threads;
  private final int mostOfOne;
  private final Supplier<@Nullable String> namespace;

  /** By namespace, the one whose turn it is first. */
  private final Map<String, Deque<Runnable>> waiting = new LinkedHashMap<>();

  /** How many threads are busy with each namespace. */
  private final Map<String, Integer> running = new HashMap<>();

  /** How often a thread was free for nothing but what had to wait on. */
  private int passed;

  /**
   * Prepares the queue.
   *
   * @param threads where work is run; a queue of its own may have any length
   * @param mostOfOne how many of them one namespace may have at once
   * @param namespace whose work is being handed in, in the thread that does so
   */
  Turns(ExecutorService threads, int mostOfOne, Supplier<@Nullable String> namespace) {
    this.threads = threads;
    this.mostOfOne = mostOfOne;
    this.namespace = namespace;
  }

  /** Starts as many threads as the SDK would, a fifth of which no namespace gets for itself. */
  static Turns start() {
    return new Turns(
        Executors.newFixedThreadPool(THREADS), THREADS * 4 / 5, () -> MDC.get(NAMESPACE));
  }

  private record Turn(String whose, Runnable work) {}

  @Override
  public void execute(Runnable work) {
    add(Objects.requireNonNullElse(namespace.get(), ""), work);
    threads.execute(
        () -> {
          for (Optional<Turn> turn = next(); turn.isPresent(); turn = after(turn.get())) {
            run(turn.get().work());
          }
        });
  }

  private static void run(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("a reconciliation was not ended", e);
    }
  }

  private synchronized void add(String whose, Runnable work) {
    waiting.computeIfAbsent(whose, one -> new ArrayDeque<>()).add(work);
  }

  /** As often as something was added, and as something that was passed over can go on. */
  private synchronized Optional<Turn> next() {
    Optional<String> first =
        waiting.keySet().stream()
            .filter(whose -> running.getOrDefault(whose, 0) < mostOfOne)
            .findFirst();
    if (first.isEmpty()) {
      passed++;
      return Optional.empty();
    }
    String whose = first.get();
    Deque<Runnable> queue = Objects.requireNonNull(waiting.remove(whose));
    Runnable work = queue.remove();
    if (!queue.isEmpty()) {
      waiting.put(whose, queue);
    }
    running.merge(whose, 1, Integer::sum);
    return Optional.of(new Turn(whose, work));
  }

  private synchronized Optional<Turn> after(Turn ended) {
    running.computeIfPresent(ended.whose(), (whose, count) -> count == 1 ? null : count - 1);
    if (passed == 0) {
      return Optional.empty();
    }
    passed--;
    return next();
  }

  @Override
  public void shutdown() {
    threads.shutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    return threads.shutdownNow();
  }

  @Override
  public boolean isShutdown() {
    return threads.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return threads.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return threads.awaitTermination(timeout, unit);
  }
}
