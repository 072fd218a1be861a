package net.lecentre.certmerge.testbed;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The real Envoy, asked about hundreds of pairs at a time: each one gets a listener of its own, and
 * Envoy says of each listener whether it took it. It serves what it took until this is closed.
 */
public final class EnvoyJudge implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TempDirectory directory;
  private final HostPort admin;
  private final Map<String, Verdict> verdicts = new HashMap<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ChildProcess child;

  /** A pair to be judged. */
  public static final class Pair {
    private final String id;
    private final byte[] crt;
    private final byte[] key;

    /**
     * A pair.
     *
     * @param id what it is called, once among all
     * @param crt the bytes of the certificate file
     * @param key the bytes of the key file
     */
    public Pair(String id, byte[] crt, byte[] key) {
      this.id = id;
      this.crt = crt.clone();
      this.key = key.clone();
    }

    /** What it is called. */
    public String id() {
      return id;
    }

    /** The bytes of the certificate file; a copy. */
    public byte[] crt() {
      return crt.clone();
    }

    /** The bytes of the key file; a copy. */
    public byte[] key() {
      return key.clone();
    }

    /** Never shows the key. */
    @Override
    public String toString() {
      return id;
    }
  }

  /** What Envoy makes of a pair. */
  public sealed interface Verdict {}

  /**
   * It loaded the pair.
   *
   * @param listener where it serves it, for whatever server name
   */
  public record Loaded(HostPort listener) implements Verdict {}

  /**
   * It did not.
   *
   * @param reason its words
   */
  public record Refused(String reason) implements Verdict {}

  private EnvoyJudge(Parts parts, List<Pair> pairs, TempDirectory directory) {
    this.directory = directory;
    this.admin = HostPort.free();
    List<EnvoyConfig.Host> hosts = new ArrayList<>();
    for (Pair pair : pairs) {
      hosts.add(write(pair, directory.path(), Integer.toString(hosts.size())));
    }
    this.child =
        EnvoyProcess.launch(
            parts.envoy(),
            EnvoyBootstrap.writeListeners(directory.path(), hosts, admin),
            directory.path());
  }

  /**
   * Starts Envoy with these pairs and waits until it has judged them all.
   *
   * @throws IllegalStateException if Envoy is not installed, or ends or hangs; with its last log
   *     lines
   */
  public static EnvoyJudge of(List<Pair> pairs) {
    Parts parts = Parts.find();
    return Starting.withFreshPorts(
        () -> new EnvoyJudge(parts, pairs, TempDirectory.create("judge")).started());
  }

  private EnvoyJudge started() {
    try {
      // It is live when it has been through the file of listeners.
      Starting.await(
          child,
          "judging",
          START_TIMEOUT,
          () -> Starting.whyNotOk(http, URI.create("http://" + admin + "/ready")));
      readVerdicts();
      return this;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * What Envoy makes of one of the pairs.
   *
   * @throws IllegalStateException if it says nothing of it
   */
  public Verdict verdict(Pair pair) {
    Verdict verdict = verdicts.get(pair.id());
    if (verdict == null) {
      throw new IllegalStateException(child + " has no verdict on " + pair);
    }
    return verdict;
  }

  private void readVerdicts() {
    get("/config_dump?resource=dynamic_listeners")
        .get("configs")
        .forEach(
            listener -> {
              JsonNode error = listener.get("error_state");
              if (error != null) {
                verdicts.put(
                    error.get("failed_configuration").get("name").asText(),
                    new Refused(error.get("details").asText()));
              }
            });
    get("/listeners?format=json")
        .get("listener_statuses")
        .forEach(
            listener ->
                verdicts.put(
                    listener.get("name").asText(),
                    new Loaded(
                        new HostPort(
                            admin.host(),
                            listener.at("/local_address/socket_address/port_value").asInt()))));
  }

  /**
   * Asks Envoy about one pair as its manual says: by having it validate a configuration. A process
   * for each pair takes its time.
   */
  public static boolean validates(Pair pair) {
    Path envoy = Parts.find().envoy();
    try (TempDirectory directory = TempDirectory.create("validate")) {
      EnvoyConfig config =
          EnvoyConfig.of(EnvoyConfig.Source.STATIC, write(pair, directory.path(), "pair"));
      Path bootstrap =
          EnvoyBootstrap.write(directory.path(), config, HostPort.free(), HostPort.free());
      try (ChildProcess child =
          ChildProcess.start(
              "envoy",
              List.of(
                  envoy.toString(), "--mode", "validate", "--config-path", bootstrap.toString()),
              Map.of(),
              directory.path().resolve("envoy.log"))) {
        return child.onExit().join() == 0;
      }
    }
  }

  private static EnvoyConfig.Host write(Pair pair, Path directory, String name) {
    EnvoyConfig.Host host = EnvoyConfig.Host.in(directory, pair.id(), name);
    try {
      Files.write(host.crt(), pair.crt());
      Files.write(host.key(), pair.key());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the pair " + pair, e);
    }
    return host;
  }

  private JsonNode get(String path) {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin + path)).build();
    try {
      return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot ask " + child, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + child, e);
    }
  }

  /** Ends Envoy and deletes its files. */
  @Override
  public void close() {
    child.close();
    directory.close();
  }
}
