package net.lecentre.certmerge.testbed;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for child processes to become ready. */
final class Starting {
  private static final int PORT_ATTEMPTS = 3;
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Starting() {}

  /**
   * Waits until the child is ready; gives up at once when it dies.
   *
   * @param whyNot empty when it is ready, else why it is not yet
   * @throws IllegalStateException with the child's last log lines, if it died or took too long
   */
  static void await(
      ChildProcess child, String doing, Duration timeout, Supplier<Optional<String>> whyNot) {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (Optional<String> reason = whyNot.get(); reason.isPresent(); reason = whyNot.get()) {
      if (!child.isAlive()) {
        throw child.died(doing);
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            child
                + " is still "
                + doing
                + " after "
                + timeout.toSeconds()
                + " s: "
                + reason.get()
                + "\n"
                + child.lastLines());
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while " + child + " was " + doing);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Asks over HTTP: empty when the answer is 200, else what came instead. */
  static Optional<String> whyNotOk(HttpClient http, URI uri) {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build();
    try {
      int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      return status == 200 ? Optional.empty() : Optional.of(uri + " answers " + status);
    } catch (IOException e) {
      return Optional.of(uri + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + uri, e);
    }
  }

  /** Tries again with other ports when somebody took one between its choice and its use. */
  static <T> T withFreshPorts(Supplier<T> start) {
    for (int attempt = 1; ; attempt++) {
      try {
        return start.get();
      } catch (IllegalStateException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (attempt == PORT_ATTEMPTS || !message.contains("address already in use")) {
          throw e;
        }
      }
    }
  }
}
