package net.lecentre.certmerge.reloader.probe;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import net.lecentre.certmerge.reloader.decide.Answer;
import net.lecentre.certmerge.reloader.decide.Answer.NoProof;
import net.lecentre.certmerge.reloader.decide.Answer.Presented;
import net.lecentre.certmerge.reloader.decide.Answer.Shown;

/**
 * Makes TLS handshakes to see which certificates are presented. Each has a context of its own, so
 * that none resumes an earlier session, which would show the earlier certificate.
 */
public final class Prober {
  private static final String LABEL = "certmerge-probe";

  private final List<Endpoint> endpoints;
  private final Duration timeout;

  /**
   * Probes these listeners.
   *
   * @param timeout for connecting, and for each answer in the handshake
   */
  public Prober(List<Endpoint> endpoints, Duration timeout) {
    this.endpoints = List.copyOf(endpoints);
    this.timeout = timeout;
  }

  /** A round of probes. A listener that cannot be reached is not asked again in the same round. */
  public Round round() {
    return new Round();
  }

  /** See {@link Prober#round}. */
  public final class Round {
    private final List<Endpoint> unreachable = new ArrayList<>();

    private Round() {}

    /**
     * Asks every listener for a host.
     *
     * @param host a DNS name; for a wildcard some name under it is asked for
     */
    public List<Answer> ask(String host) {
      return endpoints.stream()
          .map(endpoint -> new Answer(host, endpoint.toString(), ask(endpoint, host)))
          .toList();
    }

    private Shown ask(Endpoint endpoint, String host) {
      if (unreachable.contains(endpoint)) {
        return new NoProof("the listener cannot be reached");
      }
      SNIHostName name;
      try {
        name = new SNIHostName(host.replace("*", LABEL).getBytes(StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        return new NoProof("this is no name that a client could ask for");
      }
      try (Socket plain = new Socket()) {
        plain.connect(endpoint.address(), (int) timeout.toMillis());
        plain.setSoTimeout((int) timeout.toMillis());
        return handshake(plain, endpoint, name);
      } catch (SocketTimeoutException e) {
        unreachable.add(endpoint);
        return new NoProof("no answer within " + timeout.toMillis() + " ms");
      } catch (IOException e) {
        unreachable.add(endpoint);
        return new NoProof("no connection (" + e.getMessage() + ")");
      }
    }
  }

  private static Shown handshake(Socket plain, Endpoint endpoint, SNIHostName name)
      throws SocketTimeoutException {
    Capture capture = new Capture();
    try (SSLSocket socket = secured(plain, endpoint, capture)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(name));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
    } catch (SocketTimeoutException e) {
      if (capture.chain().isEmpty()) {
        throw e;
      }
    } catch (IOException e) {
      // A listener that demands a client's certificate ends the handshake, but not before it has
      // presented its own.
      if (capture.chain().isEmpty()) {
        return new NoProof("the handshake failed (" + e.getMessage() + ")");
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
    return presented(capture.chain());
  }

  private static SSLSocket secured(Socket plain, Endpoint endpoint, Capture capture)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {capture}, null);
    return (SSLSocket)
        context.getSocketFactory().createSocket(plain, endpoint.host(), endpoint.port(), false);
  }

  private static Shown presented(Optional<List<X509Certificate>> chain) {
    try {
      return chain.isEmpty()
          ? new NoProof("the handshake showed no certificate")
          : new Presented(Chains.of(chain.get()));
    } catch (CertificateException e) {
      return new NoProof("the certificate presented cannot be read (" + e.getMessage() + ")");
    }
  }
}
