package net.lecentre.certmerge.benchmark.operator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import net.lecentre.certmerge.benchmark.operator.Arrivals.Awaited;
import net.lecentre.certmerge.benchmark.operator.Stage.Renewal;
import net.lecentre.certmerge.benchmark.operator.Stage.Source;

/** CertMerges whose sources are renewed. */
final class Renewals implements AutoCloseable {
  private static final int WARM_UP = 100;
  private static final int SAMPLES = 200;

  /** Within it the status and the event of a renewal are written. */
  private static final long PAUSE_MILLIS = 200;

  /** Within it the API server comes to rest. */
  private static final long SHORT_PAUSE_MILLIS = 20;

  private static final double P50_GOAL = 1.5;
  private static final double P99_GOAL = 3;
  private static final int WRITES_GOAL = 3;
  private static final double BURST_SECONDS_GOAL = 5;

  private final Random random = new Random(1);
  private final int certMerges;
  private final Stage stage = new Stage();
  private final List<Source> sources;
  private final OperatorProcess operator;
  private final Arrivals targets;

  Renewals(int certMerges, int sources) {
    this.certMerges = certMerges;
    this.targets = stage.targets();
    this.sources = stage.merges(certMerges, sources);
    this.operator = stage.start(Launch.deployed());
    allMerged();
  }

  /** Renews every source once, however fast that goes. */
  private void allMerged() {
    List<Awaited> awaited = new ArrayList<>();
    List<Renewal> renewals = sources.stream().map(stage::renewal).toList();
    renewals.forEach(renewal -> awaited.add(expect(renewal)));
    stage.atOnce(renewals.size(), i -> stage.renew(renewals.get(i)));
    awaited.forEach(Awaited::nanos);
  }

  private Awaited expect(Renewal renewal) {
    Source source = renewal.source();
    return targets.expect(source.target(), source.certificate(), renewal.crt());
  }

  /** One renewal after the other, and the API server's own time in between. */
  void latency() {
    Floor floor = new Floor(stage, sources.get(0).target());
    List<Source> inFloor =
        sources.stream().filter(it -> it.target().equals(sources.get(0).target())).toList();
    int bytes = bytes(sources.get(0).target());
    for (int i = 0; i < WARM_UP; i++) {
      sample(floor, inFloor);
    }
    floor.patches().clear();
    floor.applications().clear();
    Timings merged = new Timings();
    for (int i = 0; i < SAMPLES; i++) {
      merged.add(sample(floor, inFloor));
    }
    System.out.printf(
        Locale.ROOT,
        "%n%d sources in %d CertMerges, targets of %.0f KB, %d samples%n",
        sources.size(),
        certMerges,
        bytes / 1000.0,
        merged.count());
    System.out.printf("%-62s %9s %9s%n", "", "p50 ms", "p99 ms");
    row("renewal: source acknowledged to target's event", merged);
    row("floor: the API server, changed keys patched", floor.patches());
    row("the API server, whole Secret applied", floor.applications());
    double p50 = merged.millis(0.5) / floor.patches().millis(0.5);
    double p99 = merged.millis(0.99) / floor.patches().millis(0.99);
    System.out.printf(Locale.ROOT, "%-62s %9.2f %9.2f%n", "renewal / floor", p50, p99);
    System.out.printf(Locale.ROOT, "%-62s %9.1f %9.1f%n", "goal: at most", P50_GOAL, P99_GOAL);
  }

  private static void row(String what, Timings timings) {
    System.out.printf(
        Locale.ROOT, "%-62s %9.2f %9.2f%n", what, timings.millis(0.5), timings.millis(0.99));
  }

  private int bytes(String target) {
    int bytes = 0;
    for (var value : stage.api().get(Api.secrets(Stage.NAMESPACE, target)).path("data")) {
      bytes += value.asText().length() / 4 * 3;
    }
    return bytes;
  }

  private long sample(Floor floor, List<Source> inFloor) {
    Renewal renewal = stage.renewal(any(sources));
    Awaited awaited = expect(renewal);
    stage.renew(renewal);
    long acknowledged = System.nanoTime();
    long took = awaited.nanos() - acknowledged;
    pause(PAUSE_MILLIS);
    floor.patch(stage.renewal(any(inFloor)));
    pause(SHORT_PAUSE_MILLIS);
    floor.apply(stage.renewal(any(inFloor)));
    pause(SHORT_PAUSE_MILLIS);
    return took;
  }

  private Source any(List<Source> some) {
    return some.get(random.nextInt(some.size()));
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      throw Api.interrupted(e);
    }
  }

  /** Every source once, in any order, as fast as a few clients can. */
  void burst() {
    List<Renewal> renewals = new ArrayList<>(sources.stream().map(stage::renewal).toList());
    Collections.shuffle(renewals, random);
    List<Awaited> awaited = renewals.stream().map(this::expect).toList();
    pause(PAUSE_MILLIS);
    targets.takeVersions();
    Span taken = renew(renewals);
    long merged = awaited.stream().mapToLong(Awaited::nanos).max().orElseThrow();
    IntSummaryStatistics writes =
        targets.takeVersions().values().stream().mapToInt(it -> it).summaryStatistics();
    System.out.printf("%nburst of %d renewals in %d CertMerges%n", renewals.size(), certMerges);
    figure("seconds from the first answer to the last", seconds(taken.first(), taken.last()), "");
    figure(
        "seconds from the first answer until all is merged",
        seconds(taken.first(), merged),
        "goal: < " + BURST_SECONDS_GOAL);
    figure("seconds from the last answer until all is merged", seconds(taken.last(), merged), "");
    figure("writes of a CertMerge's target, mean", writes.getAverage(), "");
    figure("writes of a CertMerge's target, most", writes.getMax(), "goal: <= " + WRITES_GOAL);
    operator.close();
    Span alone = renew(sources.stream().map(stage::renewal).toList());
    figure(
        "without the operator: seconds from the first answer to the last",
        seconds(alone.first(), alone.last()),
        "");
  }

  /**
   * When the API server answered.
   *
   * @param first the first renewal, by {@link System#nanoTime}
   * @param last the last one
   */
  private record Span(long first, long last) {}

  private Span renew(List<Renewal> renewals) {
    LongAccumulator first = new LongAccumulator(Math::min, Long.MAX_VALUE);
    LongAccumulator last = new LongAccumulator(Math::max, Long.MIN_VALUE);
    stage.atOnce(
        renewals.size(),
        i -> {
          stage.renew(renewals.get(i));
          long now = System.nanoTime();
          first.accumulate(now);
          last.accumulate(now);
        });
    return new Span(first.get(), last.get());
  }

  private static double seconds(long from, long to) {
    return (to - from) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  private static void figure(String what, double value, String goal) {
    System.out.printf(Locale.ROOT, "%-62s %9.2f  %s%n", what, value, goal);
  }

  @Override
  public void close() {
    operator.close();
    stage.close();
  }
}
