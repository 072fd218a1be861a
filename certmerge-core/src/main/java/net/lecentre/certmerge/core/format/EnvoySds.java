package net.lecentre.certmerge.core.format;

import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.regex.Pattern;
import net.lecentre.certmerge.core.inspect.TlsPair;

/**
 * The layout of three files a key for an Envoy that takes its secrets from files (SDS with a {@code
 * path_config_source}): {@code <key>.crt}, {@code <key>.key}, and {@code <key>.sds.yaml}, which
 * names the two and has Envoy watch their directory. The secret's name is the key.
 *
 * <pre>{@code
 * SortedMap<String, byte[]> sds = EnvoySds.files("shop", pair, "/etc/envoy/certs");
 * }</pre>
 */
public final class EnvoySds {
  static final String ENDING = ".sds.yaml";

  /** What Kubernetes takes as a key of a Secret; nothing in it means anything to YAML in quotes. */
  private static final Pattern SAFE_KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");

  /** An absolute path of printable ASCII, without what would end or escape a quoted string. */
  private static final Pattern SAFE_PATH = Pattern.compile("/[ -~&&[^\"'\\\\]]*");

  private EnvoySds() {}

  /**
   * The files of one entry, by name.
   *
   * @param key the entry's key, at most 253 of {@code [-._a-zA-Z0-9]}
   * @param pair what it holds
   * @param mountPath the directory where the gateway finds the files: an absolute path of printable
   *     ASCII without quotes and backslashes
   * @throws IllegalArgumentException if the key or the path is not so
   * @throws IllegalStateException if the pair was destroyed
   */
  public static SortedMap<String, byte[]> files(String key, TlsPair pair, String mountPath) {
    if (!SAFE_KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "a key is 1 to 253 letters, digits, hyphens, dots and underscores");
    }
    checkMountPath(mountPath);
    SortedMap<String, byte[]> files = Pair.files(key, pair);
    files.put(key + ENDING, yaml(key, mountPath));
    return files;
  }

  static void checkMountPath(String mountPath) {
    if (!SAFE_PATH.matcher(mountPath).matches()) {
      throw new IllegalArgumentException(
          "a mount path is absolute, in ASCII, and without quotes, backslashes and control"
              + " characters");
    }
  }

  static byte[] yaml(String key, String mountPath) {
    String directory = mountPath.replaceFirst("/+$", "");
    return """
        resources:
        - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
          name: "%1$s"
          tls_certificate:
            certificate_chain: {filename: "%2$s/%1$s.crt"}
            private_key: {filename: "%2$s/%1$s.key"}
            watched_directory: {path: "%3$s"}
        """
        .formatted(key, directory, directory.isEmpty() ? "/" : directory)
        .getBytes(StandardCharsets.US_ASCII);
  }
}
