package net.lecentre.certmerge.reloader.probe;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import net.lecentre.certmerge.core.inspect.Leaf;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.reloader.decide.Chain;

/** Makes comparable chains of certificates. */
public final class Chains {
  private static final int DNS_NAME = 2;

  private Chains() {}

  /** The chain of a pair on disk. */
  public static Chain of(TlsPair pair) {
    return new Chain(pair.leaf(), pair.chainDer().stream().map(Chains::sha256).toList());
  }

  /**
   * The chain that a server presented, leaf first.
   *
   * @throws CertificateException when the leaf's names cannot be read
   */
  static Chain of(List<X509Certificate> certificates) throws CertificateException {
    List<String> digests = new ArrayList<>();
    for (X509Certificate certificate : certificates) {
      digests.add(sha256(encoded(certificate)));
    }
    X509Certificate leaf = certificates.get(0);
    return new Chain(
        new Leaf(
            leaf.getSubjectX500Principal().getName(),
            leaf.getSerialNumber().toString(16),
            digests.get(0),
            leaf.getNotBefore().toInstant(),
            leaf.getNotAfter().toInstant(),
            dnsNames(leaf)),
        digests);
  }

  private static byte[] encoded(X509Certificate certificate) throws CertificateEncodingException {
    return certificate.getEncoded();
  }

  private static List<String> dnsNames(X509Certificate leaf) throws CertificateParsingException {
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    return names == null
        ? List.of()
        : names.stream()
            .filter(name -> name.get(0).equals(DNS_NAME))
            .map(name -> String.valueOf(name.get(1)))
            .toList();
  }

  private static String sha256(byte[] der) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
