package net.lecentre.certmerge.deploy;

import static net.lecentre.certmerge.deploy.Manifests.DEPLOY;
import static net.lecentre.certmerge.deploy.Manifests.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.testbed.ControlPlane;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every manifest of deploy/ before a real API server, with the kinds of others as they publish
 * them.
 */
class ManifestsIT {
  private static final Path CRDS = Path.of("target", "crds");
  private static final String ESTABLISHED =
      "{range .items[*]}{.status.conditions[?(@.type==\"Established\")].status} {end}";
  private static final String GATEWAYS = "name: gateways.networking.istio.io\n";
  private static final Pattern OBJECT = Pattern.compile("(?m)^kind: (?!Kustomization)");

  /** Patches and values of charts are no objects; the chart's templates are rendered elsewhere. */
  static List<Path> manifests() throws IOException {
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.startsWith(Chart.DIRECTORY))
          .filter(file -> OBJECT.matcher(text(file)).find())
          .sorted()
          .toList();
    }
  }

  private static KubernetesClient client() {
    return ControlPlane.shared().client();
  }

  @BeforeAll
  static void install() throws IOException {
    for (String namespace : List.of("istio-system", "shop", "edge")) {
      client()
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .serverSideApply();
    }
    Kubectl kubectl = new Kubectl(ControlPlane.shared());
    kubectl.run("apply", "--filename=deploy/namespace.yaml");
    kubectl.run("apply", "--filename=deploy/certmerge_v1alpha1_certmerge_crd.yaml");
    try (Stream<Path> files = Files.list(CRDS)) {
      // Istio has all of its kinds in one file.
      String kinds =
          files
              .flatMap(file -> Stream.of(text(file).split("(?m)^---\n")))
              .filter(kind -> !kind.contains(".istio.io\n") || kind.contains(GATEWAYS))
              .collect(Collectors.joining("\n---\n"));
      // Too long for the annotation that a plain apply makes.
      kubectl.apply(kinds, "--server-side");
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(kubectl.run("get", "crd", "--output=jsonpath=" + ESTABLISHED).split(" "))
                    .hasSize(7)
                    .containsOnly("True"));
  }

  private static List<HasMetadata> load(Path file) throws IOException {
    try (InputStream yaml = Files.newInputStream(file)) {
      return client().load(yaml).items();
    }
  }

  private static HasMetadata applyStrictly(HasMetadata object) {
    boolean anywhere =
        object.getMetadata().getNamespace() == null
            && List.of("Role", "RoleBinding", "CertMerge", "Gateway").contains(object.getKind());
    if (anywhere) {
      object.getMetadata().setNamespace("shop");
    }
    return client()
        .resource(object)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("a-user")
                .withForce(true)
                .withFieldValidation(Validation.STRICT.parameterValue())
                .build());
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void a_manifest_applies_strictly_and_again_without_a_change(Path file) throws IOException {
    for (HasMetadata object : load(file)) {
      HasMetadata applied = applyStrictly(object);
      HasMetadata again = applyStrictly(object);

      assertThat(again.getMetadata().getResourceVersion())
          .as("%s %s", object.getKind(), object.getMetadata().getName())
          .isEqualTo(applied.getMetadata().getResourceVersion());
    }
  }

  @Test
  void every_kind_of_deploy_is_among_the_manifests() throws IOException {
    assertThat(manifests().stream().flatMap(file -> kinds(text(file))).distinct())
        .contains(
            "Deployment",
            "CustomResourceDefinition",
            "CertMerge",
            "Gateway",
            "Certificate",
            "ClusterIssuer",
            "PrometheusRule",
            "ServiceMonitor",
            "PodMonitor");
  }

  private static Stream<String> kinds(String yaml) {
    return Manifests.documents(yaml).stream().map(object -> object.path("kind").asText());
  }
}
