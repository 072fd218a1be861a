package net.lecentre.certmerge.reloader.files;

import java.time.Instant;
import java.util.List;
import net.lecentre.certmerge.reloader.decide.Chain;
import net.lecentre.certmerge.reloader.probe.KeyKind;

/**
 * The two files of one key.
 *
 * @param key the key's name, {@code shop-tls} for {@code shop-tls.crt} and {@code shop-tls.key}
 * @param certificateFile the certificate's file name
 * @param digest the lower-case hexadecimal SHA-256 digest of both files
 * @param content what they hold
 * @param modified when they were put there: for a mount of the kubelet, when it was last swapped
 */
public record KeyFiles(
    String key, String certificateFile, String digest, Content content, Instant modified) {

  /** What the files of a key hold. */
  public sealed interface Content {}

  /**
   * A pair that Envoy loads; nothing of the key is kept.
   *
   * @param chain the certificates
   * @param kind the kind of the leaf's key
   * @param canonical whether the certificate file is byte for byte what certmerge would write
   */
  public record Pair(Chain chain, KeyKind kind, boolean canonical) implements Content {}

  /**
   * Two files that Envoy would not load.
   *
   * @param reasons the findings, as sentences
   */
  public record Refused(List<String> reasons) implements Content {
    /** Copies the list. */
    public Refused {
      reasons = List.copyOf(reasons);
    }
  }

  /**
   * Files that cannot be read, or only one of the two.
   *
   * @param reason what is wrong, as a sentence
   */
  public record Incomplete(String reason) implements Content {}
}
