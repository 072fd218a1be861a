package net.lecentre.certmerge.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.operator.Samples;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.junit.jupiter.api.Test;

class ContentsTest {
  private static final ObjectName SHOP = new ObjectName("web", "shop");

  private final IssuedPair old = Samples.issue("old.example.com");
  private final IssuedPair renewed = Samples.issue("new.example.com");
  private final Map<ObjectName, Secret> atApiServer = new HashMap<>();
  private final Set<ObjectName> wanted = new HashSet<>();
  private final List<Runnable> inspections = new ArrayList<>();
  private int reads;
  private final Contents contents =
      new Contents(this::read, secret -> wanted.contains(ObjectName.of(secret)), inspections::add);

  private Optional<Secret> read(ObjectName name) {
    reads++;
    return Optional.ofNullable(atApiServer.get(name));
  }

  private static Secret secret(String version, IssuedPair pair, Map<String, String> labels) {
    return new SecretBuilder(TestSecrets.tls("web", "shop", pair, labels))
        .editMetadata()
        .withResourceVersion(version)
        .endMetadata()
        .build();
  }

  private static Secret secret(String version, IssuedPair pair) {
    return secret(version, pair, Map.of("edge", "true"));
  }

  private Inspection inspection(Secret known) {
    return contents.inspection(BareSecret.of(known));
  }

  private static boolean isOf(IssuedPair pair, Inspection inspection) {
    return inspection instanceof Accepted accepted
        && accepted.pair().equals(Samples.accepted(pair));
  }

  @Test
  void a_change_of_what_somebody_asks_for_brings_its_content_along() {
    wanted.add(SHOP);
    contents.changed(secret("2", renewed));

    assertThat(isOf(renewed, inspection(secret("2", renewed)))).isTrue();
    assertThat(reads).isZero();
  }

  @Test
  void a_change_is_inspected_while_those_that_ask_for_it_are_woken() {
    wanted.add(SHOP);

    contents.changed(secret("2", renewed));

    assertThat(inspections).hasSize(1);
    inspections.forEach(Runnable::run);
    assertThat(isOf(renewed, inspection(secret("2", renewed)))).isTrue();
  }

  @Test
  void of_what_nobody_asks_for_nothing_is_held() {
    contents.changed(secret("2", renewed));

    assertThat(contents.count()).isZero();
  }

  @Test
  void what_nobody_asks_for_any_more_is_let_go_at_its_next_change() {
    wanted.add(SHOP);
    contents.changed(secret("1", old));
    wanted.remove(SHOP);

    contents.changed(secret("2", renewed));
    inspections.forEach(Runnable::run);

    assertThat(contents.count()).isZero();
  }

  @Test
  void what_was_not_seen_to_change_is_asked_for_once() {
    atApiServer.put(SHOP, secret("1", old));

    Inspection first = inspection(secret("1", old));

    assertThat(isOf(old, first)).isTrue();
    assertThat(inspection(secret("1", old))).isSameAs(first);
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void a_content_that_is_held_is_not_taken_for_another_version() {
    wanted.add(SHOP);
    contents.changed(secret("1", old));
    atApiServer.put(SHOP, secret("2", renewed));

    assertThat(isOf(renewed, inspection(secret("2", renewed)))).isTrue();
  }

  @Test
  void the_same_version_is_not_inspected_again() {
    wanted.add(SHOP);
    contents.changed(secret("2", renewed));
    Inspection first = inspection(secret("2", renewed));

    contents.changed(secret("2", renewed));

    assertThat(inspection(secret("2", renewed))).isSameAs(first);
  }

  @Test
  void a_newer_content_serves_as_long_as_labels_and_annotations_are_the_same() {
    atApiServer.put(SHOP, secret("3", renewed));

    assertThat(isOf(renewed, inspection(secret("2", old)))).isTrue();
  }

  @Test
  void a_content_with_other_labels_is_not_taken() {
    atApiServer.put(SHOP, secret("3", renewed, Map.of()));

    assertThatThrownBy(() -> inspection(secret("2", old)))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("web/shop changed while it was read");
  }

  @Test
  void a_content_with_another_consent_is_not_taken() {
    Secret allowed = secret("2", old);
    allowed.getMetadata().setAnnotations(Map.of("certmerge.lecentre.net/allowed-namespaces", "a"));
    atApiServer.put(SHOP, secret("3", renewed));

    assertThatThrownBy(() -> inspection(allowed)).isInstanceOf(KubernetesClientException.class);
  }

  @Test
  void a_secret_of_another_type_is_not_taken() {
    Secret other = secret("3", renewed);
    other.setType("Opaque");
    atApiServer.put(SHOP, other);

    assertThatThrownBy(() -> inspection(secret("2", old)))
        .isInstanceOf(KubernetesClientException.class);
  }

  @Test
  void a_secret_that_is_not_found_is_a_failure_and_not_an_empty_content() {
    assertThatThrownBy(() -> inspection(secret("2", old)))
        .isInstanceOf(KubernetesClientException.class)
        .extracting(failure -> ((KubernetesClientException) failure).getCode())
        .isEqualTo(409);
  }

  @Test
  void what_is_at_hand_with_its_content_is_not_asked_for() {
    assertThat(isOf(old, contents.inspectionOf(secret("1", old)))).isTrue();
    assertThat(reads).isZero();
  }
}
