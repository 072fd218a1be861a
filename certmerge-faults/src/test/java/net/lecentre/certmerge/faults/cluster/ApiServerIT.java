package net.lecentre.certmerge.faults.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.lecentre.certmerge.faults.ApiProxy;
import net.lecentre.certmerge.faults.Shop;
import net.lecentre.certmerge.faults.Stage;
import net.lecentre.certmerge.testbed.ControlPlane;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An API server with faults. The operator works through a proxy in front of an API server of its
 * own; what it wrote is watched at another one.
 */
class ApiServerIT {
  private final Stage stage = Stage.shared();
  private final ControlPlane controlPlane = stage.controlPlane();
  private final ApiProxy proxy = stage.proxy();

  @AfterEach
  void behave() {
    proxy.behave();
  }

  @Test
  void an_api_server_that_is_killed_and_has_forgotten_the_past_costs_no_entry() {
    try (Shop shop = Shop.open(controlPlane, 5)) {
      stage.apiServer().kill();
      shop.change(1);
      assertThat(controlPlane.compact()).isPositive();
      stage.apiServer().start();

      shop.eventuallyRight();
      shop.check();
    }
  }

  @Test
  void a_slow_api_server_costs_no_entry() {
    try (Shop shop = Shop.open(controlPlane, 5)) {
      proxy.play((call, passOn) -> ApiProxy.late(passOn.get(), Duration.ofMillis(300)));
      shop.change(1);
      shop.change(2);

      shop.eventuallyRight();
      shop.check();
    }
  }

  @Test
  void answers_of_429_500_503_and_409_at_random_cost_no_entry() {
    int[] answers = {409, 429, 500, 503};
    Random random = new Random(Stage.seed());
    try (Shop shop = Shop.open(controlPlane, 5)) {
      proxy.play(
          (call, passOn) ->
              random.nextInt(10) < 3
                  ? ApiProxy.answer(answers[random.nextInt(answers.length)])
                  : passOn.get());
      shop.change(1);
      proxy.cutWatches();
      shop.change(2);

      shop.eventuallyRight();
      shop.check();
    }
  }

  @Test
  void answers_that_are_lost_cost_no_entry() {
    Random random = new Random(Stage.seed());
    try (Shop shop = Shop.open(controlPlane, 5)) {
      proxy.play(
          (call, passOn) -> {
            var answer = passOn.get();
            return call.writes() && random.nextInt(10) < 5 ? ApiProxy.cut() : answer;
          });
      shop.change(1);
      shop.change(2);

      shop.eventuallyRight();
      shop.check();
    }
  }

  @Test
  void watches_that_end_again_and_again_cost_no_entry() {
    try (Shop shop = Shop.open(controlPlane, 5)) {
      for (int round = 0; round < 5; round++) {
        proxy.cutWatches();
        shop.change(round);
        proxy.expireWatches();
        shop.change(round);
      }

      shop.eventuallyRight();
      shop.check();
    }
  }
}
