package net.lecentre.certmerge.reloader.decide;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Tells how renewed certificates would be served without a restart. */
public final class Advice {
  private static final int NAMED = 3;

  private Advice() {}

  /**
   * What to change in the configuration of Envoy; empty when nothing is to be.
   *
   * @param keys what is watched
   * @param loaded what Envoy says it has loaded
   * @param hasSdsFile whether a key's file for Envoy's file SDS is mounted beside it
   */
  public static List<String> on(
      List<KeyObservation> keys, List<LoadedCertificate> loaded, Predicate<String> hasSdsFile) {
    Set<String> named = new HashSet<>();
    for (LoadedCertificate certificate : loaded) {
      if (certificate.fromConfiguredFile()) {
        named.add(certificate.path().substring(certificate.path().lastIndexOf('/') + 1));
      }
    }
    Set<String> fixed = new TreeSet<>();
    for (KeyObservation key : keys) {
      if (named.contains(key.certificateFile())) {
        fixed.add(key.key());
      }
    }
    if (fixed.isEmpty()) {
      return List.of();
    }
    String how =
        fixed.stream().allMatch(hasSdsFile)
            ? "the .sds.yaml files for that are mounted already"
            : "formats: [Pair, EnvoySDS] of the CertMerge writes the files for that";
    return List.of(
        "Envoy's configuration names the files of "
            + named(fixed)
            + ", so that each renewal costs a restart. With SDS from files"
            + " (tls_certificate_sds_secret_configs with path_config_source and watched_directory) it"
            + " would serve them within milliseconds by itself; "
            + how
            + ". Istio does so from 1.10 on.");
  }

  private static String named(Set<String> keys) {
    String first = String.join(", ", keys.stream().limit(NAMED).toList());
    return keys.size() > NAMED ? first + " and " + (keys.size() - NAMED) + " more" : first;
  }
}
