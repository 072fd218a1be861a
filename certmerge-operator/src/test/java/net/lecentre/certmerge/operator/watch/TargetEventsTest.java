package net.lecentre.certmerge.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.URI;
import org.junit.jupiter.api.Test;
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

  @Test
  void metadata_that_a_watch_tells_is_read_as_a_secret_without_data() {
    KubernetesSerialization serialization = new KubernetesSerialization();
    TargetEvents.readAsSecrets(serialization);

    WatchEvent event =
        serialization.unmarshal(
            """
            {"type": "MODIFIED", "object": {"apiVersion": "meta.k8s.io/v1",
              "kind": "PartialObjectMetadata", "metadata": {"name": "merged"}}}
            """,
            WatchEvent.class);

    assertThat(event.getObject())
        .isInstanceOfSatisfying(
            Secret.class,
            secret -> {
              assertThat(secret.getMetadata().getName()).isEqualTo("merged");
              assertThat(secret.getData()).isEmpty();
            });
  }
}
