package net.lecentre.certmerge.benchmark.road;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.IstioGateway;
import net.lecentre.certmerge.testbed.TlsClient;

/** What a gateway serves, as TLS clients see it. */
final class Served {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final IstioGateway gateway;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Served(IstioGateway gateway) {
    this.gateway = gateway;
  }

  /** Waits until a client of a host is shown this certificate; when that was, in nanoseconds. */
  long await(String host, BigInteger serial) {
    return until(host + " to be served", Duration.ofMillis(10), () -> shows(host, serial));
  }

  /**
   * Waits until Envoy says that it has loaded all of these, which costs one request a look, and
   * then makes a handshake for each.
   *
   * @return when it said so, in nanoseconds
   * @throws IllegalStateException if a client is shown another one then
   */
  long awaitAll(List<IssuedPair> pairs) {
    Set<BigInteger> serials = new HashSet<>();
    pairs.forEach(pair -> serials.add(pair.serial()));
    long when =
        until(
            pairs.size() + " certificates to be loaded",
            Duration.ofMillis(20),
            () -> loaded().containsAll(serials));
    for (int number = 0; number < pairs.size(); number++) {
      BigInteger serial = pairs.get(number).serial();
      if (!shows(Hosts.host(number), serial)) {
        throw new IllegalStateException(
            Hosts.host(number) + " is not served although Envoy has loaded its certificate");
      }
    }
    return when;
  }

  /** Whether a client of a host is shown this certificate now. */
  boolean shows(String host, BigInteger serial) {
    return TlsClient.handshake(gateway.listener(), host) instanceof TlsClient.Served served
        && served.leaf().getSerialNumber().equals(serial);
  }

  /** Has Envoy quit; its container starts it again. */
  void quit() {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(gateway.adminUri().resolve("/quitquitquit"))
              .timeout(Duration.ofSeconds(10))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      http.send(request, HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      throw new UncheckedIOException("Envoy could not be asked to quit", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Set<BigInteger> loaded() {
    Set<BigInteger> serials = new HashSet<>();
    try {
      HttpRequest request =
          HttpRequest.newBuilder(gateway.adminUri().resolve("/certs"))
              .timeout(Duration.ofSeconds(10))
              .build();
      JsonNode certs =
          JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
      for (JsonNode certificate : certs.path("certificates")) {
        for (JsonNode leaf : certificate.path("cert_chain")) {
          serials.add(new BigInteger(leaf.path("serial_number").asText(), 16));
        }
      }
    } catch (IOException restarting) {
      return Set.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return serials;
  }

  /** Waits until something is so; when that was, in nanoseconds. */
  static long until(String what, Duration pause, BooleanSupplier so) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!so.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("waited 3 minutes in vain for " + what);
      }
      LockSupport.parkNanos(pause.toNanos());
    }
    return System.nanoTime();
  }
}
