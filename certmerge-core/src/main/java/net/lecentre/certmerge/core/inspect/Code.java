package net.lecentre.certmerge.core.inspect;

/** The kinds of {@linkplain Finding findings}. */
public enum Code {
  /** {@code tls.crt} holds nothing. */
  CRT_EMPTY(Severity.ERROR, "Put the certificate chain in PEM into tls.crt."),
  /** {@code tls.key} holds nothing. */
  KEY_EMPTY(Severity.ERROR, "Put the leaf's private key in PEM into tls.key."),
  /** {@code tls.crt} holds no PEM block. */
  CRT_NOT_PEM(
      Severity.ERROR,
      "Convert tls.crt to PEM, for example with: openssl x509 -inform DER -in tls.crt."),
  /** {@code tls.key} holds no PEM block. */
  KEY_NOT_PEM(
      Severity.ERROR,
      "Convert tls.key to PEM, for example with: openssl pkey -inform DER -in tls.key."),
  /** The PEM text of {@code tls.crt} is damaged. */
  CRT_MALFORMED(Severity.ERROR, "Copy the PEM text of tls.crt again, byte for byte."),
  /** The PEM text of {@code tls.key} is damaged. */
  KEY_MALFORMED(Severity.ERROR, "Copy the PEM text of tls.key again, byte for byte."),
  /** {@code tls.crt} holds PEM blocks, but no certificate. */
  CRT_NO_CERTIFICATE(Severity.ERROR, "Put the leaf's certificate first into tls.crt."),
  /** {@code tls.key} holds PEM blocks, but no private key that would be read. */
  KEY_NO_PRIVATE_KEY(
      Severity.ERROR, "Put the leaf's private key into tls.key, labelled PRIVATE KEY."),
  /** A certificate is not the DER that X.509 asks for. */
  CRT_ASN1(Severity.ERROR, "Have the certificate issued or exported again."),
  /** The key is not the DER that its label announces. */
  KEY_ASN1(Severity.ERROR, "Convert the key to PKCS#8 with: openssl pkey -in tls.key."),
  /** The key's numbers contradict each other. */
  KEY_INCONSISTENT(
      Severity.ERROR, "The key is damaged: restore it, or make a new key and certificate."),
  /** The key needs a password. */
  ENCRYPTED_KEY(Severity.ERROR, "Decrypt the key with: openssl pkey -in tls.key."),
  /** The consumer does not support keys of this kind. */
  UNSUPPORTED_KEY(
      Severity.ERROR,
      "Use an RSA key of 2048 bits or more, an EC key on P-256, P-384 or P-521, or Ed25519."),
  /** The key is too short to be served. */
  WEAK_KEY(Severity.ERROR, "Use an RSA key of 2048 bits or more, or an EC key on P-256."),
  /** The key belongs to another certificate. */
  KEY_MISMATCH(
      Severity.ERROR,
      "Put the key that the certificate was issued for into tls.key, and the leaf first into"
          + " tls.crt."),
  /** The leaf's validity has ended. */
  EXPIRED(Severity.ERROR, "Renew the certificate."),
  /** The leaf's validity has not begun. */
  NOT_YET_VALID(Severity.ERROR, "Wait until it is valid, or check the issuer's clock."),
  /** The leaf demands a stapled OCSP response (RFC 7633), which nobody would staple. */
  MUST_STAPLE(Severity.ERROR, "Have the certificate issued without the must-staple extension."),
  /** The EC leaf's key usage does not allow signing. */
  EC_KEY_USAGE(Severity.ERROR, "Have the certificate issued with the key usage digitalSignature."),
  /** The leaf names nobody: it has no common name and no alternative name that servers go by. */
  NO_NAME(Severity.ERROR, "Have the certificate issued with its DNS names."),
  /** The certificate stands in for one that cert-manager has not got yet. */
  TEMPORARY(
      Severity.ERROR,
      "Wait until cert-manager has the certificate, or see in its Certificate and"
          + " CertificateRequest why it has not."),
  /** A file is larger, or has more blocks, than is read. */
  TOO_LARGE(Severity.ERROR, "Leave only the leaf and its chain in tls.crt, the key in tls.key."),

