package net.lecentre.certmerge.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetEventsTest {
  @ParameterizedTest
  @CsvSource({
    "/api/v1/secrets?watch=true&labelSelector=creator%3Dcertmerge-operator, true",
    "/api/v1/namespaces/a/secrets?labelSelector=creator%3Dcertmerge-operator&watch=true, true",
    "/api/v1/secrets?labelSelector=creator%3Dcertmerge-operator, false",
    "/api/v1/secrets?watch=true&fieldSelector=type%3Dkubernetes.io%2Ftls, false",
    "/api/v1/configmaps?watch=true&labelSelector=creator%3Dcertmerge-operator, false",
    "/api/v1/namespaces/a/secrets/b, false",
  })
  void the_watch_on_targets_is_told_from_all_else(URI uri, boolean expected) {
    assertThat(TargetEvents.isWatchOnTargets(uri)).isEqualTo(expected);
  }
}
