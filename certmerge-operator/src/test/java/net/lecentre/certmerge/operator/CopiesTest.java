package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import net.lecentre.certmerge.operator.api.CertMerge;
import org.junit.jupiter.api.Test;

class CopiesTest {
  private final KubernetesSerialization serialization = new KubernetesSerialization();
  private final Copies copies = new Copies(serialization);
  private final CertMerge original =
      serialization.unmarshal(
          """
          apiVersion: certmerge.lecentre.net/v1alpha1
          kind: CertMerge
          metadata:
            name: gateway
            namespace: web
            uid: 4b1e
            resourceVersion: "7"
            generation: 2
            annotations: {note: first}
            finalizers: [another.example/one]
          spec:
            name: gateway-certs
            secretlist: [{name: shop-tls}]
          status:
            version: sha256:12
            counts: {sources: 1, merged: 1}
          """,
          CertMerge.class);

  @Test
  void a_copy_says_what_the_original_says() {
    assertThat(serialization.asYaml(copies.clone(original)))
        .isEqualTo(serialization.asYaml(original));
  }

  @Test
  void what_is_changed_in_the_metadata_of_a_copy_is_not_changed_in_the_original() {
    String before = serialization.asYaml(original);

    CertMerge copy = copies.clone(original);
    copy.addFinalizer("certmerge.lecentre.net/target");
    copy.getMetadata().getAnnotations().put("note", "second");
    copy.getMetadata().setResourceVersion("8");

    assertThat(serialization.asYaml(original)).isEqualTo(before);
  }

  @Test
  void another_resource_is_copied_with_all_that_it_holds() {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName("a")
            .endMetadata()
            .addToData("k", "")
            .build();

    Secret copy = copies.clone(secret);
    copy.getData().put("k", "dg==");

    assertThat(secret.getData()).containsEntry("k", "");
  }
}
