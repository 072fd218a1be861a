package net.lecentre.certmerge.reloader.decide;

import java.util.List;
import net.lecentre.certmerge.core.inspect.Leaf;

/**
 * A certificate chain, as a file holds it or as a server presents it.
 *
 * @param leaf the first certificate
 * @param sha256 the lower-case hexadecimal SHA-256 digest of each certificate's DER, leaf first;
 *     chains with the same digests are the same byte for byte
 */
public record Chain(Leaf leaf, List<String> sha256) {
  /** Copies the list. */
  public Chain {
    sha256 = List.copyOf(sha256);
  }

  boolean sameAs(Chain other) {
    return sha256.equals(other.sha256);
  }

  boolean sameLeafAs(Chain other) {
    return leaf.sha256().equals(other.leaf.sha256());
  }
}
