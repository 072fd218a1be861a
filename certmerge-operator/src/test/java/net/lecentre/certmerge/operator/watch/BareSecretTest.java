package net.lecentre.certmerge.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
  void it_keeps_whether_certmerge_wrote_it() {
    Secret target =
        new SecretBuilder(whole())
            .editMetadata()
            .addNewManagedField()
            .withManager("certmerge-4b1e")
            .withNewFieldsV1()
            .addToAdditionalProperties("f:data", Map.of())
            .endFieldsV1()
            .endManagedField()
            .endMetadata()
            .build();

    assertThat(BareSecret.of(target).getMetadata().getManagedFields())
        .containsExactly(new ManagedFieldsEntryBuilder().withManager("certmerge-4b1e").build());
  }

  @Test
  void of_thousands_of_labels_it_keeps_as_many_as_show_that_there_are_too_many() {
    Map<String, String> labels =
        IntStream.range(0, 8_000)
            .boxed()
            .collect(Collectors.toMap(i -> "label-" + i, i -> "value"));
    Secret secret = whole();
    secret.getMetadata().setLabels(labels);

    Map<String, String> kept = BareSecret.of(secret).getMetadata().getLabels();

    assertThat(kept).hasSize(257).allSatisfy((key, value) -> assertThat(labels).containsKey(key));
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
