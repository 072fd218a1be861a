package net.lecentre.certmerge.benchmark.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.HostPort;

/** The shipped jar as a process of its own, with the rights of its service account. */
final class OperatorProcess implements AutoCloseable {
  private static final Path JAR = Path.of("certmerge-operator", "target", "certmerge-operator.jar");
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

  private static final double KIB_PER_MIB = 1024;

  /** As the serial collector tells of its generations. */
  private static final Pattern USED = Pattern.compile("generation .* used (\\d+)K");

  private final Path java;
  private final ChildProcess child;
  private final long pid;
  private final Duration start;

  private OperatorProcess(Path java, ChildProcess child, long pid, Duration start) {
    this.java = java;
    this.child = child;
    this.pid = pid;
    this.start = start;
  }

  /** Starts it and waits until it is ready. */
  static OperatorProcess start(Launch launch, Path kubeconfig, Path log) {
    HostPort port = HostPort.free();
    List<String> command = new ArrayList<>(List.of(launch.java().toString()));
    command.addAll(launch.flags());
    command.addAll(List.of("-jar", JAR.toString(), "--port=" + port.port(), "--leader-elect"));
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    URI ready = URI.create("http://" + port + "/readyz");
    long before = System.nanoTime();
    Map<String, String> environment = new HashMap<>(launch.environment());
    environment.put("KUBECONFIG", kubeconfig.toString());
    ChildProcess child = ChildProcess.start("operator", command, environment, log);
    while (!isReady(http, ready)) {
      if (!child.isAlive() || System.nanoTime() - before > PATIENCE_NANOS) {
        String said = child.log();
        child.close();
        throw new IllegalStateException("the operator did not become ready:\n" + said);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    Duration start = Duration.ofNanos(System.nanoTime() - before);
    return new OperatorProcess(launch.java(), child, pid(launch), start);
  }

  private static boolean isReady(HttpClient http, URI ready) {
    try {
      return http.send(
                  HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(2)).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      throw Api.interrupted(e);
    }
  }

  /** A shell stands between this JVM and the operator's. */
  private static long pid(Launch launch) {
    return ProcessHandle.current()
        .descendants()
        .filter(it -> it.info().command().filter(launch::runs).isPresent())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the operator's process is not there"))
        .pid();
  }

  /** Whether it has not ended. */
  boolean isAlive() {
    return child.isAlive();
  }

  /** From exec to the first 200 of {@code /readyz}. */
  Duration startTime() {
    return start;
  }

  /** The most memory that it had so far, in MiB. */
  double peakMib() {
    return status("VmHWM:") / KIB_PER_MIB;
  }

  /** The memory that it has, in MiB. */
  double rssMib() {
    return status("VmRSS:") / KIB_PER_MIB;
  }

  /** How many threads it has. */
  long threads() {
    return status("Threads:");
  }

  private long status(String name) {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many file descriptors it has open. */
  long openFiles() {
    try (var files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is left of its heap after a collection of everything, in MiB. */
  double heapMibAfterCollection() {
    String ignored = jcmd("GC.run");
    return USED.matcher(jcmd("GC.heap_info"))
            .results()
            .mapToLong(used -> Long.parseLong(used.group(1)))
            .sum()
        / KIB_PER_MIB;
  }

  private String jcmd(String command) {
    try {
      Process jcmd =
          new ProcessBuilder(java.resolveSibling("jcmd").toString(), Long.toString(pid), command)
              .start();
      try (var lines = jcmd.inputReader()) {
        return lines.lines().collect(Collectors.joining("\n"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    child.close();
  }
}
