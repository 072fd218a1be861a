package net.lecentre.certmerge.core.inspect;

import java.util.List;

/** What the consumer of a pair loads: the measure that {@link Inspector} applies. */
public final class Acceptance {
  private static final Acceptance ENVOY =
      new Acceptance(
          List.of(
              // Envoy would refuse it, or no client could use it.
              LeafRules::extensionsAreReadable,
              LeafRules::keyIsSupported,
              LeafRules::keyIsStrong,
              ChainRules::keyFits,
              LeafRules::hasName,
              LeafRules::needsNoStaple,
              LeafRules::ecKeySigns,
              // It is served, and something about it is not as it should be.
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
              // Good to know.
              ChainRules::rootIsLeftOut));

  private final List<Rule> rules;

  private Acceptance(List<Rule> rules) {
    this.rules = rules;
  }

  /** What Envoy, with its BoringSSL, loads and completes handshakes with. */
  public static Acceptance envoy() {
    return ENVOY;
  }

  List<Rule> rules() {
    return rules;
  }
}
