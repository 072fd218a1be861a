package net.lecentre.certmerge.core.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.lecentre.certmerge.core.format.Format;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Rejected;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.MaxRemovals;
import net.lecentre.certmerge.core.merge.Merge;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.MergePlan.Change;
import net.lecentre.certmerge.core.merge.MergePlan.Entry;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.core.merge.OnInvalid;
import net.lecentre.certmerge.core.merge.Policy;

/**
 * Any offers to any target at any time.
 *
 * <p>The first byte says how many pairs the target holds, the second one the policy and the time;
 * then come three bytes for each pair held and for each offer: what it has, its key, its source.
 */
class MergeFuzzTest {
  /** Before all pairs, within all, after the first one's end, after all. */
  private static final List<Instant> TIMES =
      List.of(
          Instant.parse("2024-01-01T00:00:00Z"),
          Instant.parse("2026-01-01T00:00:00Z"),
          Instant.parse("2030-06-01T00:00:00Z"),
          Instant.parse("2040-01-01T00:00:00Z"));

  private static final List<String> KEYS = List.of("a", "b", "b.crt", "c");
  private static final List<String> SOURCES = List.of("ns/a", "ns/b", "other/a");

  @FuzzTest
  void any_merge_is_settled(byte[] input) {
    if (input.length < 2) {
      return;
    }
    Instant now = TIMES.get(input[1] & 3);
    Policy policy = policy(input[1]);
    Map<String, Current.Entry> held = new HashMap<>();
    List<Offer> offers = new ArrayList<>();
    for (int at = 2; at + 2 < input.length; at += 3) {
      int what = input[at] & 0xff;
      String key = KEYS.get((input[at + 1] & 0xff) % KEYS.size());
      String source = SOURCES.get((input[at + 2] & 0xff) % SOURCES.size());
      if (at / 3 < input[0]) {
        held.put(key, new Current.Entry(source, TestPairs.ALL.get(what % TestPairs.ALL.size())));
      } else {
        offers.add(offer(what % 6, key, source));
      }
    }
    Current current = new Current(held);
    MergePlan plan = Merge.plan(offers, current, policy, now);
    hasOnlyWhatWasOfferedOrHeld(plan, offers, current);
    if (!plan.tooLarge()) {
      isReadBack(plan, policy);
      isSettled(plan, Merge.plan(offers, after(plan), policy, now));
    }
  }

  private static Policy policy(byte bits) {
    Policy policy = Policy.DEFAULT.with((bits & 4) == 0 ? OnInvalid.KEEP : OnInvalid.DROP);
    policy = (bits & 8) == 0 ? policy : policy.withGrace(Duration.ofDays(1));
    policy = (bits & 16) == 0 ? policy : policy.with(MaxRemovals.of(1));
    policy = (bits & 32) == 0 ? policy : policy.withShards(3, 6000);
    return (bits & 64) == 0
        ? policy
        : policy.with(new Layout(Set.of(Format.values()), Layout.DEFAULT_MOUNT_PATH));
  }

  private static Offer offer(int what, String key, String source) {
    return switch (what) {
      case 3 ->
          new Offer.Content(
              key, source, new Rejected(List.of(new Finding(Code.KEY_MISMATCH, "tls.key"))));
      case 4 -> new Offer.Absent(key, source, Offer.Reason.NOT_FOUND, "there is no such Secret");
      case 5 -> new Offer.Withdrawn(key, source);
      default -> new Offer.Content(key, source, new Accepted(TestPairs.ALL.get(what), List.of()));
    };
  }

  private static void hasOnlyWhatWasOfferedOrHeld(
      MergePlan plan, List<Offer> offers, Current current) {
    plan.written()
        .forEach(
            entry -> {
              TlsPair pair = entry.pair().orElseThrow();
              boolean offered =
                  offers.stream().anyMatch(offer -> isOf(offer, entry.key(), entry.source(), pair));
              // Under its key, or under the one that the source had before.
              boolean kept =
                  current.entries().values().stream()
                      .anyMatch(
                          held -> held.pair().equals(pair) && held.source().equals(entry.source()));
              assertThat(offered || kept).as("%s", entry).isTrue();
            });
  }

  private static boolean isOf(Offer offer, String key, String source, TlsPair pair) {
    return offer instanceof Offer.Content content
        && content.key().equals(key)
        && content.source().equals(source)
        && content.inspection() instanceof Accepted accepted
        && accepted.pair().equals(pair);
  }

  private static void isReadBack(MergePlan plan, Policy policy) {
    assertThat(plan.shards()).hasSizeBetween(1, policy.shards());
    Map<String, TlsPair> all = new HashMap<>();
    for (MergePlan.Shard shard : plan.shards()) {
      Map<String, byte[]> files = policy.layout().files(shard.pairs());
      assertThat(Layout.read(files, Acceptance.envoy())).isEqualTo(shard.pairs());
      assertThat(files.values().stream().mapToInt(bytes -> bytes.length).sum())
          .isEqualTo(shard.bytes())
          .isLessThanOrEqualTo(policy.maxBytes());
      all.putAll(shard.pairs());
    }
    assertThat(all).isEqualTo(written(plan));
  }

  private static Map<String, TlsPair> written(MergePlan plan) {
    return plan.written().collect(Collectors.toMap(Entry::key, it -> it.pair().orElseThrow()));
  }

  private static Current after(MergePlan plan) {
    Map<String, Current.Entry> entries = new HashMap<>();
    plan.written()
        .forEach(
            it ->
                entries.put(
                    it.key(),
                    new Current.Entry(
                        it.source(), it.pair().orElseThrow(), shard(plan, it), it.goneSince())));
    return new Current(entries);
  }

  private static int shard(MergePlan plan, Entry entry) {
    int shard = 0;
    while (!plan.shards().get(shard).pairs().containsKey(entry.key())) {
      shard++;
    }
    return shard;
  }

  private static void isSettled(MergePlan plan, MergePlan again) {
    assertThat(again.written()).allMatch(entry -> entry.change() == Change.UNCHANGED);
    assertThat(again.removed()).isEmpty();
    assertThat(again.shards()).isEqualTo(plan.shards());
    assertThat(again.held()).isEqualTo(plan.held());
  }
}
