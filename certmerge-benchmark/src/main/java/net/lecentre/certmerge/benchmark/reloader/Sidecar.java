package net.lecentre.certmerge.benchmark.reloader;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.function.Predicate;
import net.lecentre.certmerge.testbed.HostPort;

/** The shipped jar as a process of its own. */
final class Sidecar implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final double TICKS_PER_SECOND = 100;
  private static final double KIB_PER_MIB = 1024;

  private final Process process;
  private final HostPort address;
  private final URI status;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path log;

  private Sidecar(Process process, HostPort port, Path log) {
    this.process = process;
    this.address = port;
    this.status = URI.create("http://" + port + "/status");
    this.log = log;
  }

  static Sidecar start(Launch launch, List<String> arguments, Path log) {
    return start(launch, arguments, Map.of(), log);
  }

  static Sidecar start(
      Launch launch, List<String> arguments, Map<String, String> environment, Path log) {
    HostPort port = HostPort.free();
    List<String> command = new ArrayList<>(List.of(launch.java().toString()));
    command.addAll(launch.flags());
    command.addAll(List.of("-jar", Launch.JAR.toString(), "--port=" + port.port()));
    command.addAll(arguments);
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      builder.environment().putAll(launch.environment());
      builder.environment().putAll(environment);
      return new Sidecar(builder.start(), port, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it answers. */
  HostPort address() {
    return address;
  }

  /** Waits until the status document is so, and says how long that took. */
  Duration await(Predicate<JsonNode> so) {
    long begin = System.nanoTime();
    while (!isSo(so)) {
      if (!process.isAlive() || System.nanoTime() - begin > PATIENCE_NANOS) {
        throw new IllegalStateException("the reloader ended or hangs: " + said());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private boolean isSo(Predicate<JsonNode> so) {
    try {
      HttpRequest request = HttpRequest.newBuilder(status).timeout(Duration.ofSeconds(5)).build();
      return so.test(
          JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body()));
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Asks for a path as a kubelet or Prometheus does. */
  void ask(String path) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(status.resolve(path)).timeout(Duration.ofSeconds(5)).build();
      http.send(request, HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      throw new UncheckedIOException(said(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The memory that it has now, in MiB. */
  double residentMib() {
    return memory("VmRSS:");
  }

  /** The most memory that it had so far, in MiB. */
  double peakMib() {
    return memory("VmHWM:");
  }

  private double memory(String field) {
    try (var lines = Files.lines(proc("status"))) {
      return lines
              .filter(line -> line.startsWith(field))
              .map(line -> line.replaceAll("\\D", ""))
              .mapToLong(Long::parseLong)
              .findFirst()
              .orElseThrow()
          / KIB_PER_MIB;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The processor time that it took so far, in seconds; proc(5), fields 14 and 15. */
  double processorSeconds() {
    try {
      String stat = Files.readString(proc("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path proc(String file) {
    return Path.of("/proc", Long.toString(process.pid()), file);
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
