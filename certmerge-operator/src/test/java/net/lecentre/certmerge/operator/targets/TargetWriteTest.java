package net.lecentre.certmerge.operator.targets;

import static net.lecentre.certmerge.operator.Samples.certMerge;
import static net.lecentre.certmerge.operator.Samples.issue;
import static net.lecentre.certmerge.operator.Samples.offer;
import static net.lecentre.certmerge.operator.Samples.plan;
import static net.lecentre.certmerge.operator.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;

class TargetWriteTest {
  private static final String MANAGER = "certmerge-uid-of-edge";
  private static final IssuedPair PAIR = issue("shop.example.com");
  private static final MergePlan PLAN = plan(offer("tls", "shop/tls", PAIR));
  private static final CertMerge HERE = certMerge("name: merged");
  private static final CertMerge ELSEWHERE = certMerge("name: merged\nnamespace: istio-system");

  @Test
  void each_certmerge_has_a_field_manager_of_its_own() {
    assertThat(TargetWrite.manager(HERE)).isEqualTo(MANAGER);
    assertThat(TargetWrite.manager(certMerge("web", "other", "name: merged")))
        .isNotEqualTo(MANAGER);
  }

  @Test
  void a_target_is_created_as_the_plan_says() {
    TargetWrite.Create create = TargetWrite.create(HERE, spec(HERE), PLAN, 0);

    assertThat(create.secret()).isEqualTo(TargetSecret.of(HERE, spec(HERE), PLAN, 0));
    assertThat(create.contentHash()).isEqualTo(hash());
  }

  @Test
  void nothing_is_written_when_the_target_is_as_planned() {
    assertThat(change(HERE, present(HERE).build())).isEqualTo(new TargetWrite.Nothing(hash()));
  }

  @Test
  void nothing_is_written_for_what_others_put_on_the_target() {
    Secret present =
        present(HERE)
            .editMetadata()
            .addToLabels("team", "web")
            .addToAnnotations("note", "hello")
            .addToOwnerReferences(owner("apps/v1", "uid-of-something"))
            .endMetadata()
            .build();

    assertThat(change(HERE, present)).isInstanceOf(TargetWrite.Nothing.class);
  }

  @Test
  void a_renewed_pair_is_written() {
    MergePlan renewed = plan(offer("tls", "shop/tls", issue("shop.example.com")));

    TargetWrite write = TargetWrite.change(HERE, spec(HERE), renewed, 0, present(HERE).build());

    assertThat(revalued(write).data())
        .isEqualTo(TargetSecret.of(HERE, spec(HERE), renewed, 0).getData());
    assertThat(write.contentHash()).isNotEqualTo(hash());
  }

  @Test
  void a_key_that_somebody_damaged_is_written_again() {
    TargetWrite.Revalue write =
        revalued(change(HERE, present(HERE).addToData("tls.key", base64("damaged")).build()));

    assertThat(write.data()).containsOnlyKeys("tls.key");
    assertThat(write.annotations()).isEmpty();
  }

  @Test
  void a_key_that_somebody_removed_is_written_again() {
    assertChanged(present(HERE).removeFromData("tls.key").build());
  }

  @Test
  void a_key_that_nobody_planned_is_pruned() {
    Secret present = present(HERE).addToData("stale.crt", base64("stale")).build();

    assertThat(changed(change(HERE, present)).secret().getData())
        .containsOnlyKeys("tls.crt", "tls.key");
  }

  @Test
  void data_that_somebody_emptied_is_written_again() {
    assertChanged(present(HERE).withData(null).build());
  }

  @Test
  void a_label_that_somebody_removed_is_written_again() {
    assertChanged(present(HERE).editMetadata().removeFromLabels("creator").endMetadata().build());
  }

  @Test
  void an_annotation_that_somebody_changed_is_written_again() {
    Secret present =
        present(HERE)
            .editMetadata()
            .addToAnnotations("certmerge.lecentre.net/owner", "api/other")
            .endMetadata()
            .build();

    assertThat(revalued(change(HERE, present)).annotations())
        .containsOnly(Map.entry("certmerge.lecentre.net/owner", "web/edge"));
  }

  @Test
  void a_lost_owner_reference_is_written_again() {
    assertChanged(present(HERE).editMetadata().withOwnerReferences().endMetadata().build());
  }

  @Test
  void a_source_that_changed_its_name_is_written_down() {
    MergePlan moved = plan(offer("tls", "api/tls", PAIR));

    TargetWrite write = TargetWrite.change(HERE, spec(HERE), moved, 0, present(HERE).build());

    assertThat(revalued(write).annotations())
        .containsOnly(Map.entry("certmerge.lecentre.net/sources", "{\"tls\":\"api/tls\"}"));
    assertThat(write.contentHash()).isEqualTo(hash());
  }

