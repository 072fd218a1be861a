package net.lecentre.certmerge.reloader.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.concurrent.TimeUnit;
import net.lecentre.certmerge.reloader.decide.Turn;
import net.lecentre.certmerge.testbed.ControlPlane;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Turns by a Lease on a real control plane. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LeaseTurnsIT {
  private static final ControlPlane PLANE = ControlPlane.shared();
  private static final Path ROLE = Path.of("..", "deploy", "istio", "reloader-role.yaml");
  private static final Duration LONG = Duration.ofSeconds(30);

  private String namespace = "";

  @BeforeEach
  void makeRoom() {
    namespace = PLANE.newNamespace("turns");
  }

  private LeaseTurns turns(String pod) {
    return turns(pod, PLANE.adminKubeconfig());
  }

  private LeaseTurns turns(String pod, Path kubeconfig) {
    LeaseSettings settings =
        new LeaseSettings(
            namespace,
            "certmerge-reloader",
            pod + "_http://127.0.0.1:15000",
            Duration.ofSeconds(2),
            Duration.ofMillis(1500),
            Duration.ofMillis(200));
    return new LeaseTurns(() -> Election.start(settings, ControlPlane.clientFor(kubeconfig)));
  }

  private static void awaitTurn(LeaseTurns turns) {
    turns.ask();
    await().atMost(LONG).untilAsserted(() -> assertThat(turns.now()).isEqualTo(new Turn.Ours()));
  }

  private static void awaitOthers(LeaseTurns turns, String reason) {
    turns.ask();
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(turns.now())
                    .isInstanceOfSatisfying(
                        Turn.Others.class, others -> assertThat(others.reason()).contains(reason)));
  }

  /** What a holder leaves that died some time ago. */
  private void leaveLease(String holder) {
    ZonedDateTime then = ZonedDateTime.now(ZoneOffset.UTC).minusMinutes(1);
    PLANE
        .client()
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("certmerge-reloader")
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds(2)
                .withAcquireTime(then)
                .withRenewTime(then)
                .withLeaseTransitions(0)
                .endSpec()
                .build())
        .create();
  }

  private Pod pod(String name) {
    return PLANE
        .client()
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("istio-proxy")
                .withImage("none")
                .endContainer()
                .endSpec()
                .build())
        .create();
  }

  private static void becomesReady(Pod pod) {
    PLANE
        .client()
        .resource(pod)
        .editStatus(
            now ->
                new PodBuilder(now)
                    .editOrNewStatus()
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus("True")
                    .endCondition()
                    .endStatus()
                    .build());
  }

  @Test
  void who_does_not_ask_has_no_turn_and_needs_no_cluster() {
    try (LeaseTurns turns = new LeaseTurns(LeaseSettings.of("l", "a", java.util.Map.of(), "h"))) {
      assertThat(turns.now()).isEqualTo(new Turn.NotAsked());
    }
  }

  @Test
  void a_client_that_cannot_be_made_is_told_and_tried_again() {
    int[] tries = {0};
    try (LeaseTurns turns =
        new LeaseTurns(
            () -> {
              tries[0]++;
              throw new IllegalStateException("no configuration");
            })) {
      turns.ask();
      turns.ask();

      assertThat(turns.now())
          .isInstanceOfSatisfying(
              Turn.Others.class,
              others -> assertThat(others.reason()).contains("no configuration"));
      assertThat(tries[0]).isEqualTo(2);
    }
  }

  @Test
  void one_of_two_has_its_turn_and_the_other_waits_until_it_is_given_back() {
    try (LeaseTurns first = turns("gateway-1");
        LeaseTurns second = turns("gateway-2")) {
      awaitTurn(first);
      awaitOthers(second, "held by gateway-1_http://127.0.0.1:15000");

      first.giveBack();

      awaitTurn(second);
      assertThat(first.now()).isEqualTo(new Turn.NotAsked());
    }
  }

  @Test
  void a_turn_lasts_as_long_as_it_is_not_given_back() {
    try (LeaseTurns first = turns("gateway-1");
        LeaseTurns second = turns("gateway-2")) {
      awaitTurn(first);
      second.ask();

      await()
          .during(Duration.ofSeconds(3))
          .atMost(LONG)
          .until(() -> first.now().equals(new Turn.Ours()) && !second.now().equals(first.now()));
    }
  }

  @Test
  void a_reloader_that_was_started_again_has_the_turn_that_it_had() {
    leaveLease("gateway-1_http://127.0.0.1:15000");
    pod("gateway-1");
    try (LeaseTurns again = turns("gateway-1")) {
      awaitTurn(again);
    }
  }

  @Test
  void the_lease_of_a_holder_whose_pod_is_gone_runs_out() {
    leaveLease("gateway-1_http://127.0.0.1:15000");
    try (LeaseTurns next = turns("gateway-2")) {
      awaitTurn(next);
    }
  }

  @Test
  void after_a_holder_that_died_nobody_has_a_turn_until_its_pod_is_ready_again() {
    leaveLease("gateway-1_http://127.0.0.1:15000");
    Pod pod = pod("gateway-1");
    try (LeaseTurns next = turns("gateway-2")) {
      awaitOthers(next, "the pod gateway-1, whose turn it was, is not ready again");

      becomesReady(pod);

      awaitTurn(next);
    }
  }

  @Test
  void the_role_in_deploy_gives_the_rights_that_it_takes() throws IOException {
    leaveLease("gateway-1_http://127.0.0.1:15000");
    Path kubeconfig = serviceAccount();
    PLANE.apply(Files.readString(ROLE).replace("istio-system", namespace));
    try (LeaseTurns next = turns("gateway-2", kubeconfig)) {
      awaitTurn(next);
      next.giveBack();
      awaitTurn(next);
    }
  }

  @Test
  void the_role_in_deploy_lets_the_lease_be_made() throws IOException {
    Path kubeconfig = serviceAccount();
    PLANE.apply(Files.readString(ROLE).replace("istio-system", namespace));
    try (LeaseTurns first = turns("gateway-1", kubeconfig)) {
      awaitTurn(first);
    }
  }

  @Test
  void without_rights_there_is_no_turn_and_the_reason_says_what_to_apply() {
    try (LeaseTurns turns = turns("gateway-1", serviceAccount())) {
      awaitOthers(turns, "Apply deploy/istio/reloader-role.yaml");
    }
  }

  private Path serviceAccount() {
    String account = "istio-ingressgateway-service-account";
    KubernetesClient client = PLANE.client();
    client
        .resource(
            new io.fabric8.kubernetes.api.model.ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(account)
                .endMetadata()
                .build())
        .create();
    return PLANE.kubeconfigFor(namespace, account);
  }
}
