package net.lecentre.certmerge.faults.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import mockwebserver3.MockResponse;
import net.lecentre.certmerge.faults.ApiProxy;
import net.lecentre.certmerge.faults.History;
import net.lecentre.certmerge.faults.Shop;
import net.lecentre.certmerge.faults.Stage;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.junit.jupiter.api.Test;

/** What happens to sources while others are being read. */
class MovedSourceIT {
  private static final TestCa CA = TestCa.create();

  private final Stage stage = Stage.shared();
  private final ControlPlane controlPlane = stage.controlPlane();
  private final KubernetesClient client = controlPlane.client();

  @Test
  void a_pair_that_moves_to_another_secret_while_sources_are_read_is_never_missing() {
    String namespace = controlPlane.newNamespace("moved");
    try (Shop other = Shop.open(controlPlane, 1);
        History history = History.of(client, namespace)) {
      put(namespace, "stays", CA.issue("stays.example.com"));
      put(namespace, "before", CA.issue("moves.example.com"));
      controlPlane.apply(
          """
          apiVersion: certmerge.lecentre.net/v1alpha1
          kind: CertMerge
          metadata: {name: all, namespace: %s}
          spec:
            name: merged
            maxRemovals: 100%%
            secretlist: [{name: stays}, {name: after}, {name: before}]
          """
              .formatted(namespace));
      Shop.eventually(() -> assertThat(files(namespace)).containsKeys("stays.crt", "before.crt"));
      IssuedPair pair = CA.issue("moves.example.com");
      AtomicBoolean moved = new AtomicBoolean();
      stage
          .proxy()
          .play(
              (call, passOn) -> {
                MockResponse answer = passOn.get();
                if (reads(call, namespace, "after") && moved.compareAndSet(false, true)) {
                  // It is told of as missing, while it comes and the one before it goes.
                  put(namespace, "after", pair);
                  delete(namespace, "before");
                  other.renew("source-0");
                  Shop.eventually(() -> assertThat(other.holds("source-0")).isTrue());
                }
                return answer;
              });

      put(namespace, "before", pair);
      Shop.eventually(
          () ->
              assertThat(files(namespace))
                  .containsKeys("stays.crt", "after.crt")
                  .doesNotContainKey("before.crt"));

      Secret last = client.secrets().inNamespace(namespace).withName("merged").get();
      assertThat(history.upTo(last).stream().filter(it -> it.name().equals("merged")))
          .allSatisfy(
              version ->
                  assertThat(Shop.files(version.secret()).keySet())
                      .as("%s", version)
                      .containsAnyOf("before.crt", "after.crt"));
    } finally {
      stage.proxy().behave();
    }
  }

  private static boolean reads(ApiProxy.Call call, String namespace, String name) {
    return !call.writes() && call.path().endsWith("/" + namespace + "/secrets/" + name);
  }

  private Map<String, String> files(String namespace) {
    Secret target = client.secrets().inNamespace(namespace).withName("merged").get();
    return target == null ? Map.of() : Shop.files(target);
  }

  private void put(String namespace, String name, IssuedPair pair) {
    Secret ignored =
        client.resource(TestSecrets.tls(namespace, name, pair, Map.of())).serverSideApply();
  }

  private void delete(String namespace, String name) {
    client.secrets().inNamespace(namespace).withName(name).delete();
  }
}
