package net.lecentre.certmerge.core.merge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.MergePlan.Change;
import net.lecentre.certmerge.core.merge.MergePlan.Entry;
import net.lecentre.certmerge.core.merge.MergePlan.Held;
import net.lecentre.certmerge.core.merge.MergePlan.Problem;
import net.lecentre.certmerge.core.merge.MergePlan.Removed;
import net.lecentre.certmerge.core.merge.MergePlan.Shard;
import net.lecentre.certmerge.core.merge.MergePlan.State;
import net.lecentre.certmerge.core.merge.Offer.Absent;
import net.lecentre.certmerge.core.merge.Offer.Content;
import net.lecentre.certmerge.core.merge.Offer.Reason;
import net.lecentre.certmerge.core.merge.Offer.Withdrawn;
import net.lecentre.certmerge.core.merge.Shards.Item;

/**
 * Decides what a target shall hold.
 *
 * <pre>{@code
 * List<Offer> offers = List.of(new Offer.Content("shop", "team-a/shop-tls", inspection));
 * MergePlan plan = Merge.plan(offers, Current.none(), Policy.DEFAULT, now);
 * for (MergePlan.Shard shard : plan.shards()) {
 *   written.add(Policy.DEFAULT.layout().files(shard.pairs()));
 * }
 * }</pre>
 */
public final class Merge {
  /** Enough to tell removals apart; short enough to copy into an annotation. */
  private static final int ID_BYTES = 8;

  private final Current current;
  private final Policy policy;
  private final Instant now;

  /** By key and source, in the order of the offers. */
  private final Map<Claim, Entry> entries = new LinkedHashMap<>();

  /** The source that has each key. */
  private final Map<String, String> owners = new HashMap<>();

  private final Set<String> offered = new HashSet<>();
  private final Set<String> withdrawn = new HashSet<>();
  private final List<Instant> changes = new ArrayList<>();

  /** What the target holds of sources under keys that they are not offered for any more. */
  private final Map<String, Current.Entry> underFormerKeys = new HashMap<>();

  private Merge(Current current, Policy policy, Instant now) {
    this.current = current;
    this.policy = policy;
    this.now = now;
  }

  /** What the target holds, by key. */
  private Stream<Map.Entry<String, Current.Entry>> held() {
    return current.entries().entrySet().stream().sorted(Map.Entry.comparingByKey());
  }

  /**
   * Plans a merge.
   *
   * <p>A key belongs to the first offer that has a pair for it: a good one, or one that is kept. So
   * a broken newcomer does not take a key from a good source behind it. A source offered twice for
   * a key counts once. An invalid pair is never written; with {@link OnInvalid#KEEP} the pair that
   * the target holds of the same source stays. So does, for the policy's grace period, the pair of
   * a source that is gone. Where a change would remove more entries than the policy lets go at
   * once, all of these stay; only entries without their owners' consent leave in any case.
   *
   * <p>What is written does not depend on the order of the offers, as long as no two of them want
   * the same key. Planning again when the target holds what was planned changes nothing.
   *
   * @param offers in declared order
   * @param current what the target holds
   * @param policy how to merge
   * @param now the instant to judge validity and grace periods at
   */
  public static MergePlan plan(List<Offer> offers, Current current, Policy policy, Instant now) {
    return new Merge(current, policy, now).plan(offers);
  }

  private record Claim(String key, String source) {}

  private MergePlan plan(List<Offer> offers) {
    Set<Claim> claims = new HashSet<>(offers.stream().map(Merge::claim).toList());
    held()
        .filter(held -> !claims.contains(claim(held)))
        .forEach(held -> underFormerKeys.putIfAbsent(held.getValue().source(), held.getValue()));
    offers.forEach(this::take);
    keepWhatIsInGrace();
    Optional<Held> held = holdBack();
    List<Item> items = written().map(this::item).toList();
    Optional<Map<String, Integer>> places = Shards.place(items, policy.shards(), policy.maxBytes());
    return new MergePlan(
        List.copyOf(entries.values()),
        leaving().map(Merge::removed).toList(),
        held,
        places.map(it -> shards(items, it)).orElse(List.of()),
        (int) Math.min(items.stream().mapToLong(Item::size).sum(), Integer.MAX_VALUE),
        places.isEmpty(),
        changes.stream().min(Comparator.naturalOrder()));
  }

