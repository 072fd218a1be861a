package net.lecentre.certmerge.faults.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import net.lecentre.certmerge.faults.ApiProxy;
import net.lecentre.certmerge.faults.Shop;
import net.lecentre.certmerge.faults.Stage;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.TestCa;
import org.junit.jupiter.api.Test;

/** What others put in the way of the operator. */
class ObstaclesIT {
  private static final String QUOTA = "secrets";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Stage stage = Stage.shared();
  private final ControlPlane controlPlane = stage.controlPlane();
  private final KubernetesClient client = controlPlane.client();

  /** In a cluster a controller counts; there is none here. */
  private void quota(Shop shop, int secrets) {
    Map<String, Quantity> hard = Map.of(QUOTA, Quantity.parse(Integer.toString(secrets)));
    ResourceQuota quota =
        new ResourceQuotaBuilder()
            .withNewMetadata()
            .withNamespace(shop.namespace())
            .withName("few")
            .endMetadata()
            .withNewSpec()
            .withHard(hard)
            .endSpec()
            .withNewStatus()
            .withHard(hard)
            .withUsed(Map.of(QUOTA, Quantity.parse("5")))
            .endStatus()
            .build();
    ResourceQuota ignored = client.resource(quota).createOr(it -> it.update());
    assertThat(client.resource(quota).updateStatus().getStatus().getHard()).isEqualTo(hard);
  }

  @Test
  void a_quota_that_leaves_no_room_for_the_target_is_told_of_and_the_target_is_made_later() {
    try (Shop shop = Shop.withSources(controlPlane, 5)) {
      quota(shop, 5);
      shop.merge("");
      Shop.eventually(
          () -> assertThat(shop.readyMessage()).contains("exceeded quota", "tried again"));
      assertThat(shop.ready()).isEqualTo("ApiError");

      quota(shop, 6);

      shop.eventuallyRight();
      shop.check();
    }
  }

