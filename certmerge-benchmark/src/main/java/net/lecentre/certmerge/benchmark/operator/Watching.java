package net.lecentre.certmerge.benchmark.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A watch that is taken up again where it ended: the API server ends those that read slowly. One
 * thread notes the time of each event, another reads what it says.
 */
final class Watching {
  private final Api api;
  private final String query;
  private final Consumer<Api.Event> consumer;
  private final ExecutorService reading =
      Executors.newSingleThreadExecutor(work -> daemon(work, "events"));
  private volatile String version = "";

  Watching(Api api, String query, Consumer<Api.Event> consumer) {
    this.api = api;
    this.query = query;
    this.consumer = consumer;
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Returns when the first watch is there. */
  void start(String after) {
    version = after;
    try {
      InputStream first = api.events(query, after);
      daemon(() -> follow(first), "watch").start();
    } catch (IOException e) {
      throw new IllegalStateException(query, e);
    }
  }

  private void follow(InputStream first) {
    try {
      InputStream stream = first;
      while (true) {
        read(stream);
        // All that was received has to be read for its version.
        reading.submit(() -> {}).get();
        stream = api.events(query, version);
      }
    } catch (Exception ended) {
      // With the control plane: who waits for an event says so when it does not come.
    }
  }

  private void read(InputStream stream) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (stream) {
      for (int length = stream.read(buffer); length >= 0; length = stream.read(buffer)) {
        long now = System.nanoTime();
        int from = 0;
        for (int i = 0; i < length; i++) {
          if (buffer[i] == '\n') {
            line.write(buffer, from, i - from);
            byte[] event = line.toByteArray();
            reading.execute(() -> tell(now, event));
            line.reset();
            from = i + 1;
          }
        }
        line.write(buffer, from, length - from);
      }
    }
  }

  private void tell(long nanos, byte[] event) {
    JsonNode object = Api.parse(event).path("object");
    version = object.at("/metadata/resourceVersion").asText();
    consumer.accept(new Api.Event(nanos, object));
  }
}
