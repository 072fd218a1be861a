package net.lecentre.certmerge.core.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A pair that the consumer loads, validity periods aside.
 *
 * @param pair the pair in canonical form
 * @param findings warnings and infos; no errors
 */
public record Accepted(TlsPair pair, List<Finding> findings) implements Inspection {
  /** Copies the list. */
  public Accepted {
    findings = List.copyOf(findings);
  }

  @Override
  public Optional<Leaf> leaf() {
    return Optional.of(pair.leaf());
  }

  @Override
  public List<Finding> findingsAt(Instant now, Duration expiryWarning) {
    return Validity.findingsAt(pair.leaf(), pair.issuers(), findings, now, expiryWarning);
  }

  @Override
  public boolean acceptedAt(Instant now) {
    return Validity.holdsAt(pair.leaf(), now);
  }

  @Override
  public Optional<Instant> nextChange(Instant now, Duration expiryWarning) {
    return Validity.nextChange(pair.leaf(), pair.issuers(), now, expiryWarning);
  }
}
