package net.lecentre.certmerge.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IstioGateway;

/** The shipped reloader beside an Istio gateway. */
final class ReloaderProcess implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HostPort address = HostPort.free();
  private final ChildProcess child;

  /**
   * Starts it.
   *
   * @param files the directory that it watches
   * @param notes a directory for its log and for what it notes
   */
  ReloaderProcess(IstioGateway gateway, Path files, Path notes, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of("../certmerge-reloader/target/certmerge-reloader.jar").toString(),
                "--port=" + address.port(),
                "--watch=" + files,
                "--envoy-admin=" + gateway.adminUri(),
                "--probe=" + gateway.listener(),
                "--state-dir=" + notes.resolve("state"),
                "--coordinate=none",
                "--poll=500ms"));
    command.addAll(List.of(more));
    child = ChildProcess.start("reloader", command, Map.of(), notes.resolve("reloader.log"));
  }

  /** What {@code /status} says of a key; an empty object as long as it says nothing. */
  JsonNode status(String key) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + "/status")).build();
    try {
      String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      for (JsonNode entry : JSON.readTree(body).path("keys")) {
        if (entry.path("key").asText().equals(key)) {
          return entry;
        }
      }
    } catch (java.net.ConnectException notYet) {
      // It is still starting.
    }
    return JSON.createObjectNode();
  }

  String log() {
    return child.log();
  }

  @Override
  public void close() {
    child.close();
  }
}
