package net.lecentre.certmerge.reloader.files;

import java.time.Instant;
import net.lecentre.certmerge.core.inspect.Inspection;

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
   * Two files.
   *
   * @param inspection the verdict on them; an accepted pair's private key is wiped already
   * @param canonical whether the certificate file is byte for byte what certmerge would write
   */
  public record Pair(Inspection inspection, boolean canonical) implements Content {}

  /**
   * Files that cannot be read, or only one of the two.
   *
   * @param reason what is wrong, as a sentence
   */
  public record Incomplete(String reason) implements Content {}
}
