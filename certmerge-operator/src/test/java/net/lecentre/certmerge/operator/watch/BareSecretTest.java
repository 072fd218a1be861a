package net.lecentre.certmerge.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BareSecretTest {
  private static Secret whole() {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("web")
        .withName("shop")
        .withResourceVersion("7")
        .addToLabels("edge", "true")
        .addToAnnotations("certmerge.lecentre.net/allowed-namespaces", "edge")
        .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "all of it")
        .addNewManagedField()
        .withManager("kubectl")
        .endManagedField()
        .endMetadata()
        .withType("kubernetes.io/tls")
        .addToData("tls.key", "c2VjcmV0")
        .build();
  }

  @Test
  void it_keeps_what_decides_whether_the_secret_is_merged() {
    Secret bare = BareSecret.of(whole());

    assertThat(bare.getMetadata().getNamespace()).isEqualTo("web");
    assertThat(bare.getMetadata().getName()).isEqualTo("shop");
    assertThat(bare.getMetadata().getResourceVersion()).isEqualTo("7");
    assertThat(bare.getMetadata().getLabels()).isEqualTo(Map.of("edge", "true"));
    assertThat(bare.getMetadata().getAnnotations())
        .isEqualTo(Map.of("certmerge.lecentre.net/allowed-namespaces", "edge"));
  }

  @Test
  void it_keeps_neither_content_nor_who_wrote_what() {
    Secret bare = BareSecret.of(whole());

    assertThat(bare.getData()).isNullOrEmpty();
    assertThat(bare.getMetadata().getManagedFields()).isEmpty();
  }

  @Test
  void another_version_of_the_same_labels_and_annotations_is_the_same() {
    Secret later = BareSecret.of(whole());
    later.getMetadata().setResourceVersion("8");

    assertThat(BareSecret.isSame(BareSecret.of(whole()), later)).isTrue();
  }

  @Test
  void a_secret_without_labels_is_another_one() {
    Secret unlabelled = whole();
    unlabelled.getMetadata().setLabels(null);

    assertThat(BareSecret.isSame(BareSecret.of(whole()), BareSecret.of(unlabelled))).isFalse();
  }
}
