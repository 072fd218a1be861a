package net.lecentre.certmerge.operator.targets;

import static net.lecentre.certmerge.operator.Samples.certMerge;
import static net.lecentre.certmerge.operator.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.MergeSpec;
import org.junit.jupiter.api.Test;

class OwnershipTest {
  private static final MergeSpec SPEC = spec(certMerge("name: merged"));
  private static final ObjectName RIVAL = new ObjectName("api", "rival");
  private static final Rivals NONE = new Rivals(List.of(), Optional.empty());
  private static final Rivals YOUNGER = new Rivals(List.of(RIVAL), Optional.empty());
  private static final Rivals OLDER = new Rivals(List.of(RIVAL), Optional.of(RIVAL));

  @Test
  void a_secret_that_does_not_exist_is_free() {
    assertThat(of(Optional.empty(), NONE)).isEqualTo(new Ownership.Free());
  }

  @Test
  void a_secret_that_does_not_exist_is_free_when_the_rival_is_younger() {
    assertThat(of(Optional.empty(), YOUNGER)).isEqualTo(new Ownership.Free());
  }

  @Test
  void a_secret_that_does_not_exist_belongs_to_an_older_rival() {
    assertThat(of(Optional.empty(), OLDER)).isEqualTo(belongsTo("api/rival"));
  }

  @Test
  void a_secret_with_our_annotation_is_ours() {
    Secret secret = ownedBy("web/edge").build();

    assertThat(of(secret, NONE)).isEqualTo(new Ownership.Ours(secret));
  }

  @Test
  void a_secret_with_our_annotation_is_ours_even_when_a_rival_is_older() {
    Secret secret = ownedBy("web/edge").build();

    assertThat(of(secret, OLDER)).isEqualTo(new Ownership.Ours(secret));
  }

  @Test
  void a_secret_of_a_rival_is_not_ours_even_when_the_rival_is_younger() {
    assertThat(of(ownedBy("api/rival").build(), YOUNGER)).isEqualTo(belongsTo("api/rival"));
  }

  @Test
  void a_secret_whose_owner_no_longer_wants_it_is_taken_over() {
    Secret secret = ownedBy("api/gone").build();

    assertThat(of(secret, YOUNGER)).isEqualTo(new Ownership.Ours(secret));
  }

  @Test
  void a_secret_whose_owner_no_longer_wants_it_goes_to_the_oldest_that_does() {
    assertThat(of(ownedBy("api/gone").build(), OLDER)).isEqualTo(belongsTo("api/rival"));
  }

  @Test
  void a_secret_that_certmerge_did_not_make_is_left_alone() {
    Secret secret = named().withType("Opaque").build();

    assertThat(of(secret, NONE))
        .isEqualTo(
            new Ownership.Refused(
                "TargetConflict",
                "Secret web/merged was not made by certmerge for this CertMerge; choose another"
                    + " spec.name, delete the Secret, or take it over with spec.adopt: true"));
  }

  @Test
  void a_secret_that_the_2018_operator_made_for_us_is_taken_over() {
    Secret secret = madeIn2018("edge").build();

    assertThat(of(secret, YOUNGER)).isEqualTo(new Ownership.Ours(secret));
  }

  @Test
  void a_secret_that_the_2018_operator_made_for_us_is_taken_over_with_our_owner_reference() {
    Secret secret = withOwner(madeIn2018("edge"), "certmerge.lecentre.net/v1alpha1", "edge");

    assertThat(of(secret, NONE)).isEqualTo(new Ownership.Ours(secret));
  }

  @Test
  void a_secret_that_the_2018_operator_made_goes_to_an_older_rival() {
    assertThat(of(madeIn2018("edge").build(), OLDER)).isEqualTo(belongsTo("api/rival"));
  }

  @Test
  void a_secret_that_the_2018_operator_made_for_another_certmerge_is_left_alone() {
    assertRefused(of(madeIn2018("other").build(), NONE), "TargetConflict", "not made by certmerge");
  }

  @Test
  void a_secret_that_merely_has_our_label_is_left_alone() {
    Secret secret = named().editMetadata().addToLabels("certmerge", "edge").endMetadata().build();

    assertRefused(of(secret, NONE), "TargetConflict", "not made by certmerge");
  }

  @Test
  void a_secret_of_2018_that_something_else_owns_is_left_alone() {
    Secret secret = withOwner(madeIn2018("edge"), "apps/v1", "edge");

    assertRefused(of(secret, NONE), "TargetConflict", "not made by certmerge");
  }

