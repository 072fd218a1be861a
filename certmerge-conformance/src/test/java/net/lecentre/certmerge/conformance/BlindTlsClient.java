package net.lecentre.certmerge.conformance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Vector;
import net.lecentre.certmerge.testbed.HostPort;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.ServerOnlyTlsAuthentication;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsRawKeyCertificate;

/**
 * Shakes hands with a server without reading more of its certificate than the public key, with
 * which it verifies the server's signature. A browser is not stopped by all that stops the JDK's
 * client, and this is about the server.
 */
final class BlindTlsClient extends DefaultTlsClient {
  private static final int TIMEOUT = Math.toIntExact(Duration.ofSeconds(20).toMillis());

  private final List<byte[]> chain = new ArrayList<>();

  private BlindTlsClient() {
    super(new Crypto());
  }

  /**
   * Connects, shakes hands and hangs up.
   *
   * @return the DER of what the server presented, leaf first, in hexadecimal
   * @throws IOException if the handshake fails
   */
  static List<String> handshake(HostPort server) throws IOException {
    BlindTlsClient client = new BlindTlsClient();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(server.host(), server.port()), TIMEOUT);
      socket.setSoTimeout(TIMEOUT);
      TlsClientProtocol protocol =
          new TlsClientProtocol(socket.getInputStream(), socket.getOutputStream());
      protocol.connect(client);
      protocol.close();
    }
    return client.chain.stream().map(HexFormat.of()::formatHex).toList();
  }

  @Override
  protected Vector<ServerName> getSNIServerNames() {
    return new Vector<>(
        List.of(new ServerName(NameType.host_name, Corpus.ascii(Certificate.HOST))));
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
  }

  @Override
  public int getMaxHandshakeMessageSize() {
    return 1 << 20;
  }

  @Override
  public int getMaxCertificateChainLength() {
    return 200;
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

  private static final class Crypto extends BcTlsCrypto {
    @Override
    public TlsCertificate createCertificate(short type, byte[] encoding) {
      return new Unread(this, encoding);
    }
  }

  private static final class Unread extends BcTlsRawKeyCertificate {
    private final byte[] der;

    Unread(BcTlsCrypto crypto, byte[] der) {
      super(crypto, publicKey(der));
      this.der = der.clone();
    }

    /** The sixth element after the version (RFC 5280 4.1). */
    private static SubjectPublicKeyInfo publicKey(byte[] der) {
      ASN1Sequence body = ASN1Sequence.getInstance(ASN1Sequence.getInstance(der).getObjectAt(0));
      boolean version = body.getObjectAt(0) instanceof ASN1TaggedObject;
      return SubjectPublicKeyInfo.getInstance(body.getObjectAt(version ? 6 : 5));
    }

    @Override
    public byte[] getEncoded() {
      return der.clone();
    }
  }
}
