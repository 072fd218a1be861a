package net.lecentre.certmerge.reloader.decide;

import java.util.List;
import java.util.Set;

/**
 * What has to be proved by handshakes after a restart, before the gateway takes traffic again.
 *
 * @param renewed the keys that Envoy was restarted for: some current certificate must be shown for
 *     their hosts, be it that of another key
 * @param served the keys that were served before the restart, and must be again
 */
public record Owed(Set<String> renewed, Set<String> served) {
  /** Nothing is owed. */
  public static final Owed NOTHING = new Owed(Set.of(), Set.of());

  /** Copies the sets. */
  public Owed {
    renewed = Set.copyOf(renewed);
    served = Set.copyOf(served);
  }

  /** Whether there is nothing to prove. */
  public boolean isEmpty() {
    return renewed.isEmpty() && served.isEmpty();
  }

  /** The keys that are not proved to be served as they are on disk. */
  public List<KeyStatus> unproved(List<KeyStatus> keys) {
    return keys.stream()
        .filter(key -> renewed.contains(key.key()) || served.contains(key.key()))
        .filter(key -> key.state() != State.Served)
        .toList();
  }

  /**
   * Those of {@link #unproved} whose hosts are, as far as is known, worse off than before.
   *
   * @param tried the contents that were on disk at the restart, which answers for no later ones
   */
  public List<KeyStatus> missing(List<KeyStatus> keys, Set<String> tried) {
    return unproved(keys).stream()
        .filter(key -> tried.contains(key.content()) || key.served() == null)
        .filter(key -> served.contains(key.key()) || !servedByAnother(key))
        .toList();
  }

  /** Something is shown for its hosts, and that is not an earlier certificate of this key. */
  private static boolean servedByAnother(KeyStatus key) {
    return key.state() == State.Unknown && key.served() != null;
  }
}
