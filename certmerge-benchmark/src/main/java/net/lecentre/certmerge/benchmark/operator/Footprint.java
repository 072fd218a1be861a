package net.lecentre.certmerge.benchmark.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.benchmark.operator.Arrivals.Awaited;
import net.lecentre.certmerge.benchmark.operator.Stage.Renewal;
import net.lecentre.certmerge.benchmark.operator.Stage.Source;

/** Peak memory, and the time from exec to ready. */
final class Footprint {
  private static final int OPAQUE = 100_000;
  private static final int OPAQUE_GOAL_MIB = 150;
  private static final int TLS = 10_000;
  private static final int MERGED = 1_000;
  private static final int CERT_MERGES = 10;
  private static final int TLS_GOAL_MIB = 256;
  private static final int RENEWED = 200;
  private static final int TOUCHED = 2_000;
  private static final int STARTS = 5;
  private static final double START_GOAL_SECONDS = 3;

  private Footprint() {}

  /** With many Secrets that are none of the operator's business, and with many that are. */
  static void memory() {
    try (Stage stage = new Stage()) {
      stage.opaque(OPAQUE);
      List<Source> sources = stage.merges(1, CERT_MERGES);
      memoryTitle(OPAQUE + " other Secrets", OPAQUE_GOAL_MIB);
      for (Launch launch : Launch.all()) {
        memory(stage, launch, sources, stage::touchOpaque);
      }
    }
    try (Stage stage = new Stage()) {
      List<Source> sources = tls(stage);
      memoryTitle(TLS + " TLS Secrets, " + MERGED + " of them merged", TLS_GOAL_MIB);
      for (Launch launch : Launch.all()) {
        memory(stage, launch, sources, stage::touchUnselected);
      }
    }
  }

  private static List<Source> tls(Stage stage) {
    stage.unselected(TLS - MERGED);
    return stage.merges(CERT_MERGES, MERGED);
  }

  private static void memoryTitle(String what, int goal) {
    System.out.printf(
        "%npeak memory with %s; goal: <= %d MiB%n%-42s %14s %24s%n",
        what, goal, "MiB", "when ready", "after changes");
  }

  private static void memory(
      Stage stage, Launch launch, List<Source> sources, java.util.function.IntConsumer touch) {
    try (OperatorProcess operator = stage.start(launch)) {
      double ready = operator.peakMib();
      renewEach(stage, sources);
      stage.atOnce(TOUCHED, touch);
      for (int i = 0; i < RENEWED; i++) {
        renewEach(stage, List.of(sources.get(i % sources.size())));
      }
      System.out.printf(
          Locale.ROOT, "%-42s %14.0f %24.0f%n", launch.label(), ready, operator.peakMib());
    }
  }

  private static void renewEach(Stage stage, List<Source> sources) {
    Arrivals targets = stage.targets();
    List<Renewal> renewals = sources.stream().map(stage::renewal).toList();
    List<Awaited> awaited = new ArrayList<>();
    for (Renewal renewal : renewals) {
      Source source = renewal.source();
      awaited.add(targets.expect(source.target(), source.certificate(), renewal.crt()));
    }
    stage.atOnce(renewals.size(), i -> stage.renew(renewals.get(i)));
    awaited.forEach(Awaited::nanos);
  }

  /** From exec to ready. */
  static void start() {
    try (Stage stage = new Stage()) {
      tls(stage);
      stage.start(Launch.deployed()).close();
      System.out.printf(
          Locale.ROOT,
          "%nstart to ready with %d TLS Secrets, median of %d; goal: <= %.0f s%n%-42s %14s %24s%n",
          TLS,
          STARTS,
          START_GOAL_SECONDS,
          "seconds",
          "median",
          "from - to");
      for (Launch launch : Launch.all()) {
        Timings starts = new Timings();
        for (int i = 0; i < STARTS; i++) {
          try (OperatorProcess operator = stage.start(launch)) {
            starts.add(operator.startTime().toNanos());
          }
        }
        double thousand = TimeUnit.SECONDS.toMillis(1);
        System.out.printf(
            Locale.ROOT,
            "%-42s %14.2f %24s%n",
            launch.label(),
            starts.millis(0.5) / thousand,
            String.format(
                Locale.ROOT,
                "%.2f - %.2f",
                starts.millis(0) / thousand,
                starts.millis(1) / thousand));
      }
    }
  }
}
