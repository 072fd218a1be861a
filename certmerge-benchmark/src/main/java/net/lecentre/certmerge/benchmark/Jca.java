package net.lecentre.certmerge.benchmark;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Iterator;

/** Reads a pair with what the JDK has, and asks whether both belong together. */
final class Jca {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);

  private Jca() {}

  static boolean fits(byte[] crt, byte[] key) throws GeneralSecurityException {
    Iterator<? extends Certificate> chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(crt))
            .iterator();
    PublicKey publicKey = chain.next().getPublicKey();
    PrivateKey privateKey =
        KeyFactory.getInstance(publicKey.getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(der(key)));
    if (publicKey instanceof RSAPublicKey rsa) {
      return privateKey instanceof RSAPrivateCrtKey crtKey
          && rsa.getModulus().equals(crtKey.getModulus())
          && rsa.getPublicExponent().equals(crtKey.getPublicExponent());
    }
    // The JDK cannot derive an EC public key from the private one.
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(privateKey);
    signer.update(MESSAGE);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(publicKey);
    verifier.update(MESSAGE);
    return verifier.verify(signature);
  }

  /** The JDK reads no PEM keys. */
  private static byte[] der(byte[] pem) {
    String text = new String(pem, StandardCharsets.US_ASCII);
    int begin = text.indexOf('\n');
    int end = text.indexOf("-----END");
    return Base64.getMimeDecoder().decode(text.substring(begin, end));
  }
}
