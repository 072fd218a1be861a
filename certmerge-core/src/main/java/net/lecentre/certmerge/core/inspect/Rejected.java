package net.lecentre.certmerge.core.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A pair that the consumer would not load, at whatever time.
 *
 * @param findings why; the first one is an error
 * @param leaf the leaf, when its certificate could be read all the same
 */
public record Rejected(List<Finding> findings, Optional<Leaf> leaf) implements Inspection {
  /** Copies the list, and demands an error first. */
  public Rejected {
    findings = List.copyOf(findings);
    if (findings.isEmpty() || findings.get(0).severity() != Severity.ERROR) {
      throw new IllegalArgumentException("a rejection begins with an error: " + findings);
    }
  }

  /** A pair whose leaf could not be read. */
  public Rejected(List<Finding> findings) {
    this(findings, Optional.empty());
  }

  @Override
  public List<Finding> findingsAt(Instant now, Duration expiryWarning) {
    return leaf.map(it -> Validity.findingsAt(it, List.of(), findings, now, expiryWarning))
        .orElse(findings);
  }

  @Override
  public boolean acceptedAt(Instant now) {
    return false;
  }

  @Override
  public Optional<Instant> nextChange(Instant now, Duration expiryWarning) {
    return leaf.flatMap(it -> Validity.nextChange(it, List.of(), now, expiryWarning));
  }
}
