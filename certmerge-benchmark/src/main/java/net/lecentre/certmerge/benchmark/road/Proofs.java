package net.lecentre.certmerge.benchmark.road;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What the reloader says that it has proved. */
final class Proofs {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpRequest status;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Proofs(URI reloader) {
    this.status =
        HttpRequest.newBuilder(reloader.resolve("/status")).timeout(Duration.ofSeconds(5)).build();
  }

  /** Whether this certificate of a key is proved to be served. */
  boolean has(String key, BigInteger serial) {
    try {
      JsonNode said =
          JSON.readTree(http.send(status, HttpResponse.BodyHandlers.ofByteArray()).body());
      for (JsonNode entry : said.path("keys")) {
        if (entry.path("key").asText().equals(key)) {
          return entry.path("state").asText().equals("Served")
              && new BigInteger(entry.path("disk").path("serial").asText(), 16).equals(serial);
        }
      }
    } catch (IOException starting) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return false;
  }
}
