package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.events;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodsIT {
  private static final Path MANIFESTS = Path.of("..", "deploy", "refresh-pods");
  private static final String ANNOTATION = "certmerge.lecentre.net/refresh";
  private static final String GATEWAYS = "{matchLabels: {istio: ingressgateway}}";

  private String namespace = "";

  @BeforeEach
  void makeNamespace() {
    namespace = Cluster.newNamespace();
    put(namespace, "shop", issue("shop.example.com"));
  }

  @Test
  void the_pods_that_a_certmerge_names_are_told_of_the_content_of_its_target() {
    allow(namespace);
    pod(namespace, "gateway", Map.of("istio", "ingressgateway"));
    pod(namespace, "other", Map.of("istio", "pilot"));

    apply(namespace, "refreshPods: [{labelselector: " + GATEWAYS + "}]");

    eventually(() -> assertThat(told(namespace, "gateway")).isEqualTo(hash()));
    eventually(
        () ->
            assertThat(events(namespace, "PodsRefreshed"))
                .singleElement()
                .extracting(Event::getMessage)
                .isEqualTo("1 pod was told of the new content"));
    assertThat(told(namespace, "other")).isEmpty();
  }

  @Test
  void they_are_told_again_of_a_renewal() {
    allow(namespace);
    pod(namespace, "gateway", Map.of("istio", "ingressgateway"));
    apply(namespace, "refreshPods: [{labelselector: " + GATEWAYS + "}]");
    eventually(() -> assertThat(told(namespace, "gateway")).isEqualTo(hash()));
    String before = hash();

    IssuedPair renewed = issue("shop.example.com");
    put(namespace, "shop", renewed);

    eventuallyHolds(namespace, "merged", Map.of("shop", renewed));
    eventually(() -> assertThat(told(namespace, "gateway")).isEqualTo(hash()).isNotEqualTo(before));
  }

  @Test
  void operators_that_kubernetes_does_not_have_select_pods_too() {
    allow(namespace);
    pod(namespace, "new", Map.of("tier", "3"));
    pod(namespace, "old", Map.of("tier", "2"));

    apply(
        namespace,
        "refreshPods: [{labelselector: {matchExpressions: [{key: tier, operator: GT, values:"
            + " ['2']}]}}]");

    eventually(() -> assertThat(told(namespace, "new")).isEqualTo(hash()));
    assertThat(told(namespace, "old")).isEmpty();
  }

  @Test
  void nothing_of_a_pod_changes_but_the_annotation() {
    allow(namespace);
    Pod before = pod(namespace, "gateway", Map.of("istio", "ingressgateway"));

    apply(namespace, "refreshPods: [{labelselector: " + GATEWAYS + "}]");

    eventually(() -> assertThat(told(namespace, "gateway")).isNotEmpty());
    Pod after = get(namespace, "gateway");
    assertThat(after.getSpec()).isEqualTo(before.getSpec());
    assertThat(after.getMetadata().getLabels()).isEqualTo(before.getMetadata().getLabels());
    assertThat(after.getMetadata().getAnnotations()).containsOnlyKeys(ANNOTATION);
  }

  @Test
  void without_the_right_the_merge_succeeds_and_an_event_says_what_to_apply() {
    pod(namespace, "gateway", Map.of("istio", "ingressgateway"));

    apply(namespace, "refreshPods: [{labelselector: " + GATEWAYS + "}]");

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
    eventually(
        () ->
            assertThat(events(namespace, "PodsNotRefreshed"))
                .singleElement()
                .satisfies(
                    event -> {
                      assertThat(event.getType()).isEqualTo("Warning");
                      assertThat(event.getMessage())
                          .contains(
                              "kubectl apply --namespace " + namespace + " -f deploy/refresh-pods");
                    }));
    assertThat(told(namespace, "gateway")).isEmpty();
  }

  @Test
  void pods_of_another_namespace_are_not_touched_without_trust() {
    String theirs = Cluster.newNamespace();
    allow(theirs);
    pod(theirs, "gateway", Map.of("istio", "ingressgateway"));

    apply(
        namespace, "refreshPods: [{namespace: %s, labelselector: %s}]".formatted(theirs, GATEWAYS));

    eventually(
        () ->
            assertThat(events(namespace, "PodsNotRefreshed"))
                .singleElement()
                .satisfies(
                    event ->
                        assertThat(event.getMessage())
                            .contains("may not touch pods in namespace " + theirs)));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
    assertThat(told(theirs, "gateway")).isEmpty();
  }

  @Test
  void pods_of_another_namespace_are_told_for_who_is_trusted() {
    allow(namespace);
    pod(namespace, "gateway", Map.of("istio", "ingressgateway"));

    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: %1$s, namespace: %2$s}
        spec:
          name: merged
          namespace: %1$s
          secretlist: [{name: shop, namespace: %1$s}]
          refreshPods: [{labelselector: %3$s}]
        """
            .formatted(namespace, Cluster.TRUSTED, GATEWAYS));

    eventually(() -> assertThat(told(namespace, "gateway")).isEqualTo(hash()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"role.yaml", "role_binding.yaml"})
  void its_manifests_pass_strict_validation(String file) throws IOException {
    assertThat(load(file))
        .isNotEmpty()
        .allSatisfy(
            object -> {
              if (file.equals("role_binding.yaml")) {
                object.getMetadata().setNamespace(namespace);
              }
              PatchContext strict =
                  new PatchContext.Builder()
                      .withPatchType(PatchType.SERVER_SIDE_APPLY)
                      .withFieldManager("certmerge-test")
                      .withForce(true)
                      .withDryRun(List.of("All"))
                      .withFieldValidation("Strict")
                      .build();
              assertThat(client().resource(object).patch(strict)).isNotNull();
            });
  }

  private static List<HasMetadata> load(String file) throws IOException {
    try (InputStream yaml = Files.newInputStream(MANIFESTS.resolve(file))) {
      return client().load(yaml).items();
    }
  }

  /** As kubectl apply --namespace does. */
  private static void allow(String namespace) {
    try {
      for (HasMetadata role : load("role.yaml")) {
        client().resource(role).serverSideApply();
      }
      for (HasMetadata binding : load("role_binding.yaml")) {
        binding.getMetadata().setNamespace(namespace);
        client().resource(binding).serverSideApply();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void apply(String namespace, String more) {
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: all, namespace: %s}
        spec:
          name: merged
          secretlist: [{name: shop}]
          %s
        """
            .formatted(namespace, more));
  }

  private static Pod pod(String namespace, String name, Map<String, String> labels) {
    eventually(
        () ->
            assertThat(client().serviceAccounts().inNamespace(namespace).withName("default").get())
                .isNotNull());
    return client()
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("proxy")
                .withImage("proxy:1")
                .endContainer()
                .endSpec()
                .build())
        .create();
  }

  private static Pod get(String namespace, String name) {
    return Objects.requireNonNull(
        client().pods().inNamespace(namespace).withName(name).get(), name);
  }

  /** What a pod was told; empty when it was told nothing. */
  private static String told(String namespace, String name) {
    Map<String, String> annotations = get(namespace, name).getMetadata().getAnnotations();
    String told = annotations == null ? null : annotations.get(ANNOTATION);
    return told == null ? "" : told;
  }

  private String hash() {
    return Objects.requireNonNull(
        secret(namespace, "merged")
            .getMetadata()
            .getAnnotations()
            .get("certmerge.lecentre.net/content-hash"));
  }
}
