package net.lecentre.certmerge.core.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pair that the consumer loads, validity periods aside.
 *
 * <p>Immutable, and compared by its pair and findings.
 */
public final class Accepted implements Inspection {
  private final TlsPair pair;
  private final List<Place> places;
  private final List<Finding> found;

  /** What is asked for seldom and takes long: {@link ChainSignatures} and all that was found. */
  private volatile @Nullable List<Finding> findings;

  /**
   * An accepted pair about which nothing more is to be found out.
   *
   * @param pair the pair in canonical form
   * @param findings warnings and infos; no errors
   */
  public Accepted(TlsPair pair, List<Finding> findings) {
    this(pair, pair.places(), findings);
    this.findings = found;
  }

  /** An accepted pair whose chain's signatures are still to be looked at. */
  Accepted(TlsPair pair, List<Place> places, List<Finding> found) {
    this.pair = Objects.requireNonNull(pair);
    this.places = List.copyOf(places);
    this.found = List.copyOf(found);
  }

  /** The pair in canonical form. */
  public TlsPair pair() {
    return pair;
  }

  /**
   * Warnings and infos; no errors. When asked for the first time the signatures of the chain are
   * verified, which may take longer than the inspection itself.
   */
  @Override
  public List<Finding> findings() {
    List<Finding> known = findings;
    if (known == null) {
      List<Finding> all = new ArrayList<>(found);
      all.addAll(ChainSignatures.findings(pair.chainDer(), places));
      all.sort(Comparator.comparing(Finding::severity));
      known = List.copyOf(all);
      findings = known;
    }
    return known;
  }

  @Override
  public Optional<Leaf> leaf() {
    return Optional.of(pair.leaf());
  }

  @Override
  public List<Finding> findingsAt(Instant now, Duration expiryWarning) {
    return new FindingsWhenAsked(() -> validity().findingsAt(findings(), now, expiryWarning));
  }

  @Override
  public boolean acceptedAt(Instant now) {
    return validity().holdsAt(now);
  }

  @Override
  public Optional<Instant> nextChange(Instant now, Duration expiryWarning) {
    return validity().nextChange(now, expiryWarning);
  }

  private Validity validity() {
    return new Validity(pair.leaf(), pair.issuers(), places);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Accepted that
        && pair.equals(that.pair)
        && findings().equals(that.findings());
  }

  @Override
  public int hashCode() {
    return pair.hashCode();
  }

  /** Names the leaf and the findings; holds nothing of the key. */
  @Override
  public String toString() {
    return "Accepted[" + pair + ", " + findings() + "]";
  }
}
