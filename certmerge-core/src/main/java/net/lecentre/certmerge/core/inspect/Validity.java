package net.lecentre.certmerge.core.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What depends on the time: the validity periods of the leaf and of its issuers (RFC 5280 4.1.2.5).
 *
 * @param leaf the leaf
 * @param issuers the certificates after it
 * @param places where each certificate stands, leaf first
 */
record Validity(Leaf leaf, List<Issuer> issuers, List<Place> places) {
  /** Both ends belong to the period, as in BoringSSL. */
  boolean holdsAt(Instant now) {
    return !now.isBefore(leaf.notBefore()) && !now.isAfter(leaf.notAfter());
  }

  /** The findings and what the periods add to them, errors first. */
  List<Finding> findingsAt(List<Finding> findings, Instant now, Duration expiryWarning) {
    List<Finding> all = new ArrayList<>(findings);
    if (now.isAfter(leaf.notAfter())) {
      all.add(
          new Finding(Code.EXPIRED, where(0, leaf.subject()) + "expired at " + leaf.notAfter()));
    }
    if (now.isBefore(leaf.notBefore())) {
      all.add(
          new Finding(
              Code.NOT_YET_VALID,
              where(0, leaf.subject()) + "is not valid before " + leaf.notBefore()));
    }
    if (holdsAt(now) && !now.isBefore(leaf.notAfter().minus(expiryWarning))) {
      all.add(
          new Finding(
              Code.EXPIRING_SOON, where(0, leaf.subject()) + "expires at " + leaf.notAfter()));
    }
    for (int i = 0; i < issuers.size(); i++) {
      Issuer issuer = issuers.get(i);
      if (now.isAfter(issuer.notAfter())) {
        all.add(
            new Finding(
                Code.CHAIN_EXPIRED,
                where(i + 1, issuer.subject()) + "expired at " + issuer.notAfter()));
      } else if (now.isBefore(issuer.notBefore())) {
        all.add(
            new Finding(
                Code.CHAIN_EXPIRED,
                where(i + 1, issuer.subject()) + "is not valid before " + issuer.notBefore()));
      }
    }
    all.sort(Comparator.comparing(Finding::severity));
    return List.copyOf(all);
  }

  private String where(int certificate, String subject) {
    return places.get(certificate) + " (" + subject + ") ";
  }

  /** The next instant at which {@link #findingsAt} answers something else. */
  Optional<Instant> nextChange(Instant now, Duration expiryWarning) {
    // Asked of every entry in every round: without streams.
    List<Instant> changes = new ArrayList<>();
    changes.add(leaf.notBefore());
    changes.add(leaf.notAfter().minus(expiryWarning));
    changes.add(after(leaf.notAfter()));
    for (Issuer issuer : issuers) {
      changes.add(issuer.notBefore());
      changes.add(after(issuer.notAfter()));
    }
    changes.removeIf(change -> !change.isAfter(now));
    return changes.isEmpty() ? Optional.empty() : Optional.of(Collections.min(changes));
  }

  /** A period's last instant belongs to it, so what it ends changes one nanosecond later. */
  private static Instant after(Instant end) {
    return end.plusNanos(1);
  }
}
