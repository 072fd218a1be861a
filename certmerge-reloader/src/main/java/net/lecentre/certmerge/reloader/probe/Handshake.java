package net.lecentre.certmerge.reloader.probe;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.ServerOnlyTlsAuthentication;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsRawKeyCertificate;
import org.bouncycastle.util.Properties;

/**
 * One TLS 1.2 or 1.3 handshake that shows what a server presents. It resumes nothing, trusts
 * nothing, and reads no more of a certificate than the public key, with which it verifies that the
 * server has the private one: the JDK's client cannot read every certificate that Envoy serves.
 */
final class Handshake extends DefaultTlsClient {
  /** As many certificates, and as long a message, as anybody could put into a Secret. */
  private static final int LONGEST_CHAIN = 200;

  private static final int LARGEST_MESSAGE = 1 << 20;

  private static final String UNCHECKED_MODULUS = "org.bouncycastle.rsa.allow_unsafe_mod";

  private final byte[] serverName;
  private final KeyKind kind;
  private final List<byte[]> chain = new ArrayList<>();

  private Handshake(Crypto crypto, byte[] serverName, KeyKind kind) {
    super(crypto);
    this.serverName = serverName;
    this.kind = kind;
  }

  /**
   * Shakes hands and hangs up.
   *
   * @param socket is connected, and closed by the caller
   * @param serverName the name to ask for
   * @param kind the kind of key that the certificate should have
   * @return the DER of what the server presented, leaf first
   * @throws IOException when the handshake failed before the server presented a certificate and
   *     proved that it has the key
   */
  static List<byte[]> on(Socket socket, Crypto crypto, byte[] serverName, KeyKind kind)
      throws IOException {
    Handshake handshake = new Handshake(crypto, serverName, kind);
    TlsClientProtocol protocol =
        new TlsClientProtocol(socket.getInputStream(), socket.getOutputStream());
    try {
      // Whether the modulus is composite is found out with much effort, and is not asked here.
      Properties.setThreadOverride(UNCHECKED_MODULUS, true);
      protocol.connect(handshake);
    } catch (TlsFatalAlert e) {
      // Of our own: the server's proof is wrong, or it speaks something else.
      throw new IOException(AlertDescription.getText(e.getAlertDescription()), e);
    } catch (IOException e) {
      // A listener that demands a client's certificate ends the handshake, but not before it has
      // presented its own.
      if (handshake.chain.isEmpty()) {
        throw e;
      }
    } finally {
      Properties.removeThreadOverride(UNCHECKED_MODULUS);
    }
    try {
      protocol.close();
    } catch (IOException e) {
      // Whether the server hears our farewell says nothing.
    }
    return handshake.chain;
  }

  @Override
  protected Vector<ServerName> getSNIServerNames() {
    return new Vector<>(List.of(new ServerName(NameType.host_name, serverName)));
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
  }

  @Override
  protected Vector<?> getSupportedSignatureAlgorithms() {
    List<Object> ours = new ArrayList<>();
    for (Object signature : super.getSupportedSignatureAlgorithms()) {
      if (kind.makes(signature)) {
        ours.add(signature);
      }
    }
    return new Vector<>(ours);
  }

  @Override
  public int getMaxHandshakeMessageSize() {
    return LARGEST_MESSAGE;
  }

  @Override
  public int getMaxCertificateChainLength() {
    return LONGEST_CHAIN;
  }

  @Override
  public TlsAuthentication getAuthentication() {
    return new ServerOnlyTlsAuthentication() {
      @Override
      public void notifyServerCertificate(TlsServerCertificate certificate) throws IOException {
        for (TlsCertificate each : certificate.getCertificate().getCertificateList()) {
          chain.add(each.getEncoded());
        }
      }
    };
  }

  /** Bouncy Castle's own cryptography, for certificates that are not read. */
  static final class Crypto extends BcTlsCrypto {
    @Override
    public TlsCertificate createCertificate(short type, byte[] encoding) throws IOException {
      try {
        return new Unread(this, KeyKind.publicKey(encoding), encoding);
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new TlsFatalAlert(AlertDescription.bad_certificate, e);
      }
    }
  }

  private static final class Unread extends BcTlsRawKeyCertificate {
    private final byte[] der;

    Unread(BcTlsCrypto crypto, SubjectPublicKeyInfo publicKey, byte[] der) {
      super(crypto, publicKey);
      this.der = der.clone();
    }

    @Override
    public byte[] getEncoded() {
      return der.clone();
    }
  }
}
