package net.lecentre.certmerge.reloader.decide;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Everything observed about one key of the mount.
 *
 * @param key the key's name, {@code shop-tls} for {@code shop-tls.crt} and {@code shop-tls.key}
 * @param certificateFile the certificate's file name
 * @param content the digest of both files, never reversible to the key
 * @param onDisk what the files hold
 * @param appeared when this content appeared on disk
 * @param hosts the DNS names that were asked for
 * @param answers what the listeners showed, one for each host and listener
 * @param earlier the leaf digests that this key's files held before, as far as they are remembered
 */
public record KeyObservation(
    String key,
    String certificateFile,
    String content,
    OnDisk onDisk,
    Instant appeared,
    List<String> hosts,
    List<Answer> answers,
    Set<String> earlier) {
  /** Copies the collections. */
  public KeyObservation {
    hosts = List.copyOf(hosts);
    answers = List.copyOf(answers);
    earlier = Set.copyOf(earlier);
  }
}
