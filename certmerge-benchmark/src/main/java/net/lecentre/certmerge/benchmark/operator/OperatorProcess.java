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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.HostPort;

/** The shipped jar as a process of its own, with the rights of its service account. */
final class OperatorProcess implements AutoCloseable {
  private static final Path JAR = Path.of("certmerge-operator", "target", "certmerge-operator.jar");
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

  private final ChildProcess child;
  private final long pid;
  private final Duration start;

  private OperatorProcess(ChildProcess child, long pid, Duration start) {
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
    ChildProcess child =
        ChildProcess.start("operator", command, Map.of("KUBECONFIG", kubeconfig.toString()), log);
    while (!isReady(http, ready)) {
      if (!child.isAlive() || System.nanoTime() - before > PATIENCE_NANOS) {
        String said = child.log();
        child.close();
        throw new IllegalStateException("the operator did not become ready:\n" + said);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    Duration start = Duration.ofNanos(System.nanoTime() - before);
    return new OperatorProcess(child, pid(launch), start);
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

  /** From exec to the first 200 of {@code /readyz}. */
  Duration startTime() {
    return start;
  }

  /** The most memory that it had so far, in MiB. */
  double peakMib() {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
              .filter(line -> line.startsWith("VmHWM:"))
              .map(line -> line.replaceAll("\\D", ""))
              .mapToLong(Long::parseLong)
              .findFirst()
              .orElseThrow()
          / 1024.0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    child.close();
  }
}
