package net.lecentre.certmerge.deploy;

import static net.lecentre.certmerge.deploy.Manifests.DEPLOY;
import static net.lecentre.certmerge.deploy.Manifests.documents;
import static net.lecentre.certmerge.deploy.Manifests.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.lecentre.certmerge.testbed.ControlPlane;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What runs in a cluster because of deploy/, before the admission of a namespace at the restricted
 * level.
 */
class RestrictedIT {
  private static final Kubectl KUBECTL = new Kubectl(ControlPlane.shared());

  /** As Istio's gateway chart makes it. */
  private static final String GATEWAY =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: istio-ingressgateway}
      spec:
        selector: {matchLabels: {istio: ingressgateway}}
        template:
          metadata: {labels: {istio: ingressgateway}}
          spec:
            securityContext:
              seccompProfile: {type: RuntimeDefault}
              sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "0"}]
            containers:
            - name: istio-proxy
              image: auto
              securityContext:
                capabilities: {drop: [ALL]}
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                runAsUser: 1337
                runAsGroup: 1337
                runAsNonRoot: true
      """;

  private static String restricted;

  @BeforeAll
  static void makeNamespace() {
    restricted = ControlPlane.shared().newNamespace("restricted");
    for (String mode : List.of("enforce", "warn", "audit")) {
      KUBECTL.run(
          "label", "namespace", restricted, "pod-security.kubernetes.io/" + mode + "=restricted");
    }
  }

  private static String deployment(Path file) {
    return documents(text(file)).stream()
        .filter(object -> object.get("kind").asText().equals("Deployment"))
        .map(object -> Manifests.inNamespace(object, restricted).toString())
        .findFirst()
        .orElseThrow();
  }

  private static String dryRun(String manifest) {
    return KUBECTL.apply(manifest, "--namespace=" + restricted, "--dry-run=server");
  }

  @ParameterizedTest
  @ValueSource(strings = {"operator.yaml", "envoy/deployment.yaml"})
  void its_pods_are_admitted_at_the_restricted_level_without_a_warning(String file) {
    assertThat(dryRun(deployment(DEPLOY.resolve(file))))
        .contains("created")
        .doesNotContain("arning");
  }

  @Test
  void a_pod_below_that_level_would_be_warned_of() {
    assertThat(
            dryRun(
                deployment(DEPLOY.resolve("operator.yaml"))
                    .replace("\"runAsNonRoot\":true", "\"runAsNonRoot\":false")))
        .contains("Warning: would violate PodSecurity \"restricted");
  }

  @Test
  void the_sidecar_joins_a_gateway_at_the_restricted_level() {
    JsonNode patched = patched("istio/reloader-sidecar.yaml");

    assertThat(patched.at("/spec/template/spec/containers"))
        .extracting(container -> container.get("name").asText())
        .containsExactlyInAnyOrder("istio-proxy", "certmerge-reloader");
  }

  @Test
  void shards_are_mounted_as_one_directory_in_the_place_of_the_one_secret() {
    JsonNode patched = patched("istio/reloader-sidecar.yaml", "istio/shards.yaml");
    List<String> secrets = new ArrayList<>();
    patched
        .at("/spec/template/spec/volumes")
        .forEach(
            volume ->
                volume
                    .at("/projected/sources")
                    .forEach(source -> secrets.add(source.at("/secret/name").asText())));

    assertThat(secrets)
        .containsExactly(
            "istio-ingressgateway-certs",
            "istio-ingressgateway-certs-1",
            "istio-ingressgateway-certs-2");
    assertThat(patched.toString()).doesNotContain("secretName");
  }

  /** A gateway with patches of deploy/, as the README says to apply them. */
  private static JsonNode patched(String... patches) {
    String namespace = ControlPlane.shared().newNamespace("gateway");
    for (String mode : List.of("enforce", "warn")) {
      KUBECTL.run(
          "label", "namespace", namespace, "pod-security.kubernetes.io/" + mode + "=restricted");
    }
    assertThat(KUBECTL.apply(GATEWAY, "--namespace=" + namespace)).doesNotContain("arning");
    for (String patch : patches) {
      assertThat(
              KUBECTL.run(
                  "--namespace=" + namespace,
                  "patch",
                  "deployment",
                  "istio-ingressgateway",
                  "--patch-file=deploy/" + patch))
          .doesNotContain("arning");
    }
    return documents(
            KUBECTL.run(
                "--namespace=" + namespace,
                "get",
                "deployment",
                "istio-ingressgateway",
                "--output=yaml"))
        .get(0);
  }

  @Test
  void the_injection_template_adds_the_container_of_the_patch() {
    JsonNode values = documents(text(DEPLOY.resolve("istio/injection-template.yaml"))).get(0);
    JsonNode injected =
        documents(values.at("/sidecarInjectorWebhook/templates/certmerge").asText()).get(0);
    JsonNode patch =
        documents(text(DEPLOY.resolve("istio/reloader-sidecar.yaml"))).get(0).at("/spec/template");

    assertThat(withoutCommand(injected)).isEqualTo(withoutCommand(patch));
    // The gateway's own values mount the certificates.
    assertThat(patch.at("/spec/volumes")).containsAll(injected.at("/spec/volumes"));
  }

  /** How it is started is the one thing that differs: a template may be for several gateways. */
  private static JsonNode withoutCommand(JsonNode template) {
    ObjectNode container = template.at("/spec/containers/0").deepCopy();
    container.remove(List.of("command", "args", "env", "resources"));
    return container;
  }

  @Test
  void the_values_for_the_gateway_chart_mount_what_the_patch_mounts() {
    JsonNode values = documents(text(DEPLOY.resolve("istio/gateway-values.yaml"))).get(0);
    JsonNode pod =
        documents(text(DEPLOY.resolve("istio/reloader-sidecar.yaml")))
            .get(0)
            .at("/spec/template/spec");

    assertThat(pod.at("/volumes")).containsAll(values.get("volumes"));
    assertThat(pod.at("/containers/0/volumeMounts")).containsAll(values.get("volumeMounts"));
  }
}
