package net.lecentre.certmerge.core.merge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Spreads entries over Secrets of bounded size. An entry stays where it is unless that is
 * impossible: while it moves, a running gateway finds it twice, or not at all.
 */
final class Shards {
  private static final Comparator<Item> LARGEST_FIRST =
      Comparator.comparingInt(Item::size).reversed().thenComparing(Item::key);

  /** Chooses what a shard gives away that has so many bytes too many. */
  @FunctionalInterface
  private interface GiveAway {
    Item choose(long excess, SortedSet<Item> items);
  }

  /** What is given away first is easily placed; second, it leaves gaps for others. */
  private static final List<GiveAway> CHOICES =
      List.of(Shards::leastThatFrees, (excess, items) -> items.first());

  private final long limit;
  private final List<TreeSet<Item>> shards = new ArrayList<>();
  private final long[] used;

  private Shards(int number, int limit) {
    this.limit = limit;
    this.used = new long[number];
    for (int shard = 0; shard < number; shard++) {
      shards.add(new TreeSet<>(LARGEST_FIRST));
    }
  }

  /**
   * What has to be put somewhere.
   *
   * @param key its key
   * @param size how many bytes it takes
   * @param shard where it is now
   */
  record Item(String key, int size, Optional<Integer> shard) {}

  /**
   * The shard of each key; empty when they do not fit.
   *
   * <p>Nothing moves but what an overfull shard has to give away, as few entries as possible. When
   * what is left over then finds no room, others make room for it. Only when that fails too
   * everything is packed anew. To prove that no way is left takes exponential time, so entries that
   * fill their Secrets to the last bytes may be told not to fit though they would.
   *
   * @param items each key once
   * @param number how many shards there may be
   * @param limit how many bytes each of them takes
   */
  static Optional<Map<String, Integer>> place(List<Item> items, int number, int limit) {
    return CHOICES.stream()
        .flatMap(giveAway -> staying(items, number, limit, giveAway, false).stream())
        .findFirst()
        .or(
            () ->
                CHOICES.stream()
                    .flatMap(giveAway -> staying(items, number, limit, giveAway, true).stream())
                    .min(Comparator.comparingLong(Shards::moves)))
        .or(() -> packed(items, number, limit))
        .map(Shards::places);
  }

  private static Optional<Shards> staying(
      List<Item> items, int number, int limit, GiveAway giveAway, boolean makeRoom) {
    Shards shards = new Shards(number, limit);
    List<Item> left = shards.stay(items, giveAway);
    return shards.fill(left, makeRoom) ? Optional.of(shards) : Optional.empty();
  }

  private static Optional<Shards> packed(List<Item> items, int number, int limit) {
    Shards shards = new Shards(number, limit);
    return shards.fill(items, false) ? Optional.of(shards) : Optional.empty();
  }

  /** Leaves entries where they are, as far as they fit; returns the others. */
  private List<Item> stay(List<Item> items, GiveAway giveAway) {
    List<Item> left = new ArrayList<>();
    for (Item item : items) {
      if (item.shard().isPresent() && item.shard().get() < used.length) {
        put(item, item.shard().get());
      } else {
        left.add(item);
      }
    }
    for (int shard = 0; shard < used.length; shard++) {
      while (used[shard] > limit) {
        Item given = giveAway.choose(used[shard] - limit, shards.get(shard));
        take(given, shard);
        left.add(given);
      }
    }
    return left;
  }

  /** The smallest entry that is as large as the excess, else the largest. */
  private static Item leastThatFrees(long excess, SortedSet<Item> items) {
    Item least = items.first();
    for (Item item : items) {
      if (item.size() < excess) {
        break;
      }
      least = item;
    }
    return least;
  }

  /** Finds room for entries, the largest first; false when there is not enough. */
  private boolean fill(List<Item> items, boolean makeRoom) {
    for (Item item : items.stream().sorted(LARGEST_FIRST).toList()) {
      Optional<Integer> shard = room(item);
      if (shard.isEmpty() && makeRoom) {
        shard = makeRoom(item);
      }
      if (shard.isEmpty()) {
        return false;
      }
      put(item, shard.get());
    }
    return true;
  }

  /** Its own shard before all others, then the first. */
  private Optional<Integer> room(Item item) {
    return Stream.concat(item.shard().stream(), Stream.iterate(0, shard -> shard + 1))
        .limit(used.length + 1L)
        .filter(shard -> shard < used.length && used[shard] + item.size() <= limit)
        .findFirst();
  }

  /** A shard some of whose entries went elsewhere, as few as possible. */
  private Optional<Integer> makeRoom(Item item) {
    Optional<Integer> best = Optional.empty();
    Map<Item, Integer> fewest = Map.of();
    for (int shard = 0; shard < used.length; shard++) {
      Map<Item, Integer> moves = moves(item, shard);
      if (!moves.isEmpty() && (best.isEmpty() || moves.size() < fewest.size())) {
        best = Optional.of(shard);
        fewest = moves;
      }
    }
    if (best.isPresent()) {
      int shard = best.get();
      fewest.forEach(
          (moved, other) -> {
            take(moved, shard);
            put(moved, other);
          });
    }
    return best;
  }

  /** Where entries of a shard could go to make room in it; empty when they could not. */
  private Map<Item, Integer> moves(Item item, int shard) {
    TreeSet<Item> staying = new TreeSet<>(shards.get(shard));
    long[] free = new long[used.length];
    for (int other = 0; other < used.length; other++) {
      free[other] = other == shard ? 0 : limit - used[other];
    }
    Map<Item, Integer> moves = new HashMap<>();
    long excess = used[shard] + item.size() - limit;
    while (excess > 0 && !staying.isEmpty()) {
      Item moved = leastThatFrees(excess, staying);
      staying.remove(moved);
      excess -= moved.size();
      int other = 0;
      while (other < free.length && free[other] < moved.size()) {
        other++;
      }
      if (other == free.length) {
        return Map.of();
      }
      free[other] -= moved.size();
      moves.put(moved, other);
    }
    return excess > 0 ? Map.of() : moves;
  }

  private void put(Item item, int shard) {
    shards.get(shard).add(item);
    used[shard] += item.size();
  }

  private void take(Item item, int shard) {
    shards.get(shard).remove(item);
    used[shard] -= item.size();
  }

  /** How many entries are not where they were. */
  private long moves() {
    return IntStream.range(0, used.length)
        .mapToLong(
            shard ->
                shards.get(shard).stream()
                    .filter(item -> item.shard().filter(was -> was != shard).isPresent())
                    .count())
        .sum();
  }

  private Map<String, Integer> places() {
    Map<String, Integer> places = new HashMap<>();
    for (int shard = 0; shard < used.length; shard++) {
      for (Item item : shards.get(shard)) {
        places.put(item.key(), shard);
      }
    }
    return places;
  }
}
