package net.lecentre.certmerge.core.inspect;

import java.util.List;
import java.util.Optional;

/**
 * What the {@linkplain Rule rules} look at.
 *
 * @param leaf the first certificate
 * @param publicKey the leaf's
 * @param issuers the certificates after the leaf
 * @param names the leaf's subject alternative names
 * @param key the private key; empty when its file has an error
 */
record Candidate(
    X509 leaf,
    PublicKey publicKey,
    List<X509> issuers,
    AlternativeNames names,
    Optional<PrivateKey> key) {}
