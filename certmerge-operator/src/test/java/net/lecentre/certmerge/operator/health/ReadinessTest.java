package net.lecentre.certmerge.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private static final Watched ALIVE = new Watched("sources", () -> true);
  private static final Watched BROKEN = new Watched("targets", () -> false);

  @Test
  void a_replica_that_follows_everything_is_ready() {
    assertThat(new Readiness(List.of(ALIVE, ALIVE)).getAsBoolean()).isTrue();
  }

  @Test
  void a_replica_that_does_not_follow_something_is_not_ready() {
    assertThat(new Readiness(List.of(ALIVE, BROKEN)).getAsBoolean()).isFalse();
  }
}
