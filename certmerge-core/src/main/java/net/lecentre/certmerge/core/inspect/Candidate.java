package net.lecentre.certmerge.core.inspect;

import java.util.List;
import java.util.Optional;

/**
 * What the {@linkplain Rule rules} look at.
 *
 * @param chain the certificates
 * @param publicKey the leaf's
 * @param names the leaf's subject alternative names
 * @param key the private key, with its place; empty when its file has an error
 */
record Candidate(
    Chain chain, PublicKey publicKey, AlternativeNames names, Optional<KeyFile.Placed> key) {
  /** The first certificate. */
  X509 leaf() {
    return chain.leaf();
  }

  /** The certificates after the leaf. */
  List<X509> issuers() {
    return chain.issuers();
  }
}