  private void take(Offer offer) {
    offered.add(offer.source());
    if (offer instanceof Withdrawn) {
      withdrawn.add(offer.source());
    } else if (!entries.containsKey(claim(offer))) {
      add(offer instanceof Content content ? content(content) : absent((Absent) offer));
    }
  }

  private void add(Entry entry) {
    entries.put(new Claim(entry.key(), entry.source()), entry);
    if (entry.pair().isPresent()) {
      owners.put(entry.key(), entry.source());
    }
    if (entry.state() == State.KEPT) {
      // It stays whatever its validity, but that it ends is worth another look.
      new Accepted(entry.pair().orElseThrow(), List.of())
          .nextChange(now, policy.expiryWarning())
          .ifPresent(changes::add);
    }
  }

  private Entry content(Content offer) {
    List<Finding> findings = offer.inspection().findingsAt(now, policy.expiryWarning());
    String owner = owners.get(offer.key());
    if (owner != null) {
      Problem problem =
          new Problem(
              "Conflict",
              "the key " + offer.key() + " belongs to " + owner + ", which comes first");
      return excluded(offer, problem, findings);
    }
    offer.inspection().nextChange(now, policy.expiryWarning()).ifPresent(changes::add);
    if (offer.inspection() instanceof Accepted accepted && accepted.acceptedAt(now)) {
      return new Entry(
          offer.key(),
          offer.source(),
          State.MERGED,
          Optional.of(accepted.pair()),
          Optional.empty(),
          findings,
          change(offer.key(), accepted.pair()),
          Optional.empty());
    }
    Finding error = findings.get(0);
    Problem problem =
        new Problem(error.code().name(), error.message() + ". " + error.code().advice());
    Optional<Current.Entry> good =
        policy.onInvalid() == OnInvalid.KEEP ? lastGood(offer) : Optional.empty();
    return good.map(held -> kept(claim(offer), held.pair(), problem, findings, Optional.empty()))
        .orElseGet(() -> excluded(offer, problem, findings));
  }

  private Entry absent(Absent offer) {
    if (offer.reason() == Reason.NOT_ALLOWED) {
      withdrawn.add(offer.source());
    }
    Problem problem = new Problem(offer.reason().text(), offer.message());
    boolean gone = offer.reason() == Reason.NOT_FOUND || offer.reason() == Reason.NOT_TLS;
    return Optional.of(offer)
        .filter(it -> gone && !owners.containsKey(it.key()))
        .flatMap(this::lastGood)
        .flatMap(held -> inGrace(claim(offer), held, problem))
        .orElseGet(() -> excluded(offer, problem, List.of()));
  }

  /** What the target holds of a source: under its key, or else under the one it had before. */
  private Optional<Current.Entry> lastGood(Offer offer) {
    Current.Entry held = current.entries().get(offer.key());
    return held != null && held.source().equals(offer.source())
        ? Optional.of(held)
        : Optional.ofNullable(underFormerKeys.get(offer.source()));
  }

  /** Of sources that nobody offers any more: deleted, or not selected. */
  private void keepWhatIsInGrace() {
    Problem gone =
        new Problem(Reason.NOT_FOUND.text(), "the source was deleted, or is not selected any more");
    leaving()
        .filter(held -> !offered.contains(held.getValue().source()))
        .filter(held -> !held.getValue().source().isEmpty())
        .flatMap(held -> inGrace(claim(held), held.getValue(), gone).stream())
        .toList()
        .forEach(this::add);
  }

  /** An entry that stays until its grace period ends; empty when that is over. */
  private Optional<Entry> inGrace(Claim claim, Current.Entry held, Problem problem) {
    Instant goneSince = held.goneSince().orElse(now);
    Instant end = goneSince.plus(policy.grace());
    if (!now.isBefore(end)) {
      return Optional.empty();
    }
    changes.add(end);
    String message = problem.message() + "; what the target holds of it stays until " + end;
    return Optional.of(
        kept(
            claim,
            held.pair(),
            new Problem(problem.reason(), message),
            List.of(),
            Optional.of(goneSince)));
  }

