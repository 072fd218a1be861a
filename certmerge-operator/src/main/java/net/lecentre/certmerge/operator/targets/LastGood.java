package net.lecentre.certmerge.operator.targets;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Offer;

/** The pairs that a target holds: the last good ones of their sources, whatever happened since. */
public final class LastGood {
  private LastGood() {}

  /**
   * Reads them back.
   *
   * @param secret the target
   * @param offers what the sources offer now; a target of 2018 does not say which source a key came
   *     from, and it was the first that has something for this key
   */
  public static Current of(Secret secret, List<Offer> offers) {
    Provenance provenance = Provenance.read(TargetSecret.annotation(secret, Provenance.ANNOTATION));
    boolean unmarked = TargetSecret.annotation(secret, TargetSecret.OWNER_ANNOTATION).isEmpty();
    Map<String, Current.Entry> entries = new HashMap<>();
    Layout.read(TargetSecret.files(secret), Acceptance.envoy())
        .forEach(
            (key, pair) -> {
              Optional<String> source = unmarked ? firstOffering(key, offers) : provenance.of(key);
              entries.put(key, new Current.Entry(source.orElse(""), pair));
            });
    return new Current(entries);
  }

  private static Optional<String> firstOffering(String key, List<Offer> offers) {
    return offers.stream().filter(offer -> offer.key().equals(key)).map(Offer::source).findFirst();
  }
}
