package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
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
import org.junit.jupiter.api.Test;

/** What the operator's pods ask for, and what users have, before a real API server. */
class DeployIT {
  private static final Path DEPLOY = Path.of("..", "deploy");

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