  /** Keeps what would leave, where that is more than may leave at once. */
  private Optional<Held> holdBack() {
    List<Map.Entry<String, Current.Entry>> leaving =
        leaving().filter(held -> !withdrawn.contains(held.getValue().source())).toList();
    List<Removed> removals = leaving.stream().map(Merge::removed).toList();
    if (policy.maxRemovals().allows(removals.size(), heldOrWritten())) {
      return Optional.empty();
    }
    String id = id(removals);
    if (policy.release().filter(id::equals).isPresent()) {
      return Optional.empty();
    }
    leaving.forEach(held -> add(heldBack(claim(held), held.getValue())));
    return Optional.of(new Held(id, removals));
  }

  /** The same before and after a plan that holds a removal back: so it is held back again. */
  private int heldOrWritten() {
    Set<String> keys = new HashSet<>(current.entries().keySet());
    keys.addAll(owners.keySet());
    return keys.size();
  }

  private Entry heldBack(Claim claim, Current.Entry held) {
    Problem nobodys = new Problem(Reason.NOT_FOUND.text(), "nobody offers this entry any more");
    Optional<Entry> known = Optional.ofNullable(entries.get(claim));
    Problem problem = known.flatMap(Entry::problem).orElse(nobodys);
    return kept(
        claim,
        held.pair(),
        new Problem(problem.reason(), problem.message() + "; its removal is held back"),
        known.map(Entry::findings).orElse(List.of()),
        held.goneSince());
  }

  private static String id(List<Removed> removals) {
    MessageDigest digest = sha256();
    removals.forEach(
        removal -> digest.update((removal.key() + '\n' + removal.source() + '\n').getBytes(UTF_8)));
    return HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private Entry kept(
      Claim claim,
      TlsPair pair,
      Problem problem,
      List<Finding> findings,
      Optional<Instant> goneSince) {
    return new Entry(
        claim.key(),
        claim.source(),
        State.KEPT,
        Optional.of(pair),
        Optional.of(problem),
        findings,
        change(claim.key(), pair),
        goneSince);
  }

  private static Entry excluded(Offer offer, Problem problem, List<Finding> findings) {
    return new Entry(
        offer.key(),
        offer.source(),
        State.EXCLUDED,
        Optional.empty(),
        Optional.of(problem),
        findings,
        Change.NONE,
        Optional.empty());
  }

  private Change change(String key, TlsPair pair) {
    Current.Entry held = current.entries().get(key);
    return held == null
        ? Change.ADDED
        : held.pair().equals(pair) ? Change.UNCHANGED : Change.CHANGED;
  }

  /** What the target holds and nothing writes any more, by key. */
  private Stream<Map.Entry<String, Current.Entry>> leaving() {
    return held().filter(held -> !owners.containsKey(held.getKey()));
  }

  private static Removed removed(Map.Entry<String, Current.Entry> held) {
    return new Removed(held.getKey(), held.getValue().source());
  }

  private Item item(Entry entry) {
    return new Item(
        entry.key(),
        policy.layout().size(entry.key(), entry.pair().orElseThrow()),
        Optional.ofNullable(current.entries().get(entry.key())).map(Current.Entry::shard));
  }

  /** As many as are in use, and the first one in any case. */
  private List<Shard> shards(List<Item> items, Map<String, Integer> places) {
    int number = 1 + places.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    List<SortedMap<String, TlsPair>> pairs =
        Stream.generate(() -> (SortedMap<String, TlsPair>) new TreeMap<String, TlsPair>())
            .limit(number)
            .toList();
    int[] bytes = new int[number];
    Map<String, TlsPair> written = new HashMap<>();
    written().forEach(entry -> written.put(entry.key(), entry.pair().orElseThrow()));
    for (Item item : items) {
      int shard = places.getOrDefault(item.key(), 0);
      pairs.get(shard).put(item.key(), Objects.requireNonNull(written.get(item.key())));
      bytes[shard] += item.size();
    }
    return IntStream.range(0, number).mapToObj(i -> new Shard(pairs.get(i), bytes[i])).toList();
  }

  private Stream<Entry> written() {
    return entries.values().stream().filter(entry -> entry.pair().isPresent());
  }

  private static Claim claim(Offer offer) {
    return new Claim(offer.key(), offer.source());
  }

  private static Claim claim(Map.Entry<String, Current.Entry> held) {
    return new Claim(held.getKey(), held.getValue().source());
  }
}
