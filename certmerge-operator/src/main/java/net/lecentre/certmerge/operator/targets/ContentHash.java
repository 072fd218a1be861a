package net.lecentre.certmerge.operator.targets;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;

/** The digest that tells whether two targets hold the same. */
final class ContentHash {
  private ContentHash() {}

  /** {@code sha256:} and the hex digest over each name and content with its length. */
  static String of(SortedMap<String, byte[]> files) {
    MessageDigest digest = sha256();
    files.forEach(
        (name, bytes) -> {
          update(digest, name.getBytes(StandardCharsets.UTF_8));
          update(digest, bytes);
        });
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }

  /** The hex SHA-256 of some bytes. */
  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private static void update(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
