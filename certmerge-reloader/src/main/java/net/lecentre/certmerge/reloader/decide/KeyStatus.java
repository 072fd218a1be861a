package net.lecentre.certmerge.reloader.decide;

import java.time.Instant;
import java.util.List;
import net.lecentre.certmerge.core.inspect.Leaf;
import org.jspecify.annotations.Nullable;

/**
 * How a key stands, and why.
 *
 * @param key the key's name
 * @param state how it stands
 * @param hosts the DNS names that were asked for
 * @param disk the leaf on disk; null when the files cannot be read as a pair
 * @param served the leaf that a listener presented; null when none was seen
 * @param appeared when the content on disk appeared
 * @param reason one sentence
 * @param content the digest of the files
 * @param loadable whether Envoy would load the files
 * @param evidence what proves that the served leaf is this key's
 */
public record KeyStatus(
    String key,
    State state,
    List<String> hosts,
    @Nullable Leaf disk,
    @Nullable Leaf served,
    Instant appeared,
    String reason,
    String content,
    boolean loadable,
    Evidence evidence) {
  /** Copies the list. */
  public KeyStatus {
    hosts = List.copyOf(hosts);
  }
}
