package net.lecentre.certmerge.core.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is asked of the certificates after the leaf, and of their order. */
final class ChainRules {
  /** Clients give up on longer chains, and every handshake carries them. */
  private static final int LONG = 10;

  private ChainRules() {}

  static List<Finding> keyFits(Candidate pair) {
    if (pair.key().isEmpty()) {
      return List.of();
    }
    PublicKey fits = pair.key().get().key().publicKey();
    if (fits.equals(pair.publicKey())) {
      return List.of();
    }
    String message =
        pair.key().get().where()
            + ": the key ("
            + fits.name()
            + ") does not belong to the first certificate of tls.crt ("
            + pair.publicKey().name()
            + ", "
            + pair.leaf().subject().shown()
            + ")";
    Optional<X509> owner =
        pair.issuers().stream().filter(issuer -> hasKey(issuer, fits)).findFirst();
    if (owner.isEmpty()) {
      return List.of(new Finding(Code.KEY_MISMATCH, message));
    }
    return List.of(
        new Finding(
            Code.KEY_MISMATCH, message + ", but to certificate " + owner.get().place().number()),
        new Finding(
            Code.CHAIN_ORDER, owner.get().where() + " is the key's, and does not come first"));
  }

  private static boolean hasKey(X509 certificate, PublicKey key) {
    try {
      return PublicKeyReader.read(certificate.publicKeyInfo()).equals(key);
    } catch (Flaw flaw) {
      return false;
    }
  }

  static List<Finding> certificatesOccurOnce(Candidate pair) {
    List<X509> repeated = new ArrayList<>(pair.issuers());
    pair.chain().distinct().forEach(repeated::remove);
    return repeated.isEmpty()
        ? List.of()
        : Rule.found(Code.CHAIN_DUPLICATE, repeated.get(0), "is there already");
  }

  /** Everything after the leaf should be the issuer of something. */
  static List<Finding> certificatesAreRelated(Candidate pair) {
    for (X509 issuer : pair.chain().distinct()) {
      if (!pair.chain().related().contains(issuer)) {
        return Rule.found(Code.CHAIN_UNRELATED, issuer, "is not an issuer of the leaf");
      }
    }
    return List.of();
  }

  /** RFC 5246 7.4.2: each certificate certifies one before it. */
  static List<Finding> issuersFollow(Candidate pair) {
    List<X509> before = new ArrayList<>(List.of(pair.leaf()));
    for (X509 issuer : pair.chain().related()) {
      if (!isIssuerOfOne(issuer, before)) {
        return Rule.found(Code.CHAIN_ORDER, issuer, "comes before what it was issued for");
      }
      before.add(issuer);
    }
    return List.of();
  }

  private static boolean isIssuerOfOne(X509 issuer, List<X509> certificates) {
    for (X509 certificate : certificates) {
      if (issuer.isNamedAsIssuerOf(certificate)) {
        return true;
      }
    }
    return false;
  }

  static List<Finding> leafsIssuerIsThere(Candidate pair) {
    if (pair.leaf().isSelfIssued()) {
      return List.of();
    }
    for (X509 issuer : pair.issuers()) {
      if (issuer.isNamedAsIssuerOf(pair.leaf())) {
        return List.of();
      }
    }
    String name = pair.leaf().issuer().shown();
    return Rule.found(
        Code.CHAIN_INCOMPLETE, pair.leaf(), "was issued by " + name + ", which is not in tls.crt");
  }

  static List<Finding> rootIsLeftOut(Candidate pair) {
    for (X509 issuer : pair.chain().related()) {
      if (issuer.isSelfIssued()) {
        return Rule.found(Code.CHAIN_INCLUDES_ROOT, issuer, "is a root");
      }
    }
    return List.of();
  }

  static List<Finding> chainIsShort(Candidate pair) {
    int size = pair.chain().all().size();
    return size <= LONG
        ? List.of()
        : Rule.found(
            Code.CHAIN_LONG, pair.chain().all().get(LONG), "is one of " + size + " in the chain");
  }

  /** A root's or a self-signed leaf's own signature convinces nobody, so it does not matter. */
  static List<Finding> signaturesAreStrong(Candidate pair) {
    for (X509 certificate : pair.chain().all()) {
      if (!certificate.isSelfIssued() && certificate.signatureAlgorithm().isWeak()) {
        return Rule.found(
            Code.WEAK_SIGNATURE, certificate, "is signed with MD2, MD4, MD5 or SHA-1");
      }
    }
    return List.of();
  }
}
