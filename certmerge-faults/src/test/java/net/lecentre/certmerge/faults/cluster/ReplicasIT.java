package net.lecentre.certmerge.faults.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.lecentre.certmerge.faults.ApiProxy;
import net.lecentre.certmerge.faults.OperatorProcess;
import net.lecentre.certmerge.faults.Shop;
import net.lecentre.certmerge.faults.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Two replicas. It takes as long as a Lease does to expire. */
@EnabledIfSystemProperty(named = "certmerge.long", matches = "true")
class ReplicasIT {
  private final Stage stage = Stage.shared();

  @BeforeEach
  void alone() {
    stage.operator().stop();
  }

  @AfterEach
  void together() {
    stage.operator().again();
  }

  private String leader() {
    Lease lease =
        stage
            .controlPlane()
            .client()
            .leases()
            .inNamespace("cert-merge")
            .withName("certmerge-operator")
            .get();
    String holder = lease == null ? null : lease.getSpec().getHolderIdentity();
    return holder == null ? "" : holder;
  }

  private OperatorProcess start(String name, Path kubeconfig) {
    return OperatorProcess.start(name, kubeconfig, stage.directory(), "--leader-elect");
  }

  @Test
  void a_write_of_a_leader_that_was_paused_until_its_lease_expired_comes_too_late()
      throws InterruptedException {
    CountDownLatch onItsWay = new CountDownLatch(1);
    CountDownLatch arrive = new CountDownLatch(1);
    AtomicInteger answer = new AtomicInteger();
    try (ApiProxy road =
            ApiProxy.start(stage.kubeconfig(), stage.apiServer().uri(), stage.directory());
        OperatorProcess first = start("first", road.kubeconfig())) {
      Shop.eventually(() -> assertThat(leader()).isEqualTo("first"));
      try (OperatorProcess second = start("second", stage.kubeconfig());
          Shop shop = Shop.open(stage.controlPlane(), 5)) {
        road.play(
            (call, passOn) -> {
              if (!call.writesSecret(Shop.TARGET)) {
                return passOn.get();
              }
              onItsWay.countDown();
              arrive.await();
              var late = passOn.get();
              answer.set(late.getCode());
              return late;
            });
        shop.renew("source-0");
        assertThat(onItsWay.await(1, TimeUnit.MINUTES)).isTrue();
        first.pause();
        Shop.eventually(() -> assertThat(leader()).as(second.log()).isEqualTo("second"));
        shop.change(1);
        shop.eventuallyRight();

        arrive.countDown();
        first.resume();

        Shop.eventually(() -> assertThat(answer.get()).isEqualTo(409));
        shop.change(2);
        shop.eventuallyRight();
        shop.check();
      }
    }
  }

  @Test
  void a_rolling_upgrade_in_the_midst_of_renewals_costs_no_entry() {
    OperatorProcess old = start("old", stage.kubeconfig());
    try (Shop shop = Shop.open(stage.controlPlane(), 5);
        OperatorProcess next = start("next", stage.kubeconfig())) {
      Thread renewals =
          new Thread(
              () -> {
                for (int round = 0; round < 100; round++) {
                  shop.renew("source-" + round % 5);
                }
              });
      renewals.start();
      old.stop();
      Shop.eventually(() -> assertThat(leader()).as(next.log()).isEqualTo("next"));
      Shop.eventually(() -> assertThat(renewals.isAlive()).isFalse());
      shop.eventuallyRight();

      shop.change(1);
      shop.eventuallyRight();
      shop.check();
    } finally {
      old.close();
    }
  }
}
