package net.lecentre.certmerge.faults.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.lecentre.certmerge.faults.Shop;
import net.lecentre.certmerge.faults.Stage;
import org.junit.jupiter.api.Test;

/** Clocks of issuers that are not the operator's. */
class ClockIT {
  private final Stage stage = Stage.shared();

  @Test
  void a_renewal_of_an_issuer_whose_clock_is_ahead_is_merged_when_it_starts() {
    try (Shop shop = Shop.open(stage.controlPlane(), 2)) {
      int before = shop.targetVersions().size();

      shop.renewAhead("source-0", Duration.ofSeconds(8));

      Shop.eventually(() -> assertThat(shop.reason("source-0")).isEqualTo("NOT_YET_VALID"));
      assertThat(shop.targetVersions()).hasSize(before);
      shop.eventuallyRight();
      Shop.eventually(() -> assertThat(shop.reason("source-0")).isEmpty());
      shop.check();
    }
  }

  @Test
  void a_renewal_of_an_issuer_whose_clock_is_behind_leaves_the_good_one_in_its_place() {
    try (Shop shop = Shop.open(stage.controlPlane(), 2)) {
      shop.renewBehind("source-0");
      shop.renew("source-1");

      Shop.eventually(() -> assertThat(shop.reason("source-0")).isEqualTo("EXPIRED"));
      shop.eventuallyRight();
      shop.check();
    }
  }
}
