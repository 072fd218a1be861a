package net.lecentre.certmerge.operator.check;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Leaf;
import org.jspecify.annotations.Nullable;

/**
 * What {@code check} prints.
 *
 * @param pairs one for each pair, in the order in which they were found
 */
record Report(List<Pair> pairs) {
  /** Copies the list. */
  Report {
    pairs = List.copyOf(pairs);
  }

  /** How many pairs have an error. */
  long refused() {
    return pairs.stream().filter(pair -> !pair.accepted()).count();
  }

  /**
   * A pair.
   *
   * @param path where it was found
   * @param accepted whether it may be served at the instant
   * @param findings what was found out about it, errors first
   * @param notAfter when the leaf expires; null when the leaf could not be read, as what follows
   * @param dnsNames the leaf's DNS names
   * @param sha256 the digest of the leaf's DER
   */
  record Pair(
      String path,
      boolean accepted,
      List<Told> findings,
      @Nullable String notAfter,
      List<String> dnsNames,
      @Nullable String sha256) {
    static Pair of(FoundPair found, Instant at, Duration expiryWarning) {
      Optional<Leaf> leaf = found.inspection().leaf();
      return new Pair(
          found.path(),
          found.inspection().acceptedAt(at),
          found.inspection().findingsAt(at, expiryWarning).stream().map(Told::of).toList(),
          leaf.map(it -> it.notAfter().toString()).orElse(null),
          leaf.map(Leaf::dnsNames).orElse(List.of()),
          leaf.map(Leaf::sha256).orElse(null));
    }
  }

  /**
   * A finding.
   *
   * @param code its code
   * @param severity its severity
   * @param message what is wrong, and where
   * @param advice what to do
   */
  record Told(String code, String severity, String message, String advice) {
    static Told of(Finding finding) {
      return new Told(
          finding.code().name(),
          finding.severity().name(),
          finding.message(),
          finding.code().advice());
    }
  }
}
