package net.lecentre.certmerge.reloader.probe;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import net.lecentre.certmerge.reloader.decide.Answer;
import net.lecentre.certmerge.reloader.decide.Answer.NoProof;
import net.lecentre.certmerge.reloader.decide.Answer.Presented;
import net.lecentre.certmerge.reloader.decide.Answer.Shown;
import net.lecentre.certmerge.reloader.decide.Chain;
import org.jspecify.annotations.Nullable;

/** Makes TLS handshakes to see which certificates are presented. */
public final class Prober {
  private static final String LABEL = "certmerge-probe";

  /** What a host name is in TLS, RFC 6066 section 3: ASCII without a final dot. */
  private static final Pattern ASKABLE = Pattern.compile("[\\x21-\\x7e]{0,254}[\\x21-\\x7e&&[^.]]");

  private final List<Endpoint> endpoints;
  private final Duration timeout;
  private final Handshake.Crypto crypto = new Handshake.Crypto();

  /**
   * Probes these listeners.
   *
   * @param timeout for connecting, and for each answer in the handshake
   */
  public Prober(List<Endpoint> endpoints, Duration timeout) {
    this.endpoints = List.copyOf(endpoints);
    this.timeout = timeout;
  }

  /** The listeners. */
  public List<Endpoint> endpoints() {
    return endpoints;
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
     * Asks a listener for a host: for a certificate with a key of this kind and, if it has none,
     * for any.
     *
     * @param host a DNS name; for a wildcard some name under it is asked for
     * @param expected what is likely to be presented, which then is not read again
     */
    public Answer ask(Endpoint endpoint, String host, KeyKind kind, @Nullable Chain expected) {
      Shown shown = shown(endpoint, host, kind, expected);
      if (shown instanceof NoProof && kind != KeyKind.ANY && !unreachable.contains(endpoint)) {
        shown = shown(endpoint, host, KeyKind.ANY, expected);
      }
      return new Answer(host, endpoint.toString(), shown);
    }

    private Shown shown(Endpoint endpoint, String host, KeyKind kind, @Nullable Chain expected) {
      if (unreachable.contains(endpoint)) {
        return new NoProof("the listener cannot be reached");
      }
      String name = host.replace("*", LABEL);
      if (!ASKABLE.matcher(name).matches()) {
        return new NoProof("this is no name that a client could ask for");
      }
      try (Socket socket = new Socket()) {
        socket.connect(endpoint.address(), (int) timeout.toMillis());
        socket.setSoTimeout((int) timeout.toMillis());
        socket.setTcpNoDelay(true);
        return handshake(socket, name.getBytes(StandardCharsets.US_ASCII), kind, expected);
      } catch (InterruptedIOException e) {
        unreachable.add(endpoint);
        return new NoProof("no answer within " + timeout.toMillis() + " ms");
      } catch (IOException e) {
        unreachable.add(endpoint);
        return new NoProof("no connection (" + e.getMessage() + ")");
      }
    }

    private Shown handshake(Socket socket, byte[] name, KeyKind kind, @Nullable Chain expected)
        throws InterruptedIOException {
      try {
        List<byte[]> chain = Handshake.on(socket, crypto, name, kind);
        return chain.isEmpty()
            ? new NoProof("the handshake showed no certificate")
            : new Presented(Chains.of(chain, expected));
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        return new NoProof("the handshake failed (" + e.getMessage() + ")");
      }
    }
  }
}
