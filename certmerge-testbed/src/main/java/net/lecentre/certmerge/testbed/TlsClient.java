package net.lecentre.certmerge.testbed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Sees what a TLS server really serves. It verifies nothing and resumes nothing: each handshake is
 * a fresh one.
 */
public final class TlsClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private TlsClient() {}

  /** What a handshake showed. */
  public sealed interface Handshake {}

  /**
   * It succeeded.
   *
   * @param chain what the server sent, the leaf first
   */
  public record Served(List<X509Certificate> chain) implements Handshake {
    /** Copies the chain. */
    public Served {
      chain = List.copyOf(chain);
    }

    /** The server's own certificate. */
    public X509Certificate leaf() {
      return chain.get(0);
    }
  }

  /**
   * The connection or the handshake failed.
   *
   * @param reason why, for people
   */
  public record Failed(String reason) implements Handshake {}

  /**
   * Connects and shakes hands, at most 5 s for each step.
   *
   * @param server where to
   * @param serverName the name sent as SNI, RFC 6066 section 3
   */
  public static Handshake handshake(HostPort server, String serverName) {
    try (Socket tcp = new Socket()) {
      tcp.connect(
          new InetSocketAddress(server.host(), server.port()), Math.toIntExact(TIMEOUT.toMillis()));
      tcp.setSoTimeout(Math.toIntExact(TIMEOUT.toMillis()));
      // A context of its own has an empty session cache: nothing to resume.
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustsAll()}, null);
      try (SSLSocket tls =
          (SSLSocket)
              context.getSocketFactory().createSocket(tcp, serverName, server.port(), true)) {
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return new Served(
            Arrays.stream(tls.getSession().getPeerCertificates())
                .flatMap(TlsClient::x509)
                .toList());
      }
    } catch (IOException e) {
      return new Failed(e.toString());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  private static Stream<X509Certificate> x509(Certificate certificate) {
    return certificate instanceof X509Certificate x509 ? Stream.of(x509) : Stream.empty();
  }

  /** The extended kind, because the JDK adds checks of its own to the plain one. */
  private static final class TrustsAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
