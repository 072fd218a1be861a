package net.lecentre.certmerge.core.format;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.TlsPair;

/**
 * The layout of two files a key: {@code <key>.crt} and {@code <key>.key}.
 *
 * <pre>{@code
 * SortedMap<String, byte[]> crtAndKey = Pair.files("shop", pair);
 * }</pre>
 */
public final class Pair {
  static final String CRT = ".crt";
  private static final String KEY = ".key";
  private static final byte[] MISSING = {};

  private Pair() {}

  /**
   * The files of one entry, by name.
   *
   * @param key the entry's key
   * @param pair what it holds
   * @throws IllegalStateException if the pair was destroyed
   */
  public static SortedMap<String, byte[]> files(String key, TlsPair pair) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    files.put(key + CRT, pair.certificatePem());
    files.put(key + KEY, pair.privateKeyPem());
    return files;
  }

  /**
   * Inspects the pairs that files make, by key; files with other endings are passed over. A key
   * with one file only is inspected as if the other one were empty.
   *
   * @param data the files by name
   * @param acceptance what the consumer loads
   */
  public static SortedMap<String, Inspection> inspect(
      Map<String, byte[]> data, Acceptance acceptance) {
    SortedMap<String, Inspection> inspections = new TreeMap<>();
    for (String name : data.keySet()) {
      if (name.endsWith(CRT) || name.endsWith(KEY)) {
        String key = name.substring(0, name.length() - CRT.length());
        inspections.computeIfAbsent(
            key,
            stem ->
                Inspector.inspect(
                    data.getOrDefault(stem + CRT, MISSING),
                    data.getOrDefault(stem + KEY, MISSING),
                    acceptance));
      }
    }
    return inspections;
  }

  /**
   * The good pairs that files make, by key, whatever the time: what {@link #files} once wrote.
   *
   * @param data the files by name
   * @param acceptance what the consumer loads
   */
  public static SortedMap<String, TlsPair> pairs(Map<String, byte[]> data, Acceptance acceptance) {
    SortedMap<String, TlsPair> pairs = new TreeMap<>();
    inspect(data, acceptance)
        .forEach(
            (key, inspection) -> {
              if (inspection instanceof Accepted accepted) {
                pairs.put(key, accepted.pair());
              }
            });
    return pairs;
  }
}
