package net.lecentre.certmerge.faults.cluster;

import net.lecentre.certmerge.faults.OperatorProcess;
import net.lecentre.certmerge.faults.Shop;
import net.lecentre.certmerge.faults.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node whose disk is full takes no line of the log any more. */
class FullDiskIT {
  private final Stage stage = Stage.shared();

  @BeforeEach
  void alone() {
    stage.operator().stop();
  }

  @AfterEach
  void together() {
    stage.operator().again();
  }

  @Test
  void an_operator_whose_log_finds_a_full_disk_goes_on() {
    try (OperatorProcess operator =
            OperatorProcess.startWithoutRoomForLogs(
                "full", stage.kubeconfig(), stage.directory(), "--loglevel=debug");
        Shop shop = Shop.open(stage.controlPlane(), 5)) {
      for (int round = 0; round < 3; round++) {
        shop.change(round);
        shop.eventuallyRight();
      }
      shop.check();
      operator.awaitReady();
    }
  }
}
