package net.lecentre.certmerge.faults.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import net.lecentre.certmerge.faults.ApiProxy;
import net.lecentre.certmerge.faults.ApiProxy.Call;
import net.lecentre.certmerge.faults.OperatorProcess;
import net.lecentre.certmerge.faults.Shop;
import net.lecentre.certmerge.faults.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator is killed between any two steps, and started again. */
class KilledOperatorIT {
  /** The steps, by the request that each makes. */
  enum Moment {
    AFTER_THE_TARGET,
    BEFORE_THE_STATUS,
    BEFORE_THE_TARGET,
    AFTER_THE_CLAIM,
    AFTER_THE_STATUS,
    BEFORE_AN_EVENT;

    boolean is(Call call) {
      return switch (this) {
        case BEFORE_THE_TARGET, AFTER_THE_TARGET -> call.writesSecret(Shop.TARGET);
        case BEFORE_THE_STATUS, AFTER_THE_STATUS -> call.writesStatus();
        case AFTER_THE_CLAIM -> call.body().contains("/metadata/managedFields");
        case BEFORE_AN_EVENT -> call.writes() && call.path().endsWith("/events");
      };
    }

    boolean isAfter() {
      return name().startsWith("AFTER");
    }

    /** Those of every build are between target and status; a long one has all. */
    static List<Moment> tried() {
      return Stage.isLong() ? Arrays.asList(values()) : List.of(AFTER_THE_TARGET);
    }
  }

  private final Stage stage = Stage.shared();
  private final ApiProxy proxy = stage.proxy();
  private final OperatorProcess operator = stage.operator();

  @AfterEach
  void behave() {
    proxy.behave();
  }

  @ParameterizedTest
  @MethodSource("net.lecentre.certmerge.faults.cluster.KilledOperatorIT$Moment#tried")
  void an_operator_that_is_killed_leaves_a_right_target_and_its_successor_ends_the_work(
      Moment moment) throws InterruptedException {
    try (Shop shop = Shop.open(stage.controlPlane(), 5)) {
      AtomicBoolean due = new AtomicBoolean(true);
      CountDownLatch killed = new CountDownLatch(1);
      proxy.play(
          (call, passOn) -> {
            if (!moment.is(call) || !due.getAndSet(false)) {
              return passOn.get();
            }
            if (moment.isAfter()) {
              assertThat(passOn.get().getCode()).isLessThan(300);
            }
            operator.kill();
            killed.countDown();
            return ApiProxy.cut();
          });
      shop.change(1);
      assertThat(killed.await(1, TimeUnit.MINUTES)).isTrue();
      shop.change(2);

      operator.again();

      shop.eventuallyRight();
      shop.check();
    }
  }
}
