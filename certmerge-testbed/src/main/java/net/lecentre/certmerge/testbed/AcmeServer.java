package net.lecentre.certmerge.testbed;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A real ACME server on loopback ports, pebble: what Let's Encrypt is to a cluster. It checks
 * HTTP-01 challenges for real. Every name leads to its companion on this machine, pebble's
 * challenge server, which answers them as it is told to by {@link #present}.
 */
public final class AcmeServer implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final TempDirectory directory;
  private final Deque<ChildProcess> children = new ArrayDeque<>();
  private final TestCa ca = TestCa.create();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .sslContext(ca.clientContext())
          .build();
  private final HostPort acme = HostPort.free();
  private final HostPort names = HostPort.free();
  private final HostPort answers = HostPort.free();
  private final HostPort management = HostPort.free();

  private AcmeServer(Neighbours neighbours, TempDirectory directory) {
    this.directory = directory;
    try {
      startAnswering(neighbours);
      startIssuing(neighbours);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts it and waits until it answers.
   *
   * @throws IllegalStateException if it is not installed, or ends or hangs while starting; with its
   *     last log lines
   */
  public static AcmeServer start() {
    Neighbours neighbours = Neighbours.find();
    return Starting.withFreshPorts(() -> new AcmeServer(neighbours, TempDirectory.create("acme")));
  }

  private void startAnswering(Neighbours neighbours) {
    ChildProcess child =
        child(
            "pebble-challtestsrv",
            List.of(
                neighbours.challengeServer().toString(),
                "-http01=" + answers,
                "-dnsserver=" + names,
                "-management=" + management,
                "-defaultIPv4=127.0.0.1",
                "-defaultIPv6=",
                "-https01=",
                "-tlsalpn01=",
                "-doh="),
            Map.of());
    Starting.await(child, "starting", START_TIMEOUT, this::whyNotAnswering);
  }

  private Optional<String> whyNotAnswering() {
    try {
      tell("set-default-ipv4", JSON.createObjectNode().put("ip", "127.0.0.1"));
      return Optional.empty();
    } catch (UncheckedIOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private void startIssuing(Neighbours neighbours) {
    IssuedPair serving = ca.issue(Request.forHosts("localhost").ipAddresses(acme.host()));
    ObjectNode settings = JSON.createObjectNode();
    settings
        .putObject("pebble")
        .put("listenAddress", acme.toString())
        .put("managementListenAddress", "")
        .put("certificate", write("serving.crt", serving.crtPem()).toString())
        .put("privateKey", write("serving.key", serving.keyPem()).toString())
        .put("httpPort", answers.port())
        .put("keyAlgorithm", "ecdsa");
    ChildProcess child =
        child(
            "pebble",
            List.of(
                neighbours.pebble().toString(),
                "-config=" + write("pebble.json", settings.toString()),
                "-dnsserver=" + names),
            Map.of(
                // By default it waits some seconds before it checks a challenge, refuses a part of
                // all requests, and asks for a new challenge every other time.
                "PEBBLE_VA_NOSLEEP", "1",
                "PEBBLE_WFE_NONCEREJECT", "0",
                "PEBBLE_AUTHZREUSE", "100"));
    Starting.await(child, "starting", START_TIMEOUT, () -> Starting.whyNotOk(http, directoryUrl()));
  }

  private ChildProcess child(String name, List<String> command, Map<String, String> environment) {
    ChildProcess child =
        ChildProcess.start(name, command, environment, directory.path().resolve(name + ".log"));
    children.push(child);
    return child;
  }

  private Path write(String name, String content) {
    return Kubeconfigs.writePrivate(directory.path().resolve(name), content);
  }

  /** Where ACME clients begin. */
  URI directoryUrl() {
    return URI.create("https://" + acme + "/dir");
  }

  /** Where every host's port 80 is on this machine. */
  HostPort answers() {
    return answers;
  }

  /**
   * Answers a challenge from now on, at every host.
   *
   * @param token the last part of the path
   * @param content the answer
   */
  void present(String token, String content) {
    tell("add-http01", JSON.createObjectNode().put("token", token).put("content", content));
  }

  /** No longer answers a challenge. */
  void withdraw(String token) {
    tell("del-http01", JSON.createObjectNode().put("token", token));
  }

  private void tell(String what, ObjectNode about) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + management + "/" + what))
            .timeout(Duration.ofSeconds(5))
            .POST(HttpRequest.BodyPublishers.ofString(about.toString()))
            .build();
    try {
      int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status != 200) {
        throw new IllegalStateException(request.uri() + " answers " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot reach " + request.uri(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + request.uri(), e);
    }
  }

  /**
   * A ClusterIssuer for it.
   *
   * @param name the issuer's name
   */
  public String clusterIssuer(String name) {
    String trusted =
        Base64.getEncoder()
            .encodeToString(
                ca.certificatePem().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    return """
        apiVersion: cert-manager.io/v1
        kind: ClusterIssuer
        metadata:
          name: %1$s
        spec:
          acme:
            server: %2$s
            caBundle: %3$s
            privateKeySecretRef:
              name: %1$s-account
            solvers:
            - http01:
                ingress:
                  class: istio
        """
        .formatted(name, directoryUrl(), trusted);
  }

  /** Ends it; closing twice is fine. */
  @Override
  public void close() {
    while (!children.isEmpty()) {
      children.pop().close();
    }
    directory.close();
  }
}
