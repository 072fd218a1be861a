package net.lecentre.certmerge.reloader;

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
import java.util.concurrent.Callable;
import net.lecentre.certmerge.testbed.HostPort;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The packaged program, running. */
final class Program implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HostPort address;
  private final Process process;
  private final Path log;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Program(HostPort address, Process process, Path log) {
    this.address = address;
    this.process = process;
    this.log = log;
  }

  /** Starts it with these arguments besides its port; it logs into a new file in the directory. */
  static Program start(Path directory, Map<String, String> environment, List<String> arguments)
      throws IOException {
    return start(HostPort.free(), directory, environment, arguments);
  }

  /** The same on this port. */
  static Program start(
      HostPort address, Path directory, Map<String, String> environment, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-jar"));
    command.add(Path.of("target", "certmerge-reloader.jar").toAbsolutePath().toString());
    command.add("--port=" + address.port());
    command.addAll(arguments);
    Path log = Files.createTempFile(directory, "reloader", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().remove("KUBERNETES_SERVICE_HOST");
    builder.environment().putAll(environment);
    return new Program(address, builder.start(), log);
  }

  /** Where it answers. */
  HostPort address() {
    return address;
  }

  /** The status document. */
  JsonNode status() throws IOException, InterruptedException {
    return JSON.readTree(get("/status").body());
  }

  /** What {@code /readyz} answers. */
  int readiness() throws IOException, InterruptedException {
    return get("/readyz").statusCode();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + path))
            .timeout(Duration.ofSeconds(5))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Whether a key is served with this serial. */
  boolean serves(String key, String serial) throws IOException, InterruptedException {
    for (JsonNode entry : status().path("keys")) {
      if (entry.path("key").asText().equals(key)) {
        return entry.path("state").asText().equals("Served")
            && entry.path("disk").path("serial").asText().equals(serial);
      }
    }
    return false;
  }

  /** Waits for something that may fail before. */
  void await(String what, Callable<Boolean> condition) {
    try {
      Awaitility.await(what).atMost(LONG).ignoreExceptions().until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + "\n" + log(), e);
    }
  }

  /** Ends it without a chance to do anything more. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
