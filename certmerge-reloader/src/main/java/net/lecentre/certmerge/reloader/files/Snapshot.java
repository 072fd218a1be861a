package net.lecentre.certmerge.reloader.files;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The files of all watched directories; those of one directory belong together.
 *
 * @param keys the pairs, by directory and name
 * @param problems what could not be read at all, as sentences
 */
public record Snapshot(List<KeyFiles> keys, List<String> problems) {
  /** Copies the lists. */
  public Snapshot {
    keys = List.copyOf(keys);
    problems = List.copyOf(problems);
  }

  /** Whether another snapshot has the same files with the same content. */
  public boolean sameFilesAs(Snapshot other) {
    return digests().equals(other.digests());
  }

  private Map<String, String> digests() {
    return keys.stream().collect(Collectors.toMap(KeyFiles::key, KeyFiles::digest));
  }
}