  @Test
  void a_change_holds_for_the_version_that_was_read_alone() {
    TargetWrite.Change change = changed(change(HERE, planted(HERE).build()));

    assertThat(change.secret().getMetadata().getResourceVersion()).isEqualTo("17");
  }

  @Test
  void a_replaced_value_holds_for_the_version_that_was_read_alone() {
    assertThat(revalued(change(HERE, damaged(HERE).build())).resourceVersion()).isEqualTo("17");
  }

  @Test
  void a_value_that_somebody_else_wrote_is_claimed() {
    Secret present =
        damaged(HERE)
            .editMetadata()
            .withManagedFields(
                managed("kubectl", "Update", Map.of("f:data", Map.of("f:tls.crt", Map.of()))))
            .endMetadata()
            .build();

    assertThat(changed(change(HERE, present)).claim().needed()).isTrue();
  }

  @Test
  void a_value_that_the_certmerge_itself_replaced_before_is_replaced_again() {
    Secret present =
        damaged(HERE)
            .editMetadata()
            .withManagedFields(
                managed(MANAGER, "Apply", Map.of("f:data", Map.of("f:tls.key", Map.of()))),
                managed(MANAGER, "Update", Map.of("f:data", Map.of("f:tls.crt", Map.of()))))
            .endMetadata()
            .build();

    assertThat(revalued(change(HERE, present)).data()).containsOnlyKeys("tls.crt");
  }

  @Test
  void nothing_is_claimed_when_only_the_certmerge_wrote_data() {
    Secret present =
        planted(HERE)
            .editMetadata()
            .withManagedFields(
                managed(MANAGER, "Apply", Map.of("f:data", Map.of("f:tls.crt", Map.of()))),
                managed("kubectl", "Update", Map.of("f:metadata", Map.of())))
            .endMetadata()
            .build();

    assertThat(changed(change(HERE, present)).claim().needed()).isFalse();
  }

