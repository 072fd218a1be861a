package net.lecentre.certmerge.operator.targets;

import io.fabric8.kubernetes.api.model.Secret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.MergeSpec;

/** The pairs that a target holds: the last good ones of their sources, whatever happened since. */
public final class LastGood {
  private LastGood() {}

  /**
   * Reads them back.
   *
   * @param spec which Secrets are shards; any other one is left from a former name, and its pairs
   *     have to move
   * @param present the Secrets of the target
   * @param offers what the sources offer now; a target of 2018 does not say which source a key came
   *     from, and it was the first that has something for this key
   * @param pairs the pairs that a Secret holds, by key
   */
  public static Current of(
      MergeSpec spec,
      Present present,
      List<Offer> offers,
      Function<Secret, SortedMap<String, TlsPair>> pairs) {
    List<ObjectName> shards = spec.targets();
    List<ObjectName> names = new ArrayList<>(shards);
    present.secrets().keySet().stream().filter(name -> !shards.contains(name)).forEach(names::add);
    Map<String, Current.Entry> entries = new HashMap<>();
    for (ObjectName name : names) {
      Optional<Secret> found = present.get(name);
      if (found.isEmpty()) {
        continue;
      }
      Secret secret = found.get();
      int shard = Math.min(names.indexOf(name), shards.size());
      Provenance provenance =
          Provenance.read(TargetSecret.annotation(secret, Provenance.ANNOTATION));
      boolean unmarked = TargetSecret.owner(secret).isEmpty();
      pairs
          .apply(secret)
          .forEach(
              (key, pair) -> {
                Optional<Provenance.Origin> origin = provenance.of(key);
                Optional<String> source =
                    unmarked ? firstOffering(key, offers) : origin.map(Provenance.Origin::source);
                Optional<Instant> goneSince = origin.flatMap(Provenance.Origin::goneSince);
                entries.putIfAbsent(
                    key, new Current.Entry(source.orElse(""), pair, shard, goneSince));
              });
    }
    return new Current(entries);
  }

  /** The pairs that a Secret holds, by key. */
  public static SortedMap<String, TlsPair> pairs(Secret secret) {
    return Layout.read(TargetSecret.files(secret), Acceptance.envoy());
  }

  private static Optional<String> firstOffering(String key, List<Offer> offers) {
    return offers.stream().filter(offer -> offer.key().equals(key)).map(Offer::source).findFirst();
  }
}
