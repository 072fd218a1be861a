package net.lecentre.certmerge.operator;

import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Runs what waits of each namespace in turn: a namespace with thousands of CertMerges keeps none of
 * another one waiting for more than what runs already.
 */
final class Turns extends AbstractExecutorService {
  /** Where the SDK says in its threads whose CertMerge they are busy with. */
  private static final String NAMESPACE = "resource.namespace";

  private final ExecutorService threads;
  private final Supplier<@Nullable String> namespace;

  /** By namespace, the one whose turn it is first. */
  private final Map<String, Deque<Runnable>> waiting = new LinkedHashMap<>();

  /**
   * Prepares the queue.
   *
   * @param threads where work is run; a queue of its own may have any length
   * @param namespace whose work is being handed in, in the thread that does so
   */
  Turns(ExecutorService threads, Supplier<@Nullable String> namespace) {
    this.threads = threads;
    this.namespace = namespace;
  }

  /** Starts as many threads as the SDK would. */
  static Turns start() {
    ExecutorService threads =
        Executors.newFixedThreadPool(ConfigurationService.DEFAULT_RECONCILIATION_THREADS_NUMBER);
    return new Turns(threads, () -> MDC.get(NAMESPACE));
  }

  @Override
  public void execute(Runnable work) {
    add(Objects.requireNonNullElse(namespace.get(), ""), work);
    threads.execute(() -> next().run());
  }

  private synchronized void add(String whose, Runnable work) {
    waiting.computeIfAbsent(whose, one -> new ArrayDeque<>()).add(work);
  }

  /** As often as something was added. */
  private synchronized Runnable next() {
    Iterator<Map.Entry<String, Deque<Runnable>>> first = waiting.entrySet().iterator();
    Map.Entry<String, Deque<Runnable>> turn = first.next();
    first.remove();
    Runnable work = turn.getValue().remove();
    if (!turn.getValue().isEmpty()) {
      waiting.put(turn.getKey(), turn.getValue());
    }
    return work;
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