  @Test
  void keys_that_others_wrote_are_claimed_so_that_applying_prunes_them() {
    TargetWrite.Claim claim =
        claim(managed("certmerge-operator", "Update", Map.of("f:data", Map.of("f:old", Map.of()))));

    assertThat(claim.needed()).isTrue();
    assertThat(claim.managedFields())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.getManager()).isEqualTo(MANAGER);
              assertThat(entry.getOperation()).isEqualTo("Apply");
              assertThat(fields(entry))
                  .containsEntry(
                      "f:data",
                      Map.of("f:tls.crt", Map.of(), "f:tls.key", Map.of(), "f:old", Map.of()));
            });
  }

  @Test
  void what_the_certmerge_itself_wrote_with_update_is_claimed_too() {
    TargetWrite.Claim claim =
        claim(managed(MANAGER, "Update", Map.of("f:data", Map.of("f:old", Map.of()))));

    assertThat(claim.managedFields())
        .singleElement()
        .extracting(ManagedFieldsEntry::getOperation)
        .isEqualTo("Apply");
  }

  @Test
  void other_fields_stay_with_whom_wrote_them() {
    Map<String, Object> labels = Map.of("f:labels", Map.of("f:team", Map.of()));
    TargetWrite.Claim claim =
        claim(
            managed(
                "kubectl",
                "Update",
                Map.of("f:metadata", labels, "f:data", Map.of("f:old", Map.of()))));

    assertThat(claim.managedFields())
        .filteredOn(entry -> entry.getManager().equals("kubectl"))
        .singleElement()
        .satisfies(
            entry -> assertThat(fields(entry)).containsOnly(Map.entry("f:metadata", labels)));
  }

  @Test
  void the_certmerges_own_fields_stay_its_own() {
    Map<String, Object> labels = Map.of("f:labels", Map.of("f:creator", Map.of()));
    TargetWrite.Claim claim =
        claim(
            managed(MANAGER, "Apply", Map.of("f:metadata", labels)),
            managed("kubectl", "Update", Map.of("f:data", Map.of("f:old", Map.of()))));

    assertThat(claim.managedFields())
        .singleElement()
        .satisfies(entry -> assertThat(fields(entry)).containsEntry("f:metadata", labels));
  }

  @Test
  void an_entry_that_names_no_fields_hinders_no_claim() {
    ManagedFieldsEntry bare =
        new ManagedFieldsEntryBuilder().withManager("bare").withOperation("Update").build();

    TargetWrite.Claim claim =
        claim(bare, managed("kubectl", "Update", Map.of("f:data", Map.of("f:old", Map.of()))));

    assertThat(claim.managedFields())
        .extracting(ManagedFieldsEntry::getManager)
        .contains(MANAGER)
        .doesNotContain("kubectl");
  }

  @Test
  void an_owner_reference_of_2018_to_another_namespace_is_taken_off() {
    Secret present =
        present(ELSEWHERE)
            .editMetadata()
            .withOwnerReferences(
                owner("apps/v1", "uid-of-something"),
                owner("certmerge.lecentre.net/v1alpha1", "uid-of-edge"))
            .endMetadata()
            .build();

    TargetWrite.Claim claim = changed(change(ELSEWHERE, present)).claim();

    assertThat(claim.needed()).isTrue();
    assertThat(claim.ownerReferences())
        .extracting(OwnerReference::getUid)
        .containsExactly("uid-of-something");
  }

  @Test
  void an_owner_reference_to_a_certmerge_that_was_made_anew_is_replaced() {
    Secret present =
        present(HERE)
            .editMetadata()
            .withOwnerReferences(owner("certmerge.lecentre.net/v1alpha1", "uid-of-before"))
            .endMetadata()
            .build();

    TargetWrite.Claim claim = changed(change(HERE, present)).claim();

    assertThat(claim.needed()).isTrue();
    assertThat(claim.ownerReferences())
        .extracting(OwnerReference::getUid)
        .containsExactly("uid-of-edge");
  }

  @Test
  void no_write_shows_key_material() {
    String key = PAIR.keyPem().lines().skip(1).findFirst().orElseThrow();
    String encoded = base64(PAIR.keyPem());

    assertThat(
            List.of(
                TargetWrite.create(HERE, spec(HERE), PLAN, 0),
                change(HERE, present(HERE).build()),
                change(HERE, planted(HERE).build()),
                change(HERE, damaged(HERE).build())))
        .extracting(Object::toString)
        .allSatisfy(text -> assertThat(text).contains(hash()).doesNotContain(key, encoded));
  }

  private static TargetWrite change(CertMerge certMerge, Secret present) {
    return TargetWrite.change(certMerge, spec(certMerge), PLAN, 0, present);
  }

  private static TargetWrite.Change changed(TargetWrite write) {
    assertThat(write).isInstanceOf(TargetWrite.Change.class);
    return (TargetWrite.Change) write;
  }

  private static TargetWrite.Revalue revalued(TargetWrite write) {
    assertThat(write).isInstanceOf(TargetWrite.Revalue.class);
    return (TargetWrite.Revalue) write;
  }

  private static void assertChanged(Secret present) {
    Secret wanted = TargetSecret.of(HERE, spec(HERE), PLAN, 0);
    Secret applied = changed(change(HERE, present)).secret();

    assertThat(applied.getData()).isEqualTo(wanted.getData());
    assertThat(applied.getMetadata().getLabels()).isEqualTo(wanted.getMetadata().getLabels());
    assertThat(applied.getMetadata().getAnnotations())
        .isEqualTo(wanted.getMetadata().getAnnotations());
    assertThat(applied.getMetadata().getOwnerReferences())
        .isEqualTo(wanted.getMetadata().getOwnerReferences());
  }

  /** The claim on a target that holds the key {@code old} besides what is planned. */
  private static TargetWrite.Claim claim(ManagedFieldsEntry... managedFields) {
    Secret present =
        present(HERE)
            .addToData("old", base64("old"))
            .editMetadata()
            .withManagedFields(managedFields)
            .endMetadata()
            .build();
    return changed(change(HERE, present)).claim();
  }

  /** The target as it is after it was created. */
  private static SecretBuilder present(CertMerge certMerge) {
    return new SecretBuilder(TargetSecret.of(certMerge, spec(certMerge), PLAN, 0))
        .editMetadata()
        .withResourceVersion("17")
        .endMetadata();
  }

  private static SecretBuilder damaged(CertMerge certMerge) {
    return present(certMerge).addToData("tls.crt", base64("damaged"));
  }

  private static SecretBuilder planted(CertMerge certMerge) {
    return present(certMerge).addToData("planted.crt", base64("planted"));
  }

  private static String hash() {
    return TargetSecret.of(HERE, spec(HERE), PLAN, 0)
        .getMetadata()
        .getAnnotations()
        .getOrDefault("certmerge.lecentre.net/content-hash", "");
  }

  private static OwnerReference owner(String apiVersion, String uid) {
    return new OwnerReferenceBuilder().withApiVersion(apiVersion).withUid(uid).build();
  }

  private static ManagedFieldsEntry managed(
      String manager, String operation, Map<String, Object> fields) {
    FieldsV1 fieldsV1 = new FieldsV1();
    fieldsV1.setAdditionalProperties(fields);
    return new ManagedFieldsEntryBuilder()
        .withManager(manager)
        .withOperation(operation)
        .withFieldsV1(fieldsV1)
        .build();
  }

  private static Map<String, Object> fields(ManagedFieldsEntry entry) {
    return Objects.requireNonNull(entry.getFieldsV1()).getAdditionalProperties();
  }

  private static String base64(String text) {
    return Base64.getEncoder()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
