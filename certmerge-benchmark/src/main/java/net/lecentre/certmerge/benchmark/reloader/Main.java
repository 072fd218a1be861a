package net.lecentre.certmerge.benchmark.reloader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;

/** Measures start, memory, idle processor time and how soon a renewal is known to be served. */
public final class Main {
  private static final int CERTIFICATES = 300;

  /** Envoy takes two inotify instances for each certificate by SDS; a user has 128 by default. */
  private static final int BY_SDS = 50;

  private static final int RENEWALS = 21;

  private Main() {}

  /**
   * Takes the seconds of idleness, 60 without; or {@code rotation}; or {@code idle} and minutes.
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("certmerge-benchmark");
    if (arguments.length > 0 && arguments[0].equals("rotation")) {
      Rotation.measure(directory);
      // Clients of the control plane may still be trying.
      System.exit(0);
    }
    if (arguments.length > 0 && arguments[0].equals("idle")) {
      int minutes = arguments.length == 1 ? 60 : Integer.parseInt(arguments[1]);
      try (Gateway gateway = new Gateway(Source.STATIC, CERTIFICATES)) {
        Idle.measure(verifying(gateway), gateway, minutes, directory);
      }
      return;
    }
    long idle = arguments.length == 0 ? 60 : Long.parseLong(arguments[0]);
    System.out.printf(
        "%d certificates, %d for renewals, half RSA 2048, half P-256; %d cores, load %s%n"
            + "%n%-32s %12s %12s %12s %12s %12s %12s %12s %12s%n",
        CERTIFICATES,
        BY_SDS,
        Runtime.getRuntime().availableProcessors(),
        Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0],
        "",
        "first ms",
        "all ms",
        "RSS MiB",
        "idle RSS",
        "peak RSS",
        "idle CPU %",
        "renewed ms",
        "slowest ms");
    try (Gateway all = new Gateway(Source.STATIC, CERTIFICATES);
        Gateway renewing = new Gateway(Source.FILE_SDS_WATCHED, BY_SDS)) {
      for (Launch launch : Launch.all()) {
        measure(launch, all, renewing, directory.resolve("log"), Duration.ofSeconds(idle));
      }
    }
  }

  private static List<String> verifying(Gateway gateway) {
    List<String> arguments = new ArrayList<>(gateway.arguments());
    arguments.add("--strategy=verify");
    return arguments;
  }

  private static void measure(
      Launch launch, Gateway all, Gateway renewing, Path log, Duration idle) {
    Duration first;
    Duration verdict;
    double resident;
    double used;
    double idleResident;
    double peak;
    try (Sidecar sidecar = Sidecar.start(launch, verifying(all), log)) {
      first = sidecar.await(Gateway::servesAny);
      verdict = first.plus(sidecar.await(all::servesAll));
      resident = sidecar.residentMib();
      // What it does once, such as compiling, is not idleness.
      LockSupport.parkNanos(Duration.ofSeconds(15).toNanos());
      double before = sidecar.processorSeconds();
      LockSupport.parkNanos(idle.toNanos());
      used = sidecar.processorSeconds() - before;
      idleResident = sidecar.residentMib();
      peak = sidecar.peakMib();
    }
    List<Long> renewed = new ArrayList<>();
    try (Sidecar sidecar = Sidecar.start(launch, verifying(renewing), log)) {
      sidecar.await(renewing::servesAll);
      for (int renewal = 0; renewal < RENEWALS; renewal++) {
        int number = renewal * 7 % BY_SDS;
        String serial = renewing.renew(number);
        renewed.add(sidecar.await(status -> renewing.serves(status, number, serial)).toMillis());
      }
    }
    renewed.sort(null);
    System.out.printf(
        Locale.ROOT,
        "%-32s %12d %12d %12.1f %12.1f %12.1f %12.3f %12d %12d%n",
        launch.label(),
        first.toMillis(),
        verdict.toMillis(),
        resident,
        idleResident,
        peak,
        100 * used / idle.toSeconds(),
        renewed.get(RENEWALS / 2),
        renewed.get(RENEWALS - 1));
  }
}
