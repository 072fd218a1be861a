package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final List<String> done = new ArrayList<>();
  private String namespace = "";
  private final Turns turns = new Turns(thread, () -> namespace);

  @AfterEach
  void end() {
    thread.shutdownNow();
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