  @Test
  void a_secret_of_2018_that_another_certmerge_owns_is_left_alone() {
    Secret secret = withOwner(madeIn2018("edge"), "certmerge.lecentre.net/v1alpha1", "other");

    assertRefused(of(secret, NONE), "TargetConflict", "not made by certmerge");
  }

  @Test
  void a_secret_that_may_be_adopted_is_taken_over() {
    Secret secret = named().withType("Opaque").build();

    assertThat(adopting(secret, YOUNGER)).isEqualTo(new Ownership.Ours(secret));
  }

  @Test
  void of_two_that_would_adopt_a_secret_the_older_does() {
    assertThat(adopting(named().withType("Opaque").build(), OLDER))
        .isEqualTo(belongsTo("api/rival"));
  }

  @Test
  void a_secret_of_another_certmerge_is_not_adopted() {
    assertThat(adopting(ownedBy("api/rival").build(), YOUNGER)).isEqualTo(belongsTo("api/rival"));
  }

  @Test
  void a_secret_that_the_2018_operator_made_for_another_certmerge_is_not_adopted() {
    assertRefused(
        adopting(madeIn2018("other").build(), NONE),
        "TargetConflict",
        "once its label creator is gone");
  }

  @Test
  void an_immutable_secret_cannot_be_adopted() {
    assertRefused(
        adopting(named().withType("Opaque").withImmutable(true).build(), NONE),
        "TargetImmutable",
        "delete it");
  }

  @Test
  void a_secret_of_another_type_cannot_be_adopted() {
    assertRefused(
        adopting(named().withType("kubernetes.io/tls").build(), NONE),
        "TargetConflict",
        "is of type kubernetes.io/tls");
  }

  @Test
  void an_immutable_secret_of_ours_cannot_be_written() {
    Secret secret = ownedBy("web/edge").withImmutable(true).build();

    assertRefused(of(secret, NONE), "TargetImmutable", "delete it and it is made anew");
  }

  @Test
  void a_secret_of_ours_with_another_type_cannot_be_written() {
    Secret secret = ownedBy("web/edge").withType("kubernetes.io/tls").build();

    assertRefused(of(secret, NONE), "TargetConflict", "is of type kubernetes.io/tls");
  }

  @Test
  void what_is_ours_shows_no_data() {
    Secret secret = ownedBy("web/edge").addToData("tls.key", "c2VjcmV0").build();

    assertThat(of(secret, NONE)).hasToString("Ours[web/merged]");
  }

  private static Ownership adopting(Secret secret, Rivals rivals) {
    MergeSpec spec = spec(certMerge("name: merged\nadopt: true"));
    return Ownership.of(spec, spec.target(), Optional.of(secret), rivals);
  }

  private static Ownership of(Secret secret, Rivals rivals) {
    return of(Optional.of(secret), rivals);
  }

  private static Ownership of(Optional<Secret> existing, Rivals rivals) {
    return Ownership.of(SPEC, SPEC.target(), existing, rivals);
  }

  private static Ownership belongsTo(String owner) {
    return new Ownership.Refused(
        "TargetConflict",
        "Secret web/merged belongs to CertMerge "
            + owner
            + "; choose another spec.name, or delete that CertMerge");
  }

  private static void assertRefused(Ownership ownership, String reason, String message) {
    assertThat(ownership)
        .isInstanceOfSatisfying(
            Ownership.Refused.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(reason);
              assertThat(refused.message()).contains(message);
            });
  }

  private static SecretBuilder named() {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("web")
        .withName("merged")
        .endMetadata();
  }

  private static SecretBuilder ownedBy(String owner) {
    return named()
        .editMetadata()
        .addToAnnotations("certmerge.lecentre.net/owner", owner)
        .endMetadata()
        .withType("Opaque");
  }

  private static SecretBuilder madeIn2018(String certMerge) {
    return named()
        .editMetadata()
        .addToLabels(Map.of("creator", "certmerge-operator", "certmerge", certMerge))
        .endMetadata()
        .withType("Opaque");
  }

  private static Secret withOwner(SecretBuilder secret, String apiVersion, String name) {
    OwnerReference owner =
        new OwnerReferenceBuilder().withApiVersion(apiVersion).withName(name).build();
    return secret.editMetadata().addToOwnerReferences(owner).endMetadata().build();
  }
}
