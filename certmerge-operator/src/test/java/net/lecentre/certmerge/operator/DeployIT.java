package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What deploy/ ships, and what users have, before a real API server. */
class DeployIT {
  private static final Path DEPLOY = Path.of("..", "deploy");

  static List<Path> manifests() throws IOException {
    try (Stream<Path> files = Files.list(DEPLOY)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.endsWith("kustomization.yaml"))
          .toList();
    }
  }

  private static List<HasMetadata> load(Path file) throws IOException {
    try (InputStream yaml = Files.newInputStream(file)) {
      return Cluster.client().load(yaml).items();
    }
  }

  private static PatchContext strictDryRun() {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager("certmerge-test")
        .withForce(true)
        .withDryRun(List.of("All"))
        .withFieldValidation(Validation.STRICT.parameterValue())
        .build();
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void a_manifest_passes_strict_validation(Path file) throws IOException {
    assertThat(load(file))
        .isNotEmpty()
        .allSatisfy(
            object ->
                assertThat(Cluster.client().resource(object).patch(strictDryRun())).isNotNull());
  }

  @Test
  void the_kustomization_names_every_manifest() throws IOException {
    assertThat(Files.readAllLines(DEPLOY.resolve("kustomization.yaml")))
        .filteredOn(line -> line.startsWith("- "))
        .containsExactlyInAnyOrderElementsOf(
            manifests().stream().map(file -> "- " + file.getFileName()).toList());
  }

  @Test
  void the_operators_pods_are_admitted_at_the_restricted_level() throws IOException {
    Deployment deployment = (Deployment) load(DEPLOY.resolve("operator.yaml")).get(0);
    String namespace =
        Cluster.client()
            .resource(
                new NamespaceBuilder()
                    .withNewMetadata()
                    .withGenerateName("restricted-")
                    .withLabels(Map.of("pod-security.kubernetes.io/enforce", "restricted"))
                    .endMetadata()
                    .build())
            .create()
            .getMetadata()
            .getName();
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName("operator")
            .endMetadata()
            .withSpec(deployment.getSpec().getTemplate().getSpec())
            .editSpec()
            .withServiceAccountName("default")
            .endSpec()
            .build();
    Cluster.eventually(
        () ->
            assertThat(
                    Cluster.client()
                        .serviceAccounts()
                        .inNamespace(namespace)
                        .withName("default")
                        .get())
                .isNotNull());

    assertThat(Cluster.client().resource(pod).dryRun().create()).isNotNull();
  }

  @Test
  void the_sidecar_patch_adds_the_reloader_to_a_gateway() throws IOException {
    String namespace = Cluster.newNamespace();
    Cluster.client()
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("istio-ingressgateway")
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("istio", "ingressgateway")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("istio", "ingressgateway")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("istio-proxy")
                .withImage("auto")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();

    Deployment patched =
        Cluster.client()
            .apps()
            .deployments()
            .inNamespace(namespace)
            .withName("istio-ingressgateway")
            .patch(
                new PatchContext.Builder()
                    .withPatchType(PatchType.STRATEGIC_MERGE)
                    .withFieldValidation(Validation.STRICT.parameterValue())
                    .build(),
                Files.readString(DEPLOY.resolve("istio/reloader-sidecar.yaml")));

    assertThat(patched.getSpec().getTemplate().getSpec().getContainers())
        .extracting("name")
        .containsExactlyInAnyOrder("istio-proxy", "certmerge-reloader");
  }

  @Test
  void every_manifest_of_2018_passes_strict_validation() throws IOException {
    try (InputStream yaml =
        Objects.requireNonNull(getClass().getResourceAsStream("/manifests-2018.yaml"))) {
      List<HasMetadata> manifests = Cluster.client().load(yaml).items();
      assertThat(manifests)
          .hasSize(6)
          .allSatisfy(
              manifest -> {
                manifest.getMetadata().setNamespace("default");
                assertThat(Cluster.client().resource(manifest).patch(strictDryRun())).isNotNull();
              });
    }
  }
}
