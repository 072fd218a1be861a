package net.lecentre.certmerge.core.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.lecentre.certmerge.core.merge.Shards.Item;
import org.junit.jupiter.api.Test;

class ShardsTest {
  private static Item fresh(String key, int size) {
    return new Item(key, size, Optional.empty());
  }

  private static Item in(int shard, String key, int size) {
    return new Item(key, size, Optional.of(shard));
  }

  @Test
  void nothing_needs_no_room() {
    assertThat(Shards.place(List.of(), 1, 0)).contains(Map.of());
  }

  @Test
  void entries_fill_the_first_shard_first() {
    assertThat(Shards.place(List.of(fresh("a", 4), fresh("b", 6), fresh("c", 5)), 3, 10))
        .contains(Map.of("a", 0, "b", 0, "c", 1));
  }

  @Test
  void an_entry_stays_though_there_is_room_before_it() {
    assertThat(Shards.place(List.of(in(1, "a", 4)), 2, 10)).contains(Map.of("a", 1));
  }

  @Test
  void a_shard_that_grew_too_large_gives_one_entry_away() {
    assertThat(
            Shards.place(
                List.of(in(0, "a", 2), in(0, "b", 3), in(0, "c", 6), in(1, "d", 1)), 2, 10))
        .contains(Map.of("a", 1, "b", 0, "c", 0, "d", 1));
  }

  @Test
  void one_large_entry_goes_rather_than_two_small_ones() {
    assertThat(
            Shards.place(
                List.of(in(0, "a", 2), in(0, "b", 2), in(0, "c", 9), in(1, "d", 1)), 2, 10))
        .contains(Map.of("a", 0, "b", 0, "c", 1, "d", 1));
  }

  @Test
  void the_entries_of_a_shard_that_is_not_allowed_any_more_move() {
    assertThat(Shards.place(List.of(in(0, "a", 4), in(2, "b", 4), in(1, "c", 4)), 2, 10))
        .contains(Map.of("a", 0, "b", 0, "c", 1));
  }

  @Test
  void where_gaps_are_too_small_everything_is_packed_anew() {
    assertThat(Shards.place(List.of(in(0, "a", 5), in(1, "b", 5), fresh("c", 10)), 2, 10))
        .hasValueSatisfying(
            places -> {
              assertThat(places.get("a")).isEqualTo(places.get("b"));
              assertThat(places.get("c")).isNotEqualTo(places.get("a"));
            });
  }

  @Test
  void what_does_not_fit_does_not_fit() {
    assertThat(Shards.place(List.of(fresh("a", 6), fresh("b", 6)), 1, 10)).isEmpty();
    assertThat(Shards.place(List.of(fresh("a", 11)), 9, 10)).isEmpty();
    assertThat(Shards.place(List.of(in(0, "a", 11)), 9, 10)).isEmpty();
  }

  @Test
  void sizes_may_add_up_to_more_than_two_gibibytes() {
    int half = 1 << 30;
    List<Item> items = IntStream.range(0, 4).mapToObj(i -> in(0, "k" + i, half)).toList();
    assertThat(Shards.place(items, 4, half)).hasValueSatisfying(it -> assertThat(it).hasSize(4));
  }

  /** Small enough to try out every other way to place the entries. */
  record Small(List<Item> items, int number, int limit) {
    static Small of(long seed) {
      Random random = new Random(seed);
      int number = 1 + random.nextInt(3);
      List<Item> items = new ArrayList<>();
      for (int i = 0; i < random.nextInt(7); i++) {
        Optional<Integer> shard =
            random.nextInt(4) == 0 ? Optional.empty() : Optional.of(random.nextInt(number + 1));
        items.add(new Item("k" + i, 1 + random.nextInt(6), shard));
      }
      return new Small(items, number, 5 + random.nextInt(8));
    }

    /** The fewest entries that have to move from where they are, of all ways that fit. */
    Optional<Long> fewestMoves() {
      return fewestMoves(new HashMap<>(), new int[number], 0);
    }

    private Optional<Long> fewestMoves(Map<String, Integer> places, int[] used, int next) {
      if (next == items.size()) {
        return Optional.of(moves(places));
      }
      Optional<Long> fewest = Optional.empty();
      Item item = items.get(next);
      for (int shard = 0; shard < number; shard++) {
        if (used[shard] + item.size() <= limit) {
          used[shard] += item.size();
          places.put(item.key(), shard);
          Optional<Long> moves = fewestMoves(places, used, next + 1);
          if (moves.isPresent() && (fewest.isEmpty() || moves.get() < fewest.get())) {
            fewest = moves;
          }
          used[shard] -= item.size();
        }
      }
      return fewest;
    }

    long moves(Map<String, Integer> places) {
      return items.stream()
          .filter(item -> item.shard().isPresent())
          .filter(item -> !item.shard().get().equals(places.get(item.key())))
          .count();
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, 4000);
  }

  @Test
  void no_shard_ever_exceeds_the_limit() {
    seeds()
        .mapToObj(Small::of)
        .forEach(
            small ->
                Shards.place(small.items(), small.number(), small.limit())
                    .ifPresent(
                        places -> {
                          long[] used = new long[small.number()];
                          small
                              .items()
                              .forEach(
                                  item -> used[places.getOrDefault(item.key(), -1)] += item.size());
                          assertThat(used)
                              .as("%s", small)
                              .satisfies(
                                  it ->
                                      assertThat(Arrays.stream(it))
                                          .allMatch(bytes -> bytes <= small.limit()));
                        }));
  }

  @Test
  void the_fewest_entries_move() {
    assertThat(seeds().mapToObj(Small::of))
        .allSatisfy(
            small ->
                assertThat(
                        Shards.place(small.items(), small.number(), small.limit())
                            .map(small::moves))
                    .isEqualTo(small.fewestMoves()));
  }

  @Test
  void where_entries_go_does_not_depend_on_their_order() {
    seeds()
        .mapToObj(Small::of)
        .forEach(
            small -> {
              List<Item> reversed = new ArrayList<>(small.items());
              Collections.reverse(reversed);
              assertThat(Shards.place(reversed, small.number(), small.limit()))
                  .isEqualTo(Shards.place(small.items(), small.number(), small.limit()));
            });
  }
}
