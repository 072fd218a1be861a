package net.lecentre.certmerge.reloader.probe;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;

/**
 * The kind of a certificate's key. A server that has certificates of several kinds for a host
 * chooses by the signatures that its client understands, so each kind has to be asked for.
 */
public enum KeyKind {
  /** RSA. */
  RSA {
    @Override
    boolean signsWith(short algorithm) {
      return algorithm == SignatureAlgorithm.rsa
          || algorithm == SignatureAlgorithm.rsa_pss_rsae_sha256
          || algorithm == SignatureAlgorithm.rsa_pss_rsae_sha384
          || algorithm == SignatureAlgorithm.rsa_pss_rsae_sha512;
    }
  },
  /** A key on an elliptic curve. */
  EC {
    @Override
    boolean signsWith(short algorithm) {
      return algorithm == SignatureAlgorithm.ecdsa;
    }
  },
  /** Any other kind, or whichever the server prefers. */
  ANY {
    @Override
    boolean signsWith(short algorithm) {
      return true;
    }
  };

  abstract boolean signsWith(short algorithm);

  /** Whether a key of this kind can make a signature. */
  boolean makes(Object signature) {
    return signature instanceof SignatureAndHashAlgorithm algorithm
        && signsWith(algorithm.getSignature());
  }

  /** The kind of key that a certificate has; {@link #ANY} if that cannot be read. */
  static KeyKind of(byte[] der) {
    try {
      ASN1ObjectIdentifier algorithm = publicKey(der).getAlgorithm().getAlgorithm();
      if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
        return RSA;
      }
      return algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey) ? EC : ANY;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return ANY;
    }
  }

  /**
   * The public key of a certificate, the sixth element after the version (RFC 5280 section 4.1).
   *
   * @throws IllegalArgumentException when there is none
   */
  static SubjectPublicKeyInfo publicKey(byte[] der) {
    ASN1Sequence body = ASN1Sequence.getInstance(ASN1Sequence.getInstance(der).getObjectAt(0));
    boolean version = body.getObjectAt(0) instanceof ASN1TaggedObject;
    return SubjectPublicKeyInfo.getInstance(body.getObjectAt(version ? 6 : 5));
  }
}
