package net.lecentre.certmerge.benchmark.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.function.Consumer;

/** The API server, asked with as little in between as possible: what is measured is not this. */
final class Api {
  /** Of all patches that which costs the API server least. */
  static final String PATCH = "application/strategic-merge-patch+json";

  static final String APPLY = "application/apply-patch+yaml";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String JSON_TYPE = "application/json";

  /** An answer that nobody reads is not to cost what a whole Secret does. */
  private static final String METADATA =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

  private final HttpClient http;
  private final URI server;

  /** Asks with the rights of a kubeconfig. */
  Api(Path kubeconfig) {
    Config config = Config.fromKubeconfig(kubeconfig.toFile());
    this.server = URI.create(config.getMasterUrl());
    try {
      this.http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .sslContext(SSLUtils.sslContext(config))
              .build();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot use " + kubeconfig, e);
    }
  }

  /** A namespace's Secrets, or one of them. */
  static String secrets(String namespace, String... name) {
    return "/api/v1/namespaces/" + namespace + "/secrets/" + String.join("/", name);
  }

  JsonNode get(String path) {
    return parse(send("GET", path, JSON_TYPE, ""));
  }

  void create(String path, String body) {
    send("POST", path + "?fieldManager=benchmark", JSON_TYPE, body);
  }

  void delete(String path) {
    send("DELETE", path, JSON_TYPE, "");
  }

  /** Returns when the answer is there. */
  void patch(String path, String type, String body) {
    String force = type.equals(APPLY) ? "&force=true" : "";
    send("PATCH", path + "?fieldManager=benchmark" + force, type, body);
  }

  private byte[] send(String method, String path, String type, String body) {
    try {
      HttpResponse<byte[]> response =
          http.send(
              request(path)
                  .setHeader("Accept", method.equals("GET") ? JSON_TYPE : METADATA)
                  .header("Content-Type", type)
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() / 100 != 2) {
        throw new IllegalStateException(
            method
                + " "
                + path
                + ": "
                + response.statusCode()
                + " "
                + new String(response.body(), StandardCharsets.UTF_8));
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Watches from now on, in threads that end with the JVM.
   *
   * @param query the path of a list, with a query
   * @param consumer gets each event
   */
  void watch(String query, Consumer<Event> consumer) {
    String version = get(query + "&limit=1").at("/metadata/resourceVersion").asText();
    new Watching(this, query, consumer).start(version);
  }

  /** Starts a watch. */
  InputStream events(String query, String version) throws IOException {
    HttpRequest request =
        request(query + "&watch=true&timeoutSeconds=86400&resourceVersion=" + version).build();
    try {
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(query + ": " + response.statusCode());
      }
      return response.body();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * A change.
   *
   * @param nanos when it was there, by {@link System#nanoTime}
   * @param object what it says
   */
  record Event(long nanos, JsonNode object) {}

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path)).header("Accept", JSON_TYPE);
  }

  static JsonNode parse(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted", e);
  }
}
