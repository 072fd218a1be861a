package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas, as deploy/operator.yaml starts them: processes that elect a leader. */
class ReplicasIT {
  private static final Path JAR = Path.of("target", "certmerge-operator.jar").toAbsolutePath();

  @TempDir private Path logs = Path.of("");

  private ChildProcess start(ControlPlane controlPlane, String name) {
    return ChildProcess.start(
        name,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            JAR.toString(),
            "--port=0",
            "--leader-elect"),
        Map.of(
            "KUBECONFIG",
            controlPlane.kubeconfigFor("cert-merge", "certmerge-operator").toString(),
            "POD_NAMESPACE",
            "cert-merge",
            "HOSTNAME",
            name),
        logs.resolve(name + ".log"));
  }

  private static String leader() {
    Lease lease =
        Cluster.client().leases().inNamespace("cert-merge").withName("certmerge-operator").get();
    String holder = lease == null ? null : lease.getSpec().getHolderIdentity();
    return holder == null ? "" : holder;
  }

  @Test
  void another_replica_takes_over_when_the_leader_is_stopped() {
    ControlPlane controlPlane = ControlPlane.shared();
    Cluster.withoutOperator(
        () -> {
          String namespace = Cluster.newNamespace();
          ChildProcess first = start(controlPlane, "first");
          eventually(() -> assertThat(leader()).as(first.log()).isEqualTo("first"));
          try (ChildProcess second = start(controlPlane, "second")) {
            IssuedPair before = issue("shop.example.com");
            put(namespace, "shop", before);
            Cluster.apply(
                """
                apiVersion: certmerge.lecentre.net/v1alpha1
                kind: CertMerge
                metadata: {name: all, namespace: %s}
                spec: {name: merged, secretlist: [{name: shop}]}
                """
                    .formatted(namespace));
            eventuallyHolds(namespace, "merged", Map.of("shop", before));

            first.close();

            eventually(() -> assertThat(leader()).as(second.log()).isEqualTo("second"));
            IssuedPair renewed = issue("shop.example.com");
            put(namespace, "shop", renewed);
            eventuallyHolds(namespace, "merged", Map.of("shop", renewed));
          }
        });
  }

  @Test
  void the_operator_ends_in_good_order_when_it_is_told_to() {
    Cluster.withoutOperator(
        () -> {
          ChildProcess operator = start(ControlPlane.shared(), "only");
          eventually(() -> assertThat(leader()).as(operator.log()).isEqualTo("only"));

          operator.close();

          // Ended by SIGTERM, and not by the SIGKILL that follows when that takes too long.
          assertThat(operator.exitCode()).hasValue(128 + 15);
          assertThat(operator.log()).doesNotContain("ERROR");
          assertThat(leader()).as(operator.log()).isEmpty();
        });
  }
}
