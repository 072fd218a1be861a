package net.lecentre.certmerge.core.inspect;

/**
 * A private key that {@link PrivateKeyReader} found whole.
 *
 * @param label the PEM label that its encoding has
 * @param der its bytes; shared, not to be changed
 * @param publicKey the public key that was derived from it
 */
// Never compared as a record.
@SuppressWarnings("ArrayRecordComponent")
record PrivateKey(String label, byte[] der, PublicKey publicKey) {
  /** Names the kind; holds nothing of the key. */
  @Override
  public String toString() {
    return "PrivateKey[" + publicKey.name() + "]";
  }
}
