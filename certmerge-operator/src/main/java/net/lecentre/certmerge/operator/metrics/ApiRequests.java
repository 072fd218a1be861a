package net.lecentre.certmerge.operator.metrics;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts the requests to the API server and measures until the answer begins. The labels name kinds
 * of things and never a thing.
 */
public final class ApiRequests implements Interceptor {
  private final MeterRegistry registry;
  private final Clock clock;

  /** Registers with a registry. */
  public ApiRequests(MeterRegistry registry) {
    this.registry = registry;
    this.clock = registry.config().clock();
  }

  /** The only thing that comes back with the answer, so it says when the request was sent. */
  private record Sent(AsyncBody.Consumer<List<ByteBuffer>> to, long at)
      implements AsyncBody.Consumer<List<ByteBuffer>> {
    @Override
    public void consume(List<ByteBuffer> value, AsyncBody body) throws Exception {
      to.consume(value, body);
    }

    @Override
    public <U> @Nullable U unwrap(Class<U> target) {
      return target.isInstance(this) ? target.cast(this) : to.unwrap(target);
    }
  }

  @Override
  public AsyncBody.Consumer<List<ByteBuffer>> consumer(
      AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
    return new Sent(consumer, clock.monotonicTime());
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      // None where a watch is opened.
      AsyncBody.@Nullable Consumer<List<ByteBuffer>> consumer) {
    ApiCall call = ApiCall.of(request.method(), request.uri());
    count(call, Integer.toString(response.code()));
    Sent sent = consumer == null ? null : consumer.unwrap(Sent.class);
    if (sent != null) {
      Timer.builder("certmerge.api.request")
          .description("How long the API server takes until it begins to answer.")
          .tags(tags(call))
          .register(registry)
          .record(clock.monotonicTime() - sent.at(), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void afterConnectionFailure(HttpRequest request, Throwable failure) {
    count(ApiCall.of(request.method(), request.uri()), "none");
  }

  private void count(ApiCall call, String code) {
    Counter.builder("certmerge.api.requests")
        .description(
            "Requests to the API server by the code of the answer, none if there was none.")
        .tags(tags(call).and("code", code))
        .register(registry)
        .increment();
  }

  private static Tags tags(ApiCall call) {
    return Tags.of("verb", call.verb(), "group", call.group(), "resource", call.resource());
  }
}
