package net.lecentre.certmerge.core.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What depends on the time: the validity periods of the leaf and of its issuers (RFC 5280 4.1.2.5).
 */
final class Validity {
  private Validity() {}

  /** Both ends belong to the period, as in BoringSSL. */
  static boolean holdsAt(Leaf leaf, Instant now) {
    return !now.isBefore(leaf.notBefore()) && !now.isAfter(leaf.notAfter());
  }

  static List<Finding> findingsAt(
      Leaf leaf,
      List<Issuer> issuers,
      List<Finding> findings,
      Instant now,
      Duration expiryWarning) {
    List<Finding> all = new ArrayList<>(findings);
    if (now.isAfter(leaf.notAfter())) {
      all.add(new Finding(Code.EXPIRED, "tls.crt: the leaf expired at " + leaf.notAfter()));
    }
    if (now.isBefore(leaf.notBefore())) {
      all.add(
          new Finding(
              Code.NOT_YET_VALID, "tls.crt: the leaf is not valid before " + leaf.notBefore()));
    }
    if (holdsAt(leaf, now) && !now.isBefore(leaf.notAfter().minus(expiryWarning))) {
      all.add(new Finding(Code.EXPIRING_SOON, "tls.crt: the leaf expires at " + leaf.notAfter()));
    }
    for (int i = 0; i < issuers.size(); i++) {
      Issuer issuer = issuers.get(i);
      String certificate = "tls.crt: certificate " + (i + 2) + " (" + issuer.subject() + ") ";
      if (now.isAfter(issuer.notAfter())) {
        all.add(new Finding(Code.CHAIN_EXPIRED, certificate + "expired at " + issuer.notAfter()));
      } else if (now.isBefore(issuer.notBefore())) {
        all.add(
            new Finding(
                Code.CHAIN_EXPIRED, certificate + "is not valid before " + issuer.notBefore()));
      }
    }
    all.sort(Comparator.comparing(Finding::severity));
    return List.copyOf(all);
  }

  static Optional<Instant> nextChange(
      Leaf leaf, List<Issuer> issuers, Instant now, Duration expiryWarning) {
    Stream<Instant> begins =
        Stream.concat(
            Stream.of(leaf.notBefore(), leaf.notAfter().minus(expiryWarning)),
            issuers.stream().map(Issuer::notBefore));
    // A period's last instant belongs to it, so what it ends changes one nanosecond later.
    Stream<Instant> ends =
        Stream.concat(Stream.of(leaf.notAfter()), issuers.stream().map(Issuer::notAfter))
            .map(end -> end.plusNanos(1));
    return Stream.concat(begins, ends)
        .filter(instant -> instant.isAfter(now))
        .min(Comparator.naturalOrder());
  }
}
