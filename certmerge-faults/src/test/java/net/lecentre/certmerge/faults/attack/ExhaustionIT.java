package net.lecentre.certmerge.faults.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.lecentre.certmerge.faults.OperatorProcess;
import net.lecentre.certmerge.faults.Shop;
import net.lecentre.certmerge.faults.Stage;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * One tenant uses up what it can, in one way after the other, while somebody else renews
 * certificates. {@code certmerge.part} is the part of what docs/reliability.md says, {@code
 * certmerge.heap} what the operator has of memory; the times are printed. A renewal that takes two
 * minutes fails.
 */
@EnabledIfSystemProperty(named = "certmerge.long", matches = "true")
class ExhaustionIT {
  private static final int PART = Integer.getInteger("certmerge.part", 50);

  /** A third of the memory limit of deploy/. */
  private static final int HEAP_MIB = Integer.getInteger("certmerge.heap", 384 * 35 / 100);

  private static final Map<String, String> SELECTED = Map.of("a", "a");

  private final Stage stage = Stage.shared();
  private final ControlPlane controlPlane = stage.controlPlane();
  private final KubernetesClient client = controlPlane.client();
  private final String tenant = controlPlane.newNamespace("greedy");

  @BeforeEach
  void alone() {
    stage.operator().stop();
  }

  @AfterEach
  void together() {
    client.namespaces().withName(tenant).delete();
    stage.operator().again();
  }

  private void certMerge(String name, String selectors) {
    controlPlane.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: %1$s, namespace: %2$s}
        spec: {name: merged-%1$s, selector: [%3$s]}
        """
            .formatted(name, tenant, selectors));
  }

  private static String list(int length, IntFunction<String> each) {
    return IntStream.range(0, length).mapToObj(each).collect(Collectors.joining(", "));
  }

  private static void times(int times, Runnable some) {
    for (int i = 0; i < Math.max(1, times / PART); i++) {
      some.run();
    }
  }

  private int number;

  /** Every selector is looked through to its end before it selects nothing. */
  private static String labelBomb(int selectors, int expressions, int values) {
    String each = list(values, i -> "value-" + i);
    String requirements =
        list(expressions, i -> "{key: key-%d, operator: NotIn, values: [%s]}".formatted(i, each));
    String selector =
        "{labelselector: {matchExpressions: [%s, {key: none, operator: Exists}]}}"
            .formatted(requirements);
    return list(selectors, i -> selector);
  }

  private void garbage(int bytes, Map<String, String> labels) {
    String line = "-----BEGIN CERTIFICATE-----\n" + "MIIA\n".repeat(10) + number + "\n";
    String garbage = line.repeat(bytes / 2 / line.length());
    Secret ignored =
        client
            .resource(TestSecrets.tls(tenant, "garbage-" + number++, garbage, garbage, labels))
            .create();
  }

  /** A Secret with as many labels as fit. */
  private void labels() {
    Map<String, String> labels = new LinkedHashMap<>(SELECTED);
    for (int i = 0; i < 8_000; i++) {
      labels.put("key-" + i, "x".repeat(50) + number + "-" + i);
    }
    garbage(1_000, labels);
  }

  /** It says to be a target of somebody else's CertMerge. */
  private void forgedTarget(Shop shop) {
    Secret ignored =
        client
            .resource(
                new SecretBuilder()
                    .withNewMetadata()
                    .withNamespace(tenant)
                    .withName("forged-" + number++)
                    .addToLabels("creator", "certmerge-operator")
                    .addToAnnotations("certmerge.lecentre.net/owner", shop.namespace() + "/all")
                    .endMetadata()
                    .addToStringData("some", "x".repeat(100_000))
                    .build())
            .create();
  }

  private void renewGarbage() {
    Secret ignored =
        client
            .resource(TestSecrets.tls(tenant, "again", "" + number, "" + number++, SELECTED))
            .serverSideApply();
  }

  /** How long renewals of somebody else take while something goes on, and two in any case. */
  private static void measure(String what, Shop shop, Runnable goesOn) {
    CompletableFuture<Void> going = CompletableFuture.runAsync(goesOn);
    List<Long> millis = new ArrayList<>();
    while (!going.isDone() || millis.size() < 2) {
      long before = System.nanoTime();
      shop.renew("source-0");
      Shop.eventually(() -> assertThat(shop.holds("source-0")).isTrue());
      millis.add(Duration.ofNanos(System.nanoTime() - before).toMillis());
    }
    going.join();
    Collections.sort(millis);
    System.out.printf(
        "%s: a renewal takes %d ms (median of %d), %d ms at worst%n",
        what, millis.get(millis.size() / 2), millis.size(), millis.get(millis.size() - 1));
  }

  @Test
  void what_one_tenant_uses_up_keeps_no_other_tenants_renewals_from_the_target() {
    String all = list(10_000, i -> "{labelselector: {matchLabels: {a: x%d}}}".formatted(i));
    assertThatThrownBy(() -> certMerge("selectors", all))
        .hasMessageContaining("must have at most 100 items");
    assertThatThrownBy(() -> certMerge("bomb", labelBomb(11, 9, 10)))
        .hasMessageContaining("more than 1,000 labels, expressions and values");
    try (OperatorProcess operator =
            OperatorProcess.startWithHeap(
                "deployed", HEAP_MIB, stage.kubeconfig(), stage.directory());
        Shop shop = Shop.open(controlPlane, 5)) {
      measure("nothing", shop, () -> {});
      measure(
          "5,000 CertMerges",
          shop,
          () ->
              times(
                  5_000,
                  () -> certMerge("m-" + number++, "{labelselector: {matchLabels: {a: a}}}")));
      measure("garbage of 1 MiB", shop, () -> garbage(1_000_000, SELECTED));
      measure("51 Secrets of garbage", shop, () -> times(51, () -> garbage(680_000, SELECTED)));
      measure("a Secret renewed 500 times", shop, () -> times(500, this::renewGarbage));
      measure("Secrets with 8,000 labels", shop, () -> times(50, this::labels));
      measure(
          "100 label bombs",
          shop,
          () -> times(100, () -> certMerge("bomb-" + number++, labelBomb(1, 9, 110))));
      measure("a Secret renewed 500 times", shop, () -> times(500, this::renewGarbage));
      measure("1,000 forged targets", shop, () -> times(1_000, () -> forgedTarget(shop)));
      measure("nothing more", shop, () -> {});

      shop.change(1);

      shop.eventuallyRight();
      shop.check();
      operator.awaitReady();
      assertThat(operator.isAlive()).as(operator.log()).isTrue();
    }
  }
}
