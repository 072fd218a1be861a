package net.lecentre.certmerge.benchmark.reloader;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Memory and processor time while nothing happens, minute by minute: of a reloader that nobody
 * asks, and of one that is asked as a kubelet and a Prometheus do.
 */
final class Idle {
  private static final int PROBE_SECONDS = 10;
  private static final int SCRAPE_SECONDS = 30;

  private Idle() {}

  static void measure(List<String> arguments, Gateway gateway, int minutes, Path directory) {
    Launch launch = Launch.deployed();
    System.out.printf(
        "%s; asked: /readyz every %d s, /metrics every %d s; one core from the first minute on%n%n"
            + "%-8s %16s %16s %12s %12s%n",
        launch.label(),
        PROBE_SECONDS,
        SCRAPE_SECONDS,
        "minute",
        "nobody asks MiB",
        "one core %",
        "asked MiB",
        "one core %");
    try (Sidecar alone = Sidecar.start(launch, arguments, directory.resolve("alone.log"));
        Sidecar asked = Sidecar.start(launch, arguments, directory.resolve("asked.log"))) {
      long begin = System.nanoTime();
      double aloneAtFirst = 0;
      double askedAtFirst = 0;
      for (int second = 1; second <= minutes * 60; second++) {
        LockSupport.parkNanos(begin + TimeUnit.SECONDS.toNanos(second) - System.nanoTime());
        if (second % PROBE_SECONDS == 0) {
          asked.ask("/readyz");
        }
        if (second % SCRAPE_SECONDS == 0) {
          asked.ask("/metrics");
        }
        if (second == 60) {
          aloneAtFirst = alone.processorSeconds();
          askedAtFirst = asked.processorSeconds();
        }
        if (second % 60 == 0) {
          double since = Math.max(1, second - 60);
          System.out.printf(
              Locale.ROOT,
              "%-8d %16.1f %16.3f %12.1f %12.3f%n",
              second / 60,
              alone.residentMib(),
              100 * (alone.processorSeconds() - aloneAtFirst) / since,
              asked.residentMib(),
              100 * (asked.processorSeconds() - askedAtFirst) / since);
        }
      }
      // Not earlier: who waits for it asks every few milliseconds, which costs megabytes.
      alone.await(gateway::servesAll);
      asked.await(gateway::servesAll);
    }
  }
}
