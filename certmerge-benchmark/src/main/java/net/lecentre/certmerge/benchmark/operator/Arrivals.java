package net.lecentre.certmerge.benchmark.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** When Secrets come to hold what is waited for, as a watch tells it. */
final class Arrivals {
  private static final long PATIENCE_SECONDS = 120;

  private final Queue<Awaited> pending = new ConcurrentLinkedQueue<>();
  private final Map<String, Set<String>> versions = new ConcurrentHashMap<>();

  /** Watches Secrets: {@code query} is the path of a list, with a query. */
  static Arrivals watch(Api api, String query) {
    Arrivals arrivals = new Arrivals();
    api.watch(query, arrivals::see);
    return arrivals;
  }

  /** To be called before what makes it happen. */
  Awaited expect(String secret, String file, String base64) {
    Awaited awaited = new Awaited(secret, file, base64, new CompletableFuture<>());
    pending.add(awaited);
    return awaited;
  }

  /** Waits for it no longer; whether it was still waited for. */
  boolean forget(Awaited awaited) {
    return pending.remove(awaited);
  }

  /** How many versions of each Secret were seen since the last call. */
  Map<String, Integer> takeVersions() {
    Map<String, Integer> counts = new ConcurrentHashMap<>();
    versions.forEach((secret, seen) -> counts.put(secret, seen.size()));
    versions.clear();
    return counts;
  }

  private void see(Api.Event event) {
    JsonNode metadata = event.object().path("metadata");
    String name = metadata.path("name").asText();
    versions
        .computeIfAbsent(name, any -> ConcurrentHashMap.newKeySet())
        .add(metadata.path("resourceVersion").asText());
    JsonNode data = event.object().path("data");
    pending.removeIf(
        awaited ->
            awaited.secret().equals(name)
                && data.path(awaited.file()).asText().equals(awaited.base64())
                && awaited.when().complete(event.nanos()));
  }

  /**
   * What is waited for.
   *
   * @param secret the Secret's name
   * @param file one of its keys
   * @param base64 what the key is to hold
   * @param when gets the time at which it did, by {@link System#nanoTime}
   */
  record Awaited(String secret, String file, String base64, CompletableFuture<Long> when) {
    /** Waits for it. */
    long nanos() {
      try {
        return when.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException | ExecutionException e) {
        throw new IllegalStateException(secret + " never came to hold the new " + file, e);
      } catch (InterruptedException e) {
        throw Api.interrupted(e);
      }
    }
  }
}