  /** {@code tls.key} holds more keys than the one that is read. */
  MULTIPLE_KEYS(Severity.WARNING, "Leave only the leaf's key in tls.key."),
  /** {@code tls.crt} holds a private key; it is not written out. */
  PRIVATE_KEY_IN_CRT(
      Severity.WARNING, "Take the key out of tls.crt: certificate files are not kept secret."),
  /** The chain holds the right certificates in the wrong order. */
  CHAIN_ORDER(Severity.WARNING, "Order tls.crt: the leaf first, then each one's issuer."),
  /** The chain holds a certificate that has nothing to do with the leaf. */
  CHAIN_UNRELATED(Severity.WARNING, "Leave only the leaf's issuers in tls.crt."),
  /** The chain holds a certificate twice. */
  CHAIN_DUPLICATE(Severity.WARNING, "Leave each certificate once in tls.crt."),
  /** The leaf's issuer is missing. */
  CHAIN_INCOMPLETE(
      Severity.WARNING,
      "Add the issuer's certificate to tls.crt, unless it is a root that all clients have."),
  /** The chain has more certificates than clients like. */
  CHAIN_LONG(Severity.WARNING, "Leave only the leaf and its issuers in tls.crt."),
  /** A certificate of the chain has expired, or is not valid yet. */
  CHAIN_EXPIRED(Severity.WARNING, "Replace the expired issuer with its current certificate."),
  /**
   * The chain holds a certificate with the issuer's name that has not signed what it stands for.
   */
  CHAIN_SIGNATURE(
      Severity.WARNING,
      "Replace the issuer in tls.crt with the certificate whose key signed, which the CA publishes."),
  /** The leaf is its own issuer. */
  SELF_SIGNED(Severity.WARNING, "Use a certificate of a CA that the clients trust."),
  /** The leaf is a CA's certificate. */
  LEAF_IS_CA(Severity.WARNING, "Use an end-entity certificate, without isCA."),
  /** The leaf's validity ends soon. */
  EXPIRING_SOON(Severity.WARNING, "Renew the certificate, or see why that has not happened."),
  /** The leaf has no subject alternative name; clients of today look nowhere else. */
  NO_SAN(Severity.WARNING, "Have the certificate issued with its DNS names."),
  /** The leaf has an alternative name that no client can ask for. */
  SAN_MALFORMED(Severity.WARNING, "Have the certificate issued with host names alone."),
  /** The leaf's validity ends before it begins. */
  VALIDITY_INVERTED(Severity.WARNING, "Have the certificate issued again, and tell the issuer."),
  /** The leaf has a critical extension that clients may refuse. */
  UNKNOWN_CRITICAL_EXTENSION(
      Severity.WARNING, "Have the certificate issued without that critical extension."),
  /** The leaf has an extension twice (RFC 5280 4.2). */
  DUPLICATE_EXTENSION(Severity.WARNING, "Have the certificate issued again, and tell the issuer."),
  /** The leaf's key usage does not allow signing. */
  KEY_USAGE(Severity.WARNING, "Have the certificate issued with the key usage digitalSignature."),
  /** The leaf's serial number is not a positive one of 20 bytes at most (RFC 5280 4.1.2.2). */
  SERIAL_INVALID(Severity.WARNING, "Have the certificate issued again, and tell the issuer."),
  /** A certificate is signed with a broken digest. */
  WEAK_SIGNATURE(Severity.WARNING, "Have the certificate issued with a SHA-2 signature."),
  /** The leaf's extended key usage does not include server authentication. */
  EKU_NO_SERVER_AUTH(
      Severity.WARNING, "Have the certificate issued with the usage \"server auth\"."),
  /** The key's label is not the one of its encoding. */
  KEY_LABEL(Severity.WARNING, "Label the key as what it is: PRIVATE KEY for PKCS#8."),

  /** The chain ends in a root, which clients have already. */
  CHAIN_INCLUDES_ROOT(Severity.INFO, "The root may be left out of tls.crt."),
  /** The PEM text is readable but not canonical; it is written out canonically. */
  PEM_FORMAT(Severity.INFO, "Nothing: it is written out canonically."),
  /** There is something besides PEM blocks; it is not written out. */
  EXTRA_TEXT(Severity.INFO, "Nothing: it is left out.");

  private final Severity severity;
  private final String advice;

  Code(Severity severity, String advice) {
    this.severity = severity;
    this.advice = advice;
  }

  /** What a finding of this code means for its pair. */
  public Severity severity() {
    return severity;
  }

  /** One sentence that says what to do. */
  public String advice() {
    return advice;
  }
}
