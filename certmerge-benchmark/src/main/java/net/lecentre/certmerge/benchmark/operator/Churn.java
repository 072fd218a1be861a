package net.lecentre.certmerge.benchmark.operator;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import net.lecentre.certmerge.benchmark.operator.Arrivals.Awaited;
import net.lecentre.certmerge.benchmark.operator.Stage.Renewal;
import net.lecentre.certmerge.benchmark.operator.Stage.Source;

/**
 * A hundred changes a second for as long as is asked for. Of each hundred 96 renew a source, the
 * others make a source and a CertMerge and delete the last ones so made, each of a name that never
 * was: what the operator remembered of such for ever would add up.
 */
final class Churn implements AutoCloseable {
  private static final int PER_SECOND = 100;
  private static final int SOURCES = 1_000;
  private static final int CERT_MERGES = 100;

  /** A collection is asked for so rarely, to leave the memory as it is otherwise. */
  private static final int MINUTES_BETWEEN_COLLECTIONS = 5;

  private static final long END_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Stage stage = new Stage();
  private final List<Source> sources;
  private OperatorProcess operator;
  private final Arrivals targets;
  private final Map<Source, Awaited> awaited = new ConcurrentHashMap<>();
  private final Map<Source, Renewal> last = new ConcurrentHashMap<>();
  private final AtomicLong tickets = new AtomicLong();
  private final AtomicInteger overtaken = new AtomicInteger();
  private Timings merged = new Timings();
  private long done;

  Churn() {
    this.targets = stage.targets();
    this.sources = stage.merges(CERT_MERGES, SOURCES);
    this.operator = stage.start(Launch.deployed());
  }

  /** Prints a row for each minute, and in the end whether every target holds what it should. */
  void run(int minutes) {
    System.out.printf(
        "%n%d changes a second for %d minutes, %d sources in %d CertMerges%n",
        PER_SECOND, minutes, SOURCES, CERT_MERGES);
    System.out.printf(
        "%8s %10s %9s %9s %10s %9s %10s %8s %6s%n",
        "minute",
        "changes/s",
        "p50 ms",
        "p99 ms",
        "overtaken",
        "RSS MiB",
        "heap MiB",
        "threads",
        "files");
    ExecutorService clients = Executors.newFixedThreadPool(Stage.CLIENTS);
    long begin = System.nanoTime();
    long end = begin + TimeUnit.MINUTES.toNanos(minutes);
    for (int i = 0; i < Stage.CLIENTS; i++) {
      clients.execute(() -> changeUntil(begin, end));
    }
    for (int minute = 1; minute <= minutes; minute++) {
      sleepUntil(begin + TimeUnit.MINUTES.toNanos(minute));
      if (operatorRuns()) {
        row(minute);
      }
    }
    clients.shutdown();
    System.out.printf(
        "%n%d of %d targets' entries are not what their sources say%n", wrong(), SOURCES);
  }

  private void changeUntil(long begin, long end) {
    while (true) {
      long ticket = tickets.getAndIncrement();
      long due = begin + ticket * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
      if (due >= end || System.nanoTime() >= end) {
        return;
      }
      sleepUntil(due);
      try {
        change(ticket);
      } catch (RuntimeException e) {
        System.out.println("a change failed: " + e);
      }
      synchronized (this) {
        done++;
      }
    }
  }

  private void change(long ticket) {
    long second = ticket / PER_SECOND;
    switch ((int) (ticket % PER_SECOND)) {
      case 0 -> stage.merge("passing-" + second, "passing-" + second, "merged-0");
      case 50 -> stage.unmerge("passing-" + second);
      case 25 -> stage.create(new Source("guest-" + second, "merged-1"));
      case 75 -> stage.delete(new Source("guest-" + second, "merged-1"));
      default -> renew(sources.get((int) (ticket % SOURCES)));
    }
  }

  private void renew(Source source) {
    Renewal renewal = stage.renewal(source);
    Awaited now = targets.expect(source.target(), source.certificate(), renewal.crt());
    Awaited before = awaited.put(source, now);
    last.put(source, renewal);
    if (before != null && targets.forget(before)) {
      overtaken.incrementAndGet();
    }
    stage.renew(renewal);
    long acknowledged = System.nanoTime();
    var ignored = now.when().thenAccept(nanos -> add(Math.max(0, nanos - acknowledged)));
  }

  private synchronized void add(long nanos) {
    merged.add(nanos);
  }

  /** It ends when it loses its Lease, as when a starved machine does not renew it in time. */
  private boolean operatorRuns() {
    if (operator.isAlive()) {
      return true;
    }
    System.out.println("the operator has ended, and is started again as its container would be");
    operator.close();
    try {
      operator = stage.start(Launch.deployed());
      return true;
    } catch (IllegalStateException e) {
      System.out.println("it did not become ready, and is started again in a minute");
      return false;
    }
  }

  private void row(int minute) {
    Timings timings;
    long changes;
    synchronized (this) {
      timings = merged;
      merged = new Timings();
      changes = done;
      done = 0;
    }
    boolean collects = minute == 1 || minute % MINUTES_BETWEEN_COLLECTIONS == 0;
    System.out.printf(
        Locale.ROOT,
        "%8d %10.1f %9.0f %9.0f %10d %9.0f %10s %8d %6d%n",
        minute,
        changes / (double) Duration.ofMinutes(1).toSeconds(),
        timings.count() == 0 ? Double.NaN : timings.millis(0.5),
        timings.count() == 0 ? Double.NaN : timings.millis(0.99),
        overtaken.getAndSet(0),
        operator.rssMib(),
        collects ? String.format(Locale.ROOT, "%.1f", operator.heapMibAfterCollection()) : "",
        operator.threads(),
        operator.openFiles());
  }

  /** How many entries are not what their sources say, some time after the last change. */
  private long wrong() {
    long patience = System.nanoTime() + END_PATIENCE_NANOS;
    long wrong = stage.wrong(last.values());
    while (wrong > 0 && System.nanoTime() < patience) {
      sleepUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
      wrong = stage.wrong(last.values());
    }
    return wrong;
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public void close() {
    operator.close();
    stage.close();
  }
}
