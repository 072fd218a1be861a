package net.lecentre.certmerge.testbed;

/** How the private key is written. */
public enum KeyEncoding {
  /** {@code BEGIN PRIVATE KEY}, RFC 5958. */
  PKCS8,
  /**
   * {@code BEGIN RSA PRIVATE KEY} (RFC 8017) or {@code BEGIN EC PRIVATE KEY} (RFC 5915); PKCS#8 for
   * the rest.
   */
  TRADITIONAL
}
