package net.lecentre.certmerge.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PartialObjectMetadataList;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import net.lecentre.certmerge.operator.api.ObjectName;
import org.junit.jupiter.api.Test;

class SecretFeedTest {
  private static PartialObjectMetadataList list(String yaml) {
    return Serialization.unmarshal(yaml, PartialObjectMetadataList.class);
  }

  @Test
  void a_list_of_metadata_is_a_list_of_bare_secrets() {
    PartialObjectMetadataList list =
        list(
            """
            kind: PartialObjectMetadataList
            metadata: {resourceVersion: "9", continue: more}
            items: [{metadata: {namespace: web, name: shop, resourceVersion: "7"}}]
            """);

    assertThat(SecretFeed.bare(list).getItems())
        .extracting(ObjectName::of)
        .containsExactly(new ObjectName("web", "shop"));
    assertThat(SecretFeed.bare(list).getMetadata().getContinue()).isEqualTo("more");
  }

  @Test
  void a_list_without_items_is_empty() {
    PartialObjectMetadataList list =
        list(
            """
            kind: PartialObjectMetadataList
            metadata: {resourceVersion: "9"}
            """);

    assertThat(SecretFeed.bare(list).getItems()).isEmpty();
  }

  @Test
  void what_is_no_list_of_metadata_is_not_taken_for_an_empty_one() {
    PartialObjectMetadataList other =
        list(
            """
            kind: Status
            metadata: {resourceVersion: "9"}
            """);
    PartialObjectMetadataList unversioned =
        list(
            """
            kind: PartialObjectMetadataList
            metadata: {}
            """);

    assertThatThrownBy(() -> SecretFeed.bare(other)).isInstanceOf(KubernetesClientException.class);
    assertThatThrownBy(() -> SecretFeed.bare(unversioned))
        .isInstanceOf(KubernetesClientException.class);
  }
}
