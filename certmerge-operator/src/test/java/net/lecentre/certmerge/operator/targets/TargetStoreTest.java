package net.lecentre.certmerge.operator.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Optional;
import java.util.TreeMap;
import net.lecentre.certmerge.operator.api.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is remembered of targets, while the API server and the watch tell of them in any order. */
class TargetStoreTest {
  private static final ObjectName NAME = new ObjectName("web", "merged");
  private static final ObjectName EDGE = new ObjectName("web", "edge");

  private final KubernetesClient client = mock();
  private final KubernetesSerialization json = mock();
  private final TargetStore store = new TargetStore(client);

  private Optional<Secret> atServer = Optional.of(secret("1"));
  private int asked;
  private Runnable whileAsked = () -> {};

  @BeforeEach
  void answer() {
    MixedOperation<Secret, SecretList, Resource<Secret>> everywhere = mock();
    NonNamespaceOperation<Secret, SecretList, Resource<Secret>> there = mock();
    Resource<Secret> merged = mock();
    when(client.getKubernetesSerialization()).thenReturn(json);
    when(client.secrets()).thenReturn(everywhere);
    when(everywhere.inNamespace("web")).thenReturn(there);
    when(there.withName("merged")).thenReturn(merged);
    when(merged.get())
        .thenAnswer(
            call -> {
              asked++;
              Optional<Secret> answer = atServer;
              whileAsked.run();
              return orNull(answer);
            });
  }

  private static @Nullable Secret orNull(Optional<Secret> answer) {
    return answer.orElse(null);
  }

  private String version() {
    return store.read(NAME).orElseThrow().getMetadata().getResourceVersion();
  }

  @Test
  void a_target_is_asked_for_once() {
    assertThat(version()).isEqualTo("1");
    assertThat(version()).isEqualTo("1");

    assertThat(asked).isEqualTo(1);
  }

  @Test
  void a_missing_target_is_asked_for_each_time() {
    atServer = Optional.empty();
    assertThat(store.read(NAME)).isEmpty();
    atServer = Optional.of(secret("1"));

    assertThat(version()).isEqualTo("1");
  }

  @Test
  void what_is_known_already_is_no_news() {
    assertThat(version()).isEqualTo("1");

    assertThat(store.isNews(secret("1"))).isFalse();
    assertThat(version()).isEqualTo("1");
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void what_somebody_else_changed_is_news_and_asked_for_again() {
    assertThat(version()).isEqualTo("1");
    atServer = Optional.of(secret("2"));

    assertThat(store.isNews(secret("2"))).isTrue();
    assertThat(version()).isEqualTo("2");
  }

  @Test
  void what_was_deleted_is_asked_for_again() {
    assertThat(version()).isEqualTo("1");
    atServer = Optional.empty();

    store.gone(secret("1"));

    assertThat(store.read(NAME)).isEmpty();
  }

  @Test
  void an_answer_that_a_change_overtook_is_not_remembered() {
    whileAsked =
        () -> {
          atServer = Optional.of(secret("2"));
          assertThat(store.isNews(secret("2"))).isTrue();
          whileAsked = () -> {};
        };

    assertThat(version()).isEqualTo("1");
    assertThat(version()).isEqualTo("2");
  }

  @Test
  void an_answer_that_a_deletion_overtook_is_not_remembered() {
    whileAsked =
        () -> {
          atServer = Optional.empty();
          store.gone(secret("1"));
          whileAsked = () -> {};
        };

    assertThat(version()).isEqualTo("1");
    assertThat(store.read(NAME)).isEmpty();
  }

  @Test
  void an_answer_that_the_watch_told_of_first_is_remembered() {
    whileAsked = () -> assertThat(store.isNews(secret("1"))).isTrue();

    assertThat(version()).isEqualTo("1");
    assertThat(version()).isEqualTo("1");
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void what_the_operator_wrote_itself_is_no_news() {
    write("2");

    assertThat(store.isNews(secret("2"))).isFalse();
    assertThat(version()).isEqualTo("2");
    assertThat(asked).isZero();
  }

  @Test
  void an_own_write_that_is_told_of_after_the_next_one_is_no_news() {
    write("2");
    write("3");

    assertThat(store.isNews(secret("2"))).isFalse();
    assertThat(store.isNews(secret("3"))).isFalse();
    assertThat(version()).isEqualTo("3");
    assertThat(asked).isZero();
  }

  @Test
  void a_change_by_somebody_else_between_two_own_writes_is_news() {
    write("2");
    write("4");
    atServer = Optional.of(secret("4"));

    assertThat(store.isNews(secret("3"))).isTrue();
  }

  @Test
  void a_target_is_its_certmerges_as_long_as_it_is_remembered() {
    assertThat(store.ownedBy(EDGE)).isEmpty();
    assertThat(version()).isEqualTo("1");
    assertThat(store.ownedBy(EDGE)).containsExactly(NAME);

    store.gone(secret("1"));

    assertThat(store.ownedBy(EDGE)).isEmpty();
  }

  /** Creates the target; the API server gives it a version. */
  private void write(String version) {
    when(client.raw("/api/v1/namespaces/web/secrets?fieldManager=m", "POST", secret("")))
        .thenReturn("{}");
    when(json.unmarshal("{}", Secret.class)).thenReturn(secret(version));
    store.write(new TargetWrite.Create(secret(""), "sha256:1"), new TreeMap<>(), "m");
  }

  private static Secret secret(String version) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("web")
        .withName("merged")
        .withResourceVersion(version)
        .addToAnnotations("certmerge.lecentre.net/owner", "web/edge")
        .endMetadata()
        .build();
  }
}
