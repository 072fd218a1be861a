package net.lecentre.certmerge.core.format;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.TlsPair;

/**
 * Which files a target has for each of its entries.
 *
 * <pre>{@code
 * SortedMap<String, byte[]> files = Layout.PAIRS.files(Map.of("shop", pair));
 * SortedMap<String, TlsPair> pairs = Layout.read(files, Acceptance.envoy());
 * }</pre>
 *
 * @param formats at least one; a file that two of them have is there once
 * @param mountPath the directory where the gateway finds the files; {@link Format#ENVOY_SDS} writes
 *     it
 */
public record Layout(Set<Format> formats, String mountPath) {
  /** Where Istio's ingress gateway mounts its certificates. */
  public static final String DEFAULT_MOUNT_PATH = "/etc/istio/ingressgateway-certs";

  /** {@link Format#PAIR} alone. */
  public static final Layout PAIRS = new Layout(Set.of(Format.PAIR), DEFAULT_MOUNT_PATH);

  /**
   * Copies the set.
   *
   * @throws IllegalArgumentException if there is no format, or the path cannot be written
   */
  public Layout {
    if (formats.isEmpty()) {
      throw new IllegalArgumentException("a layout has at least one format");
    }
    formats = Set.copyOf(EnumSet.copyOf(formats));
    if (formats.contains(Format.ENVOY_SDS)) {
      EnvoySds.checkMountPath(mountPath);
    }
  }

  /**
   * The files of some entries, by name.
   *
   * @param pairs what each key holds
   * @throws IllegalStateException if a pair was destroyed
   */
  public SortedMap<String, byte[]> files(Map<String, TlsPair> pairs) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    pairs.forEach(
        (key, pair) -> {
          if (formats.contains(Format.ENVOY_SDS)) {
            files.putAll(EnvoySds.files(key, pair, mountPath));
          } else if (formats.contains(Format.PAIR)) {
            files.putAll(Pair.files(key, pair));
          }
          if (formats.contains(Format.COMBINED_PEM)) {
            files.putAll(CombinedPem.files(key, pair));
          }
        });
    return files;
  }

  /** How many bytes the files of an entry have together. */
  public int size(String key, TlsPair pair) {
    int size = 0;
    if (formats.contains(Format.ENVOY_SDS)) {
      size += pair.size() + EnvoySds.yaml(key, mountPath).length;
    } else if (formats.contains(Format.PAIR)) {
      size += pair.size();
    }
    return formats.contains(Format.COMBINED_PEM) ? size + pair.size() : size;
  }

  /** How many characters the longest name of a file has besides its entry's key. */
  public int longestEnding() {
    return formats.contains(Format.ENVOY_SDS) ? EnvoySds.ENDING.length() : Pair.CRT.length();
  }

  /**
   * Reads entries back from files of any format: what {@link #files} once wrote, whatever the time.
   *
   * @param files the files by name; others are passed over
   * @param acceptance what the consumer loads; what it would not load is passed over
   */
  public static SortedMap<String, TlsPair> read(Map<String, byte[]> files, Acceptance acceptance) {
    SortedMap<String, TlsPair> pairs = CombinedPem.pairs(files, acceptance);
    pairs.putAll(Pair.pairs(files, acceptance));
    return pairs;
  }
}
