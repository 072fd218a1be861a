package net.lecentre.certmerge.core.inspect;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.security.auth.Destroyable;
import net.lecentre.certmerge.core.pem.PemWriter;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain and its private key in canonical PEM, as {@link Inspector} accepted them.
 *
 * <p>Two pairs are equal when their content is. Only the key can change: {@link #destroy} wipes it.
 *
 * <pre>{@code
 * if (inspection instanceof Accepted accepted) {
 *   byte[] pem = accepted.pair().privateKeyPem();
 *   // … hand it on, and then:
 *   Arrays.fill(pem, (byte) 0);
 *   accepted.pair().destroy();
 * }
 * }</pre>
 */
public final class TlsPair implements Destroyable {
  private final byte[] certificatePem;
  private final byte[] privateKeyPem;
  private final Leaf leaf;
  private final List<Issuer> issuers;
  private final List<byte[]> chainDer;
  private volatile boolean destroyed;
  private volatile @Nullable String sha256;

  /** Takes the arrays over: the caller keeps no reference to them. */
  TlsPair(
      byte[] certificatePem,
      byte[] privateKeyPem,
      Leaf leaf,
      List<Issuer> issuers,
      List<byte[]> chainDer) {
    this.certificatePem = certificatePem;
    this.privateKeyPem = privateKeyPem;
    this.leaf = Objects.requireNonNull(leaf);
    this.issuers = List.copyOf(issuers);
    this.chainDer = List.copyOf(chainDer);
  }

  /** The chain, leaf first, as canonical PEM; a copy. */
  public byte[] certificatePem() {
    return certificatePem.clone();
  }

  /**
   * The private key as canonical PEM; a copy, which the caller should wipe after use.
   *
   * @throws IllegalStateException when the pair was destroyed
   */
  public byte[] privateKeyPem() {
    if (destroyed) {
      throw new IllegalStateException("the private key was destroyed");
    }
    return privateKeyPem.clone();
  }

  /** How many bytes both PEM texts have together. */
  public int size() {
    return certificatePem.length + privateKeyPem.length;
  }

  /**
   * The lower-case hex SHA-256 of both PEM texts, one after the other: of all that the pair is
   * written as. It is worked out once.
   *
   * @throws IllegalStateException when the pair was destroyed before anybody asked
   */
  public String sha256() {
    String known = sha256;
    if (known == null) {
      byte[] key = privateKeyPem();
      known = Inspector.sha256(certificatePem, key);
      Arrays.fill(key, (byte) 0);
      sha256 = known;
    }
    return known;
  }

  /** The certificate a server presents as its own. */
  public Leaf leaf() {
    return leaf;
  }

  /** The certificates after the leaf, in the order of the file. */
  public List<Issuer> issuers() {
    return issuers;
  }

  /** The DER of each certificate, leaf first; copies. */
  public List<byte[]> chainDer() {
    return chainDer.stream().map(byte[]::clone).toList();
  }

  /** Where each certificate stands in {@link #certificatePem}. */
  List<Place> places() {
    List<Place> places = new ArrayList<>();
    int line = 1;
    for (byte[] der : chainDer) {
      int number = places.size() + 1;
      places.add(new Place(number, number, line));
      line += PemWriter.lines(der.length);
    }
    return places;
  }

  /** Whether two files hold just what this pair is written as, and it is not destroyed. */
  boolean isWrittenAs(byte[] crt, byte[] key) {
    return Arrays.equals(certificatePem, crt)
        && InspectionMemory.isSame(privateKeyPem, key)
        && !destroyed;
  }

  /** Wipes the private key from this object. */
  @Override
  public void destroy() {
    destroyed = true;
    Arrays.fill(privateKeyPem, (byte) 0);
  }

  @Override
  public boolean isDestroyed() {
    return destroyed;
  }

  /** By content; keys are compared in constant time. */
  @Override
  public boolean equals(Object other) {
    return other == this
        || (other instanceof TlsPair that
            && Arrays.equals(certificatePem, that.certificatePem)
            && MessageDigest.isEqual(privateKeyPem, that.privateKeyPem));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(certificatePem);
  }

  /** Names the leaf; holds nothing of the key. */
  @Override
  public String toString() {
    return "TlsPair[" + leaf + ", " + issuers.size() + " issuers]";
  }
}
