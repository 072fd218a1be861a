package net.lecentre.certmerge.faults.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.lecentre.certmerge.faults.Shop;
import net.lecentre.certmerge.faults.Stage;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * One tenant uses up what it can. {@code certmerge.part} is the part of what docs/reliability.md
 * says; the times are printed.
 */
@EnabledIfSystemProperty(named = "certmerge.long", matches = "true")
class ExhaustionIT {
  private static final int PART = Integer.getInteger("certmerge.part", 1);

  private final Stage stage = Stage.shared();
  private final ControlPlane controlPlane = stage.controlPlane();
  private final KubernetesClient client = controlPlane.client();

  private void certMerge(String namespace, String name, String selectors) {
    controlPlane.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: %1$s, namespace: %2$s}
        spec: {name: merged-%1$s, selector: [%3$s]}
        """
            .formatted(name, namespace, selectors));
  }

  /** How long renewals of somebody else take. */
  private static List<Long> renewals(Shop shop) {
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < 200 / PART; i++) {
      long before = System.nanoTime();
      shop.renew("source-0");
      Shop.eventually(() -> assertThat(shop.holds("source-0")).isTrue());
      millis.add(Duration.ofNanos(System.nanoTime() - before).toMillis());
    }
    Collections.sort(millis);
    return millis;
  }

  private static void tell(String when, List<Long> millis) {
    System.out.printf(
        "%s: a renewal takes %d ms (median of %d), %d ms at worst, with up to 50 ms of waiting%n",
        when, millis.get(millis.size() / 2), millis.size(), millis.get(millis.size() - 1));
  }

  @Test
  void what_one_tenant_uses_up_keeps_no_other_tenants_renewals_from_the_target() {
    try (Shop shop = Shop.open(controlPlane, 5)) {
      tell("before", renewals(shop));
      String tenant = controlPlane.newNamespace("greedy");
      String selectors =
          IntStream.range(0, 10_000)
              .mapToObj(i -> "{labelselector: {matchLabels: {a: x%d}}}".formatted(i))
              .collect(Collectors.joining(", "));
      assertThatThrownBy(() -> certMerge(tenant, "selectors", selectors))
          .hasMessageContaining("must have at most 100 items");
      String bomb =
          IntStream.range(0, 100)
              .mapToObj(
                  i ->
                      "{labelselector: {matchExpressions: [{key: a%d, operator: NotIn, values: [b]}]}}"
                          .formatted(i))
              .collect(Collectors.joining(", "));
      for (int i = 0; i < 100 / PART; i++) {
        certMerge(tenant, "bomb-" + i, bomb);
      }
      for (int i = 0; i < 5_000 / PART; i++) {
        certMerge(tenant, "greedy-" + i, "{labelselector: {matchLabels: {a: a}}}");
      }
      for (int i = 0; i < 50 / PART + 1; i++) {
        String garbage =
            ("-----BEGIN CERTIFICATE-----\n" + "MIIA\n".repeat(10) + i + "\n").repeat(6_000);
        Secret ignored =
            client
                .resource(
                    TestSecrets.tls(tenant, "garbage-" + i, garbage, garbage, Map.of("a", "a")))
                .create();
      }
      tell(
          "while one tenant has 5,000 CertMerges and 10,000 selectors, over " + PART,
          renewals(shop));

      shop.change(1);

      shop.eventuallyRight();
      shop.check();
      client.namespaces().withName(tenant).delete();
    }
  }
}
