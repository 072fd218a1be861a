package net.lecentre.certmerge.operator.targets;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeSet;
import net.lecentre.certmerge.core.format.Format;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.inspect.TlsPair;

/** The digest that tells whether two targets hold the same. */
final class ContentHash {
  private ContentHash() {}

  /**
   * {@code sha256:} and a hex digest. Of the files themselves it would have to be worked out anew
   * for each renewal; the digests of the pairs that stayed are known.
   */
  static String of(Layout layout, SortedMap<String, TlsPair> pairs) {
    StringBuilder text = new StringBuilder();
    new TreeSet<>(layout.formats()).forEach(format -> text.append(format).append(' '));
    if (layout.formats().contains(Format.ENVOY_SDS)) {
      text.append(layout.mountPath());
    }
    pairs.forEach((key, pair) -> text.append('\n').append(pair.sha256()).append(' ').append(key));
    return "sha256:" + hex(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The hex SHA-256 of some bytes. */
  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
