package net.lecentre.certmerge.core.inspect;

import java.util.List;
import java.util.stream.Stream;

/** What the consumer of a pair loads: the measure that {@link Inspector} applies. */
public final class Acceptance {
  /** It is served, and something about it is not as it should be, or good to know. */
  private static final List<Rule> REMARKS =
      List.of(
          ChainRules::leafsIssuerIsThere,
          ChainRules::issuersFollow,
          ChainRules::certificatesAreRelated,
          ChainRules::certificatesOccurOnce,
          ChainRules::chainIsShort,
          ChainRules::signaturesAreStrong,
          LeafRules::isNotSelfSigned,
          LeafRules::isNoCa,
          LeafRules::hasAlternativeName,
          LeafRules::alternativeNamesAreHosts,
          LeafRules::servesTls,
          LeafRules::keyUsageServes,
          LeafRules::validityIsUpright,
          LeafRules::serialIsValid,
          LeafRules::extensionsOccurOnce,
          LeafRules::criticalExtensionsAreKnown,
          ChainRules::rootIsLeftOut);

  private static final Acceptance ENVOY =
      new Acceptance(
          LeafRules::extensionsAreReadable,
          LeafRules::keyIsSupported,
          LeafRules::keyIsStrong,
          ChainRules::keyFits,
          LeafRules::hasName,
          LeafRules::isForGood,
          LeafRules::needsNoStaple,
          LeafRules::ecKeySigns);

  private static final Acceptance ANY =
      new Acceptance(LeafRules::keyIsSupported, ChainRules::keyFits);

  private final List<Rule> rules;

  private Acceptance(Rule... demands) {
    this.rules = Stream.concat(Stream.of(demands), REMARKS.stream()).toList();
  }

  /** What Envoy, with its BoringSSL, loads and completes handshakes with. */
  public static Acceptance envoy() {
    return ENVOY;
  }

  /**
   * What can be read at all: certificates and a key, intact, that belong together. For a consumer
   * that is more lenient than Envoy, or that nobody knows.
   */
  public static Acceptance any() {
    return ANY;
  }

  List<Rule> rules() {
    return rules;
  }
}
