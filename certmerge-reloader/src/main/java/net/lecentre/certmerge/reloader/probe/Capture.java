package net.lecentre.certmerge.reloader.probe;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the chain that a server presents, whatever it is: the question is what it serves, not
 * whether to trust it. Extended, because otherwise the platform adds checks of its own.
 */
final class Capture extends X509ExtendedTrustManager {
  private @Nullable List<X509Certificate> chain;

  /** The chain as it was sent, leaf first; empty when there was none. */
  Optional<List<X509Certificate>> chain() {
    return Optional.ofNullable(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] presented, String authType) {
    chain = List.of(presented);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] presented, String authType, Socket socket) {
    checkServerTrusted(presented, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] presented, String authType, SSLEngine engine) {
    checkServerTrusted(presented, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] presented, String authType) {
    throw new UnsupportedOperationException("a client meets no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] presented, String authType, Socket socket) {
    checkClientTrusted(presented, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] presented, String authType, SSLEngine engine) {
    checkClientTrusted(presented, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
