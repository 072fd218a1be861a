package net.lecentre.certmerge.faults.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
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
import java.util.stream.StreamSupport;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.HostPort;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** The shipped reloader as a process, which may restart an Envoy whenever it likes. */
final class ReloaderProcess implements AutoCloseable {
  private static final Path JAR =
      Path.of("..", "certmerge-reloader", "target", "certmerge-reloader.jar").toAbsolutePath();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final HostPort address;
  private final ChildProcess child;

  private ReloaderProcess(HostPort address, ChildProcess child) {
    this.address = address;
    this.child = child;
  }

  /**
   * Starts one.
   *
   * @param directory where it logs and keeps its notes
   */
  static ReloaderProcess start(Path directory, Path watch, URI admin, HostPort listener) {
    return start(List.of(), directory, watch, admin, listener);
  }

  /**
   * Starts one whose standard output and error go to a full disk: {@code /dev/full} refuses every
   * byte.
   */
  static ReloaderProcess startWithoutRoomForLogs(
      Path directory, Path watch, URI admin, HostPort listener) {
    return start(
        List.of("/bin/sh", "-c", "exec \"$@\" >/dev/full 2>&1", "reloader"),
        directory,
        watch,
        admin,
        listener);
  }

  private static ReloaderProcess start(
      List<String> under, Path directory, Path watch, URI admin, HostPort listener) {
    HostPort address = HostPort.free();
    List<String> command = new ArrayList<>(under);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-jar",
            JAR.toString(),
            "--port=" + address.port(),
            "--watch=" + watch,
            "--envoy-admin=" + admin,
            "--probe=" + listener,
            "--state-dir=" + directory.resolve("state"),
            "--coordinate=none",
            "--strategy=restart",
            "--sds-grace=2s",
            "--min-uptime=0s",
            "--poll=500ms"));
    return new ReloaderProcess(
        address,
        ChildProcess.start("reloader", command, Map.of(), directory.resolve("reloader.log")));
  }

  HostPort address() {
    return address;
  }

  String log() {
    return child.log();
  }

  boolean isAlive() {
    return child.isAlive();
  }

  /** The memory that it has (RSS). */
  long residentMib() throws IOException {
    long pid =
        ProcessHandle.current()
            .descendants()
            .filter(it -> it.info().command().filter(java -> java.endsWith("java")).isPresent())
            .filter(
                it ->
                    it.info()
                        .commandLine()
                        .filter(line -> line.contains("--port=" + address.port()))
                        .isPresent())
            .findFirst()
            .orElseThrow()
            .pid();
    String resident =
        Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(resident.replaceAll("\\D", "")) / 1024;
  }

  String get(String path) throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(URI.create("http://" + address + path))
                .timeout(Duration.ofSeconds(5))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  List<JsonNode> keys() throws IOException, InterruptedException {
    JsonNode keys = new ObjectMapper().readTree(get("/status")).path("keys");
    return StreamSupport.stream(keys.spliterator(), false).toList();
  }

  JsonNode key(String name) throws IOException, InterruptedException {
    return keys().stream()
        .filter(key -> key.path("key").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name));
  }

  /** Waits until a key is told to be served with this serial. */
  void awaitServed(String name, String serial) {
    eventually(
        () -> {
          JsonNode key = key(name);
          assertThat(key.path("state").asText()).isEqualTo("Served");
          assertThat(key.at("/served/serial").asText()).isEqualTo(serial);
        });
  }

  static void eventually(ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(assertion);
  }

  @Override
  public void close() {
    child.close();
  }
}
