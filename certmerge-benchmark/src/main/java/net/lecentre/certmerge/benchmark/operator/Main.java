package net.lecentre.certmerge.benchmark.operator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import net.lecentre.certmerge.testbed.Parts;

/** Measures what it is told to, or everything, and prints tables. */
public final class Main {
  private static final List<String> ALL = List.of("latency", "burst", "memory", "start");

  private static final int MINUTES_OF_CHURN = 60;

  private Main() {}

  /** Takes the names of what to measure. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length > 0 && arguments[0].equals("churn")) {
      conditions();
      try (Churn churn = new Churn()) {
        churn.run(arguments.length > 1 ? Integer.parseInt(arguments[1]) : MINUTES_OF_CHURN);
      }
      end();
    }
    List<String> asked = arguments.length == 0 ? ALL : List.of(arguments);
    if (!ALL.containsAll(asked)) {
      System.err.println("measured can be: " + String.join(", ", ALL) + ", churn [MINUTES]");
      System.exit(2);
    }
    conditions();
    if (asked.contains("latency")) {
      try (Renewals one = new Renewals(1, 100)) {
        one.latency();
      }
    }
    if (asked.contains("latency") || asked.contains("burst")) {
      try (Renewals many = new Renewals(100, 1_000)) {
        if (asked.contains("latency")) {
          many.latency();
        }
        if (asked.contains("burst")) {
          many.burst();
        }
      }
    }
    if (asked.contains("memory")) {
      Footprint.memory();
    }
    if (asked.contains("start")) {
      Footprint.start();
    }
    end();
  }

  private static void end() throws IOException {
    System.out.printf("%nload %s after%n", load());
    // Clients of the control plane may still be trying.
    System.exit(0);
  }

  private static void conditions() throws IOException {
    String memory = first(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "");
    System.out.printf(
        Locale.ROOT,
        "%d cores, %.0f GiB, %s, load %s before; everything runs on them: etcd, the API server, the operator and this%n",
        Runtime.getRuntime().availableProcessors(),
        Long.parseLong(memory) / (1024.0 * 1024),
        first(Path.of("/proc/cpuinfo"), "model name").replaceAll(".*: ", ""),
        load());
    Parts parts = Parts.find();
    System.out.printf("%s, %s%n", version(parts.kubeApiserver()), version(parts.etcd()));
    Launch.all()
        .forEach(it -> System.out.println(it.label() + ": " + String.join(" ", it.flags())));
  }

  private static String first(Path file, String prefix) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines.filter(line -> line.startsWith(prefix)).findFirst().orElse("");
    }
  }

  private static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
  }

  private static String version(Path binary) throws IOException {
    Process process = new ProcessBuilder(binary.toString(), "--version").start();
    try (var lines = process.inputReader()) {
      return lines.lines().findFirst().orElse("");
    }
  }
}
