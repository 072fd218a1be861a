package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final List<String> done = new ArrayList<>();
  private String namespace = "";
  private final Turns turns = new Turns(thread, 1, () -> namespace);

  @AfterEach
  void end() {
    thread.shutdownNow();
    threads.shutdownNow();
  }

  @Test
  void what_waits_of_each_namespace_is_run_in_turn() throws InterruptedException {
    CountDownLatch all = new CountDownLatch(1);
    turns.execute(() -> await(all));

    hand("greedy", "1");
    hand("greedy", "2");
    hand("greedy", "3");
    hand("shop", "1");
    hand("shop", "2");
    hand("blog", "1");
    all.countDown();

    turns.shutdown();
    assertThat(turns.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    assertThat(done)
        .containsExactly("greedy 1", "shop 1", "blog 1", "greedy 2", "shop 2", "greedy 3");
  }

  @Test
  void what_takes_long_in_one_namespace_leaves_threads_to_the_others() throws Exception {
    Turns leaving = new Turns(threads, 1, () -> namespace);
    CountDownLatch all = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(2);
    List<String> greedy = new CopyOnWriteArrayList<>();

    namespace = "greedy";
    leaving.execute(() -> await(all));
    leaving.execute(() -> greedy.add("1"));
    leaving.execute(() -> greedy.add("2"));
    namespace = "shop";
    leaving.execute(others::countDown);
    leaving.execute(others::countDown);

    assertThat(others.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(greedy).isEmpty();
    all.countDown();
    leaving.shutdown();
    assertThat(leaving.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    assertThat(greedy).containsExactly("1", "2");
  }

  private void hand(String whose, String work) {
    namespace = whose;
    turns.execute(() -> done.add(whose + " " + work));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