  private static final String POLICY =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: %1$s}
      spec:
        failurePolicy: Fail
        matchConstraints:
          namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
          resourceRules:
          - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [secrets], resourceNames: [merged]}
        validations: [{expression: "false", message: "not on a Friday"}]
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: %1$s}
      spec: {policyName: %1$s, validationActions: [Deny]}
      """;

  @Test
  void an_admission_policy_that_refuses_the_target_is_told_of_and_nobody_else_waits() {
    try (Shop shop = Shop.open(controlPlane, 5);
        Shop other = Shop.open(controlPlane, 5)) {
      var policies = controlPlane.apply(POLICY.formatted(shop.namespace()));
      Shop.eventually(
          () ->
              assertThatThrownBy(
                      () -> stage.besideTheOperator().resource(shop.target()).dryRun().update())
                  .isInstanceOf(KubernetesClientException.class)
                  .hasMessageContaining("not on a Friday"));
      String before = shop.target().getMetadata().getResourceVersion();

      shop.change(1);
      other.change(1);

      other.eventuallyRight();
      Shop.eventually(() -> assertThat(shop.readyMessage()).contains("not on a Friday"));
      assertThat(shop.ready()).isEqualTo("ApiError");
      assertThat(shop.target().getMetadata().getResourceVersion()).isEqualTo(before);

      policies.forEach(policy -> client.resource(policy).delete());
      shop.eventuallyRight();
      shop.check();
      other.check();
    }
  }

  private static final String WEBHOOK =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingWebhookConfiguration
      metadata: {name: %1$s}
      webhooks:
      - name: friday.example.com
        clientConfig: {url: "%2$s", caBundle: %3$s}
        admissionReviewVersions: [v1]
        sideEffects: None
        failurePolicy: Fail
        namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
        matchConditions: [{name: target, expression: "object.metadata.name == 'merged'"}]
        rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [secrets]}]
      """;

  @Test
  void a_webhook_that_refuses_the_target_or_does_not_work_is_told_of_and_the_target_made_later()
      throws IOException {
    AtomicReference<String> says = new AtomicReference<>("");
    TestCa ca = TestCa.create();
    try (MockWebServer webhook = new MockWebServer();
        Shop shop = Shop.withSources(controlPlane, 5)) {
      webhook.useHttps(ApiProxy.serving(ca).getSocketFactory());
      webhook.setDispatcher(
          new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
              return review(request, Objects.requireNonNull(says.get()));
            }
          });
      webhook.start();
      String trust = Base64.getEncoder().encodeToString(ca.certificatePem().getBytes(UTF_8));
      controlPlane.apply(WEBHOOK.formatted(shop.namespace(), webhook.url("/"), trust));
      says.set("not on a Friday");
      Shop.eventually(
          () ->
              assertThatThrownBy(
                      () -> client.resource(opaque(shop.namespace(), "merged")).dryRun().create())
                  .hasMessageContaining("not on a Friday"));

      shop.merge("");
      Shop.eventually(() -> assertThat(shop.readyMessage()).contains("not on a Friday"));
      says.set("");
      Shop.eventually(() -> assertThat(shop.readyMessage()).contains("failed calling webhook"));
      assertThat(shop.ready()).isEqualTo("ApiError");
      says.set("yes");

      shop.eventuallyRight();
      shop.check();
      client
          .admissionRegistration()
          .v1()
          .validatingWebhookConfigurations()
          .withName(shop.namespace())
          .delete();
    }
  }

  private static Secret opaque(String namespace, String name) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .build();
  }

  /** Says yes, says why not, or breaks. */
  private static MockResponse review(RecordedRequest request, String says) {
    if (says.isEmpty() || request.getBody() == null) {
      return new MockResponse.Builder().code(500).build();
    }
    try {
      ObjectNode review = (ObjectNode) JSON.readTree(request.getBody().utf8());
      String uid = review.at("/request/uid").asText();
      review.remove("request");
      review
          .putObject("response")
          .put("uid", uid)
          .put("allowed", says.equals("yes"))
          .putObject("status")
          .put("message", says);
      return new MockResponse.Builder()
          .setHeader("Content-Type", "application/json")
          .body(review.toString())
          .build();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void a_namespace_that_is_deleted_under_the_operator_costs_nobody_else_anything() {
    Shop shop = Shop.open(controlPlane, 5);
    try (Shop other = Shop.open(controlPlane, 5)) {
      shop.renew("source-0");
      shop.close();
      other.change(1);
      Shop.eventually(
          () -> assertThat(client.namespaces().withName(shop.namespace()).get()).isNull());
      other.change(2);

      other.eventuallyRight();
      other.check();
      Shop.eventually(
          () ->
              assertThat(stage.operator().metrics().lines())
                  .noneMatch(line -> line.contains(shop.namespace())));
    }
  }

  @Test
  void a_target_that_another_tool_writes_again_and_again_is_told_of_and_leads_to_no_war()
      throws InterruptedException {
    try (Shop shop = Shop.open(controlPlane, 5)) {
      AtomicBoolean meddling = new AtomicBoolean(true);
      Thread tool =
          new Thread(
              () -> {
                while (meddling.get()) {
                  shop.meddle("source-0.crt", "mine");
                }
              });
      tool.start();
      try {
        Shop.eventually(() -> assertThat(shop.ready()).isEqualTo("TargetConflict"));
        assertThat(shop.readyMessage()).contains("again and again", "is put right again at");
      } finally {
        meddling.set(false);
        tool.join();
      }
      // The first ones at once, and then one a second, two, four.
      assertThat(shop.corrections()).isBetween(3L, 6L);

      shop.renew("source-1");

      shop.eventuallyRight();
    }
  }

  @Test
  void a_renewal_does_not_wait_for_a_target_that_another_tool_writes_again_and_again()
      throws InterruptedException {
    try (Shop shop = Shop.open(controlPlane, 5)) {
      for (int i = 0; i <= 3; i++) {
        int before = shop.targetVersions().size();
        shop.meddle("source-0.crt", "mine " + i);
        if (i < 3) {
          shop.eventuallyRight();
        } else {
          Shop.eventually(() -> assertThat(shop.ready()).isEqualTo("TargetConflict"));
        }
        assertThat(shop.targetVersions()).hasSizeGreaterThan(before);
      }

      shop.renew("source-1");

      shop.eventuallyRight();
      assertThat(shop.corrections()).isEqualTo(4);
    }
  }
}
