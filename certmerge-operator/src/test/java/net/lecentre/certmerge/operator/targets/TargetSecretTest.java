package net.lecentre.certmerge.operator.targets;

import static net.lecentre.certmerge.operator.Samples.certMerge;
import static net.lecentre.certmerge.operator.Samples.issue;
import static net.lecentre.certmerge.operator.Samples.missingOffer;
import static net.lecentre.certmerge.operator.Samples.offer;
import static net.lecentre.certmerge.operator.Samples.plan;
import static net.lecentre.certmerge.operator.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;

class TargetSecretTest {
  private static final IssuedPair PAIR = issue("shop.example.com");
  private static final MergePlan PLAN =
      plan(offer("tls", "shop/tls", PAIR), missingOffer("old", "web/old"));

  @Test
  void it_has_the_name_that_the_spec_asks_for() {
    Secret secret = secret("name: merged\nnamespace: istio-system");

    assertThat(secret.getMetadata().getNamespace()).isEqualTo("istio-system");
    assertThat(secret.getMetadata().getName()).isEqualTo("merged");
  }

  @Test
  void it_is_opaque() {
    assertThat(secret("name: merged").getType()).isEqualTo("Opaque");
  }

  @Test
  void it_holds_a_certificate_and_a_key_of_each_written_entry() {
    assertThat(TargetSecret.files(secret("name: merged")))
        .containsOnlyKeys("tls.crt", "tls.key")
        .containsEntry("tls.crt", PAIR.crtBytes())
        .containsEntry("tls.key", PAIR.keyBytes());
  }

  @Test
  void its_labels_say_who_made_it_for_which_certmerge() {
    assertThat(secret("name: merged").getMetadata().getLabels())
        .containsOnly(
            Map.entry("creator", "certmerge-operator"),
            Map.entry("app.kubernetes.io/managed-by", "certmerge-operator"),
            Map.entry("certmerge", "edge"));
  }

  @Test
  void its_annotations_name_the_owner_the_content_and_the_sources() {
    Secret secret = secret("name: merged");

    assertThat(secret.getMetadata().getAnnotations())
        .containsOnly(
            Map.entry("certmerge.lecentre.net/owner", "web/edge"),
            Map.entry(
                "certmerge.lecentre.net/content-hash",
                ContentHash.of(Layout.PAIRS, PLAN.shards().get(0).pairs())),
            Map.entry("certmerge.lecentre.net/sources", "{\"tls\":\"shop/tls\"}"));
  }

  @Test
  void the_certmerge_owns_a_target_in_its_own_namespace() {
    assertThat(secret("name: merged").getMetadata().getOwnerReferences())
        .containsExactly(
            new OwnerReferenceBuilder()
                .withApiVersion("certmerge.lecentre.net/v1alpha1")
                .withKind("CertMerge")
                .withName("edge")
                .withUid("uid-of-edge")
                .withController(true)
                .build());
  }

  @Test
  void no_owner_reference_leads_to_another_namespace() {
    assertThat(secret("name: merged\nnamespace: istio-system").getMetadata().getOwnerReferences())
        .isEmpty();
  }

  @Test
  void a_name_that_fits_is_its_own_label_value() {
    String longest = "a".repeat(63);

    assertThat(TargetSecret.labelValue(longest)).isEqualTo(longest);
  }

  @Test
  void a_longer_name_is_cut_to_a_label_value() {
    assertThat(TargetSecret.labelValue("a".repeat(64))).hasSize(63).matches("a{50}-[0-9a-f]{12}");
  }

  @Test
  void names_that_differ_only_at_their_end_get_different_label_values() {
    String prefix = "a".repeat(100);

    assertThat(TargetSecret.labelValue(prefix + "b"))
        .isNotEqualTo(TargetSecret.labelValue(prefix + "c"));
  }

  @Test
  void a_secret_without_data_holds_no_files() {
    assertThat(TargetSecret.files(new SecretBuilder().withData(null).build())).isEmpty();
  }

  @Test
  void a_missing_label_or_annotation_reads_as_empty() {
    Secret bare = new SecretBuilder().withNewMetadata().withName("bare").endMetadata().build();

    assertThat(TargetSecret.label(bare, "creator")).isEmpty();
    assertThat(TargetSecret.annotation(bare, TargetSecret.OWNER_ANNOTATION)).isEmpty();
  }

  private static Secret secret(String spec) {
    CertMerge certMerge = certMerge(spec);
    return TargetSecret.of(certMerge, spec(certMerge), PLAN, 0);
  }
}
