package net.lecentre.certmerge.core.inspect;

import java.util.ArrayList;
import java.util.List;

/**
 * How the certificates of a file hang together; by names, signatures aside.
 *
 * @param all the leaf and what follows it
 * @param distinct what follows the leaf, without what is there already
 * @param related of these, what leads up from the leaf, in the order of the file
 */
record Chain(List<X509> all, List<X509> distinct, List<X509> related) {
  static Chain of(List<X509> all) {
    List<X509> distinct = new ArrayList<>();
    for (int i = 1; i < all.size(); i++) {
      if (!all.subList(0, i).contains(all.get(i))) {
        distinct.add(all.get(i));
      }
    }
    return new Chain(all, distinct, related(all.get(0), distinct));
  }

  private static List<X509> related(X509 leaf, List<X509> distinct) {
    List<X509> reached = new ArrayList<>(List.of(leaf));
    for (int i = 0; i < reached.size(); i++) {
      X509 certificate = reached.get(i);
      for (X509 issuer : distinct) {
        if (issuer.isNamedAsIssuerOf(certificate) && !reached.contains(issuer)) {
          reached.add(issuer);
        }
      }
    }
    List<X509> related = new ArrayList<>(distinct);
    related.retainAll(reached);
    return related;
  }

  X509 leaf() {
    return all.get(0);
  }

  /** What follows the leaf. */
  List<X509> issuers() {
    return all.subList(1, all.size());
  }
}
