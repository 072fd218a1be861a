package net.lecentre.certmerge.core.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What is asked of the certificates after the leaf, and of their order. */
final class ChainRules {
  /** Clients give up on longer chains, and every handshake carries them. */
  private static final int LONG = 10;

  private ChainRules() {}

  static Stream<Finding> keyFits(Candidate pair) {
    if (pair.key().isEmpty()) {
      return Stream.empty();
    }
    PublicKey fits = pair.key().get().publicKey();
    if (fits.equals(pair.publicKey())) {
      return Stream.empty();
    }
    String message =
        "tls.key: the key ("
            + fits.name()
            + ") does not belong to the first certificate of tls.crt ("
            + pair.publicKey().name()
            + ", "
            + Text.shown(pair.leaf().subject())
            + ")";
    Optional<X509> owner =
        pair.issuers().stream().filter(issuer -> hasKey(issuer, fits)).findFirst();
    if (owner.isEmpty()) {
      return Stream.of(new Finding(Code.KEY_MISMATCH, message));
    }
    return Stream.of(
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

  static Stream<Finding> certificatesOccurOnce(Candidate pair) {
    List<X509> all = all(pair);
    return Rule.about(
        pair.issuers().stream().filter(issuer -> isRepeated(all, issuer)).findFirst(),
        Code.CHAIN_DUPLICATE,
        "is there already");
  }

  /** Everything after the leaf should be the issuer of something. */
  static Stream<Finding> certificatesAreRelated(Candidate pair) {
    List<X509> related = related(pair);
    return Rule.about(
        once(pair).stream().filter(issuer -> !related.contains(issuer)).findFirst(),
        Code.CHAIN_UNRELATED,
        "is not an issuer of the leaf");
  }

  /** RFC 5246 7.4.2: each certificate certifies one before it. */
  static Stream<Finding> issuersFollow(Candidate pair) {
    List<X509> related = related(pair);
    List<X509> before = new ArrayList<>(List.of(pair.leaf()));
    Optional<X509> early = Optional.empty();
    for (X509 issuer : once(pair)) {
      if (related.contains(issuer)) {
        if (early.isEmpty() && before.stream().noneMatch(issuer::isNamedAsIssuerOf)) {
          early = Optional.of(issuer);
        }
        before.add(issuer);
      }
    }
    return Rule.about(early, Code.CHAIN_ORDER, "comes before what it was issued for");
  }

  static Stream<Finding> leafsIssuerIsThere(Candidate pair) {
    return Rule.when(
        !pair.leaf().isSelfIssued()
            && pair.issuers().stream().noneMatch(it -> it.isNamedAsIssuerOf(pair.leaf())),
        Code.CHAIN_INCOMPLETE,
        pair.leaf().where()
            + " was issued by "
            + Text.shown(pair.leaf().issuer())
            + ", which is not in tls.crt");
  }

  static Stream<Finding> rootIsLeftOut(Candidate pair) {
    return Rule.about(
        related(pair).stream().filter(X509::isSelfIssued).findFirst(),
        Code.CHAIN_INCLUDES_ROOT,
        "is a root");
  }

  static Stream<Finding> chainIsShort(Candidate pair) {
    return Rule.when(
        pair.issuers().size() >= LONG,
        Code.CHAIN_LONG,
        "tls.crt: the chain has " + (pair.issuers().size() + 1) + " certificates");
  }

  /** A root's or a self-signed leaf's own signature convinces nobody, so it does not matter. */
  static Stream<Finding> signaturesAreStrong(Candidate pair) {
    return Rule.about(
        all(pair).stream()
            .filter(it -> !it.isSelfIssued() && it.signatureAlgorithm().isWeak())
            .findFirst(),
        Code.WEAK_SIGNATURE,
        "is signed with MD2, MD4, MD5 or SHA-1");
  }

  /** What leads up from the leaf by names, in the order of the file. */
  private static List<X509> related(Candidate pair) {
    List<X509> reached = new ArrayList<>(List.of(pair.leaf()));
    List<X509> rest = once(pair);
    for (int i = 0; i < reached.size(); i++) {
      X509 certificate = reached.get(i);
      for (X509 issuer : rest) {
        if (!reached.contains(issuer) && issuer.isNamedAsIssuerOf(certificate)) {
          reached.add(issuer);
        }
      }
    }
    return rest.stream().filter(reached::contains).toList();
  }

  /** The issuers without what is there already. */
  private static List<X509> once(Candidate pair) {
    List<X509> all = all(pair);
    return pair.issuers().stream().filter(issuer -> !isRepeated(all, issuer)).toList();
  }

  private static boolean isRepeated(List<X509> all, X509 issuer) {
    return all.subList(0, issuer.place().number() - 1).contains(issuer);
  }

  private static List<X509> all(Candidate pair) {
    return Stream.concat(Stream.of(pair.leaf()), pair.issuers().stream()).toList();
  }
}
