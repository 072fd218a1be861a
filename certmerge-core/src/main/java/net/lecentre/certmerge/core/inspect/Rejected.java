package net.lecentre.certmerge.core.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A pair that the consumer would not load, at whatever time.
 *
 * <p>Immutable, and compared by its findings and leaf.
 */
public final class Rejected implements Inspection {
  private final List<Finding> findings;
  private final Optional<Leaf> leaf;
  private final List<Place> places;

  /**
   * A pair whose leaf could not be read.
   *
   * @param findings why; the first one is an error
   */
  public Rejected(List<Finding> findings) {
    this(findings, Optional.empty(), List.of());
  }

  /** A pair whose leaf may have been read all the same; then it stands at the first place. */
  Rejected(List<Finding> findings, Optional<Leaf> leaf, List<Place> places) {
    if (findings.isEmpty() || findings.get(0).severity() != Severity.ERROR) {
      throw new IllegalArgumentException("a rejection begins with an error: " + findings);
    }
    this.findings = List.copyOf(findings);
    this.leaf = leaf;
    this.places = List.copyOf(places);
  }

  @Override
  public List<Finding> findings() {
    return findings;
  }

  @Override
  public Optional<Leaf> leaf() {
    return leaf;
  }

  @Override
  public List<Finding> findingsAt(Instant now, Duration expiryWarning) {
    return validity().map(it -> it.findingsAt(findings, now, expiryWarning)).orElse(findings);
  }

  @Override
  public boolean acceptedAt(Instant now) {
    return false;
  }

  @Override
  public Optional<Instant> nextChange(Instant now, Duration expiryWarning) {
    return validity().flatMap(it -> it.nextChange(now, expiryWarning));
  }

  private Optional<Validity> validity() {
    return leaf.map(it -> new Validity(it, List.of(), places));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rejected that
        && findings.equals(that.findings)
        && leaf.equals(that.leaf);
  }

  @Override
  public int hashCode() {
    return findings.hashCode();
  }

  @Override
  public String toString() {
    return "Rejected[" + findings + ", " + leaf + "]";
  }
}
