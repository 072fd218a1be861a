package net.lecentre.certmerge.benchmark;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.interfaces.ECPrivateKey;
import org.bouncycastle.jce.interfaces.ECPublicKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * Reads a pair as programs usually do with Bouncy Castle, and asks whether both belong together.
 */
final class BouncyCastle {
  private static final Provider PROVIDER = new BouncyCastleProvider();

  private BouncyCastle() {}

  static boolean fits(byte[] crt, byte[] key) throws IOException, GeneralSecurityException {
    JcaX509CertificateConverter certificates =
        new JcaX509CertificateConverter().setProvider(PROVIDER);
    List<X509Certificate> chain = new ArrayList<>();
    try (PEMParser parser = parser(crt)) {
      while (parser.readObject() instanceof X509CertificateHolder holder) {
        chain.add(certificates.getCertificate(holder));
      }
    }
    PrivateKey privateKey;
    try (PEMParser parser = parser(key)) {
      privateKey =
          new JcaPEMKeyConverter()
              .setProvider(PROVIDER)
              .getPrivateKey((PrivateKeyInfo) parser.readObject());
    }
    PublicKey publicKey = chain.get(0).getPublicKey();
    if (publicKey instanceof RSAPublicKey rsa) {
      return privateKey instanceof RSAPrivateCrtKey crtKey
          && rsa.getModulus().equals(crtKey.getModulus())
          && rsa.getPublicExponent().equals(crtKey.getPublicExponent());
    }
    // The public key of a certificate comes as the JDK's type, or as Bouncy Castle's.
    ECPrivateKey ec = (ECPrivateKey) privateKey;
    return publicKey instanceof ECPublicKey ecPublicKey
        && ec.getParameters().getG().multiply(ec.getD()).normalize().equals(ecPublicKey.getQ());
  }

  private static PEMParser parser(byte[] pem) {
    return new PEMParser(
        new InputStreamReader(new ByteArrayInputStream(pem), StandardCharsets.US_ASCII));
  }
}
