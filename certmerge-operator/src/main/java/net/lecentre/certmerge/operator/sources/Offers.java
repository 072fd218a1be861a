package net.lecentre.certmerge.operator.sources;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Rejected;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.sources.SourceLookup.Found;
import net.lecentre.certmerge.operator.spec.MergeSpec;

/** What the sources of a CertMerge offer, in the order that settles conflicts. */
public final class Offers {
  /** How many characters the name of a file in a Secret may have. */
  private static final int LONGEST_NAME = 253;

  private final MergeSpec spec;
  private final SourceLookup lookup;
  private final Consent consent;

  private Offers(MergeSpec spec, SourceLookup lookup, Consent consent) {
    this.spec = spec;
    this.lookup = lookup;
    this.consent = consent;
  }

  /**
   * The offers: the list first, then each selector's by namespace and name. A Secret that both name
   * is offered once, where it is named first. A Secret that a selector may not see is passed over
   * without a word, so that nobody learns of it.
   */
  public static List<Offer> of(MergeSpec spec, SourceLookup lookup, Consent consent) {
    return new Offers(spec, lookup, consent).collect();
  }

  /**
   * What the target holds of sources whose owners do not consent any more: it leaves at once. Of
   * those that are offered, the offers tell.
   */
  public static List<Offer> withdrawn(
      MergeSpec spec, SourceLookup lookup, Consent consent, List<Offer> offers, Current current) {
    Set<String> offered = offers.stream().map(Offer::source).collect(Collectors.toSet());
    List<Offer> withdrawn = new ArrayList<>();
    current
        .entries()
        .forEach(
            (key, held) -> {
              Optional<ObjectName> source = ObjectName.read(held.source());
              boolean asked = source.isEmpty() || offered.contains(held.source());
              if (!asked && !mayStay(spec, lookup, consent, source.get())) {
                withdrawn.add(new Offer.Withdrawn(key, held.source()));
              }
            });
    return withdrawn;
  }

  /**
   * The same whether or not the source exists: a target's marks, which tell of it, can be forged.
   */
  private static boolean mayStay(
      MergeSpec spec, SourceLookup lookup, Consent consent, ObjectName source) {
    Map<String, String> annotations =
        lookup.tls(source).map(TlsSecret::annotations).orElse(Map.of());
    return consent.allowsSource(spec.certMerge().namespace(), source, annotations);
  }

  private List<Offer> collect() {
    List<Offer> offers = new ArrayList<>();
    Set<ObjectName> named = new LinkedHashSet<>();
    for (ObjectName name : spec.listed()) {
      if (named.add(name)) {
        offers.add(listed(name));
      }
    }
    for (MergeSpec.Selector selector : spec.selectors()) {
      lookup
          .in(selector.namespace(), selector.labels())
          .filter(secret -> covers(selector, secret.name().namespace()))
          .filter(secret -> selector.labels().matches(secret.labels()))
          .filter(this::allowed)
          .sorted(Comparator.comparing(TlsSecret::name))
          .filter(secret -> named.add(secret.name()))
          .map(this::content)
          .forEach(offers::add);
    }
    return offers;
  }

  private boolean covers(MergeSpec.Selector selector, String namespace) {
    return selector.namespaceLabels().isEmpty()
        || selector.covers(namespace, lookup.labelsOf(namespace));
  }

  private Offer listed(ObjectName name) {
    if (!consent.covers(name.namespace())) {
      return absent(name, Offer.Reason.NOT_ALLOWED, Consent.notCovered(name.namespace()));
    }
    Optional<TlsSecret> secret = lookup.tls(name).filter(this::allowed);
    if (secret.isPresent()) {
      return content(secret.get());
    }
    String reader = spec.certMerge().namespace();
    if (!consent.allowsSource(reader, name, Map.of())) {
      // Whether the Secret exists is nobody's business before its owner consents.
      return absent(name, Offer.Reason.NOT_ALLOWED, Consent.howToAllowSource(reader, name));
    }
    Found found = lookup.other(name);
    if (found instanceof Found.Tls tls) {
      return content(tls.secret());
    }
    if (found instanceof Found.Other other) {
      return other.managed()
          ? absent(
              name,
              Offer.Reason.MANAGED,
              "Secret " + name + " is itself a merged target; name its sources instead")
          : absent(
              name,
              Offer.Reason.NOT_TLS,
              "Secret "
                  + name
                  + " is of type "
                  + other.type()
                  + "; make it anew with type kubernetes.io/tls, tls.crt and tls.key");
    }
    return absent(
        name,
        Offer.Reason.NOT_FOUND,
        "there is no Secret " + name + "; it is merged as soon as it exists");
  }

  private boolean allowed(TlsSecret secret) {
    return consent.allowsSource(spec.certMerge().namespace(), secret.name(), secret.annotations());
  }

  private Offer content(TlsSecret secret) {
    String key = spec.keyOf(secret.name());
    int longest = LONGEST_NAME - spec.policy().layout().longestEnding();
    if (key.length() > longest) {
      String message =
          "the key for Secret "
              + secret.name()
              + " would have "
              + key.length()
              + " characters, and a Secret's data key takes "
              + longest
              + " besides the ending; give the Secret a shorter name";
      return new Offer.Content(
          key,
          secret.name().toString(),
          new Rejected(List.of(new Finding(Code.TOO_LARGE, message))));
    }
    return new Offer.Content(key, secret.name().toString(), secret.inspected().get());
  }

  private Offer absent(ObjectName name, Offer.Reason reason, String message) {
    return new Offer.Absent(spec.keyOf(name), name.toString(), reason, message);
  }
}
