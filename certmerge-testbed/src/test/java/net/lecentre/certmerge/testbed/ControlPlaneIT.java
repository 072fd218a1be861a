package net.lecentre.certmerge.testbed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneIT {
  private final ControlPlane plane = ControlPlane.shared();
  private final KubernetesClient client = plane.client();
  @TempDir Path dir;

  @Test
  void it_is_shared_in_a_jvm() {
    assertThat(ControlPlane.shared()).isSameAs(plane);
  }

  @Test
  void it_tells_the_pinned_version() {
    assertThat(client.getKubernetesVersion().getGitVersion())
        .startsWith(
            "v" + Parts.pinned().getProperty("KUBERNETES_VERSION").replaceAll("[.]\\d+$", "."));
  }

  @Test
  void namespaces_differ() {
    assertThat(plane.newNamespace("same"))
        .startsWith("same-")
        .isNotEqualTo(plane.newNamespace("same"));
  }

  @Test
  void a_secret_whose_owner_is_in_another_namespace_is_garbage_collected() {
    ConfigMap owner = configMap(plane.newNamespace("owner"));
    Secret dependent = secretOwnedBy(owner, plane.newNamespace("dependent"));

    await().atMost(30, SECONDS).until(() -> client.resource(dependent).get() == null);
    assertThat(client.resource(owner).get()).isNotNull();
  }

  @Test
  void a_secret_is_kept_while_its_owner_lives_and_goes_with_it() {
    String namespace = plane.newNamespace("together");
    ConfigMap owner = configMap(namespace);
    Secret kept = secretOwnedBy(owner, namespace);
    // A second, wrongly owned Secret shows when the collector has been here.
    Secret wronglyOwned = secretOwnedBy(owner, plane.newNamespace("apart"));
    await().atMost(30, SECONDS).until(() -> client.resource(wronglyOwned).get() == null);
    assertThat(client.resource(kept).get()).isNotNull();

    client.resource(owner).delete();

    await().atMost(30, SECONDS).until(() -> client.resource(kept).get() == null);
  }

  @Test
  void a_service_account_without_rights_is_forbidden() {
    String namespace = plane.newNamespace("rights");
    await()
        .atMost(10, SECONDS)
        .until(
            () ->
                client.serviceAccounts().inNamespace(namespace).withName("default").get() != null);

    try (KubernetesClient powerless =
        ControlPlane.clientFor(plane.kubeconfigFor(namespace, "default"))) {
      assertThatThrownBy(() -> powerless.secrets().inNamespace(namespace).list())
          .isInstanceOfSatisfying(
              KubernetesClientException.class, it -> assertThat(it.getCode()).isEqualTo(403))
          .hasMessageContaining("system:serviceaccount:" + namespace + ":default");
    }
  }

  @Test
  void a_service_account_has_the_rights_that_a_role_gives_it() {
    String namespace = plane.newNamespace("rights");
    plane.apply(
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: reader, namespace: NS}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader, namespace: NS}
        rules:
        - {apiGroups: [""], resources: [secrets], verbs: [list]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: reader, namespace: NS}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects:
        - {kind: ServiceAccount, name: reader, namespace: NS}
        """
            .replace("NS", namespace));

    try (KubernetesClient reader =
        ControlPlane.clientFor(plane.kubeconfigFor(namespace, "reader"))) {
      // RBAC works from a cache of its own, so a new binding counts a moment later.
      await()
          .atMost(10, SECONDS)
          .ignoreExceptionsMatching(ControlPlaneIT::isForbidden)
          .untilAsserted(
              () ->
                  assertThat(reader.secrets().inNamespace(namespace).list().getItems()).isEmpty());
    }
  }

  @Test
  void a_manifest_may_hold_a_custom_resource_right_after_its_definition() throws Exception {
    String namespace = plane.newNamespace("apply");
    Path file =
        Files.writeString(
            dir.resolve("all.yaml"),
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: things.testbed.example.com}
            spec:
              group: testbed.example.com
              scope: Namespaced
              names: {kind: Thing, plural: things, singular: thing}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties: {spec: {type: object, properties: {size: {type: integer}}}}
            ---
            apiVersion: testbed.example.com/v1
            kind: Thing
            metadata: {name: big, namespace: NS}
            spec: {size: 7}
            """
                .replace("NS", namespace),
            UTF_8);

    assertThat(plane.apply(file)).hasSize(2);

    GenericKubernetesResource thing =
        client
            .genericKubernetesResources("testbed.example.com/v1", "Thing")
            .inNamespace(namespace)
            .withName("big")
            .get();
    assertThat(thing.<Integer>get("spec", "size")).isEqualTo(7);
  }

  @Test
  void a_directory_of_manifests_can_be_applied_twice() throws Exception {
    String namespace = plane.newNamespace("apply");
    for (String name : List.of("one", "two")) {
      Files.writeString(
          dir.resolve(name + ".yaml"),
          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "
              + name
              + ", namespace: "
              + namespace
              + "}\n",
          UTF_8);
    }

    plane.apply(dir);
    plane.apply(dir);

    assertThat(client.configMaps().inNamespace(namespace).list().getItems())
        .extracting(it -> it.getMetadata().getName())
        .contains("one", "two");
  }

  @Test
  void a_followed_secret_is_mounted_and_its_renewal_too() {
    TestCa ca = TestCa.create();
    String namespace = plane.newNamespace("mount");
    IssuedPair first = ca.issue("a.example.com");
    IssuedPair renewed = ca.issue("a.example.com");
    try (KubeletMount mount = KubeletMount.create()) {
      mount.follow(client, namespace, "a");
      client.resource(TestSecrets.tls(namespace, "a", first, Map.of("certmerge", "true"))).create();
      await()
          .atMost(10, SECONDS)
          .untilAsserted(() -> assertThat(mount.file("tls.crt")).hasContent(first.crtPem()));

      client.resource(TestSecrets.tls(namespace, "a", renewed, Map.of())).update();

      await()
          .atMost(10, SECONDS)
          .untilAsserted(() -> assertThat(mount.file("tls.crt")).hasContent(renewed.crtPem()));
      assertThat(mount.file("tls.key")).hasContent(renewed.keyPem());
    }
  }

  @Test
  void the_api_server_takes_a_tls_secret_of_a_pair() {
    String namespace = plane.newNamespace("tls");

    Secret created =
        client
            .resource(
                TestSecrets.tls(
                    namespace, "a", TestCa.create().issue("a.example.com"), Map.of("team", "web")))
            .create();

    assertThat(created.getType()).isEqualTo("kubernetes.io/tls");
    assertThat(created.getMetadata().getLabels()).containsEntry("team", "web");
  }

  private static boolean isForbidden(Throwable thrown) {
    return thrown instanceof KubernetesClientException e && e.getCode() == 403;
  }

  private ConfigMap configMap(String namespace) {
    return client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("owner")
                .endMetadata()
                .build())
        .create();
  }

  private Secret secretOwnedBy(ConfigMap owner, String namespace) {
    return client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("dependent")
                .withOwnerReferences(
                    new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("ConfigMap")
                        .withName(owner.getMetadata().getName())
                        .withUid(owner.getMetadata().getUid())
                        .build())
                .endMetadata()
                .build())
        .create();
  }
}
