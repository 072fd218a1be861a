package net.lecentre.certmerge.core.format;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.TlsPair;

/**
 * The layout of one file a key, {@code <key>.pem}: the private key, the leaf, the chain. HAProxy
 * loads it.
 *
 * <pre>{@code
 * SortedMap<String, byte[]> pem = CombinedPem.files("shop", pair);
 * }</pre>
 */
public final class CombinedPem {
  private static final String PEM = ".pem";

  private CombinedPem() {}

  /**
   * The file of one entry, by name.
   *
   * @param key the entry's key
   * @param pair what it holds
   * @throws IllegalStateException if the pair was destroyed
   */
  public static SortedMap<String, byte[]> files(String key, TlsPair pair) {
    byte[] privateKey = pair.privateKeyPem();
    byte[] certificates = pair.certificatePem();
    byte[] all = Arrays.copyOf(privateKey, privateKey.length + certificates.length);
    System.arraycopy(certificates, 0, all, privateKey.length, certificates.length);
    Arrays.fill(privateKey, (byte) 0);
    SortedMap<String, byte[]> files = new TreeMap<>();
    files.put(key + PEM, all);
    return files;
  }

  /**
   * The good pairs among files, by key, whatever the time: what {@link #files} once wrote.
   *
   * @param files the files by name; those with other endings are passed over
   * @param acceptance what the consumer loads
   */
  static SortedMap<String, TlsPair> pairs(Map<String, byte[]> files, Acceptance acceptance) {
    SortedMap<String, TlsPair> pairs = new TreeMap<>();
    files.forEach(
        (name, bytes) -> {
          if (name.endsWith(PEM)
              && Inspector.inspect(bytes, bytes, acceptance) instanceof Accepted accepted) {
            pairs.put(name.substring(0, name.length() - PEM.length()), accepted.pair());
          }
        });
    return pairs;
  }
}
