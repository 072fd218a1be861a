package net.lecentre.certmerge.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.testbed.ControlPlane;
import org.junit.jupiter.api.Test;

/** The ways to install certmerge. */
class InstallIT {
  private static String versions(Kubectl kubectl) {
    return Stream.of(
            "deployments,services,serviceaccounts,pdb,networkpolicies,roles,rolebindings",
            "clusterrole/certmerge-operator",
            "clusterrolebinding/certmerge-operator",
            "crd/certmerges.certmerge.lecentre.net",
            "namespace/cert-merge")
        .map(
            what ->
                kubectl.run(
                    "--namespace=cert-merge",
                    "get",
                    what,
                    "--output=custom-columns=:kind,:metadata.name,:metadata.resourceVersion"))
        .collect(Collectors.joining());
  }

  @Test
  void the_six_commands_of_2018_install_what_kustomize_does() {
    Kubectl kubectl = new Kubectl(ControlPlane.shared());
    for (String file :
        List.of(
            "namespace.yaml",
            "service_account.yaml",
            "role.yaml",
            "role_binding.yaml",
            "certmerge_v1alpha1_certmerge_crd.yaml",
            "operator.yaml")) {
      kubectl.run("--namespace=cert-merge", "apply", "--filename=deploy/" + file);
    }
    String before = versions(kubectl);

    assertThat(kubectl.run("apply", "--kustomize=deploy").lines())
        .hasSize(11)
        .noneMatch(line -> line.endsWith("created"));
    assertThat(versions(kubectl)).contains("certmerge-operator").isEqualTo(before);
  }

  @Test
  void helm_installs_upgrades_and_uninstalls_and_leaves_the_crd() {
    try (ControlPlane cluster = ControlPlane.start()) {
      Kubectl kubectl = new Kubectl(cluster);
      new Helm(Chart.DIRECTORY)
          .install()
          .withName("certmerge")
          .withNamespace("cert-merge")
          .createNamespace()
          .withKubeConfig(cluster.adminKubeconfig())
          .call();
      String installed = versions(kubectl);
      new Helm(Chart.DIRECTORY)
          .upgrade()
          .withName("certmerge")
          .withNamespace("cert-merge")
          .withKubeConfig(cluster.adminKubeconfig())
          .call();
      String upgraded = versions(kubectl);
      Helm.uninstall("certmerge")
          .withNamespace("cert-merge")
          .withKubeConfig(cluster.adminKubeconfig())
          .call();

      assertThat(installed).contains("certmerge-operator");
      assertThat(upgraded).isEqualTo(installed);
      assertThat(kubectl.run("get", "crd", "--output=name")).contains("certmerges.certmerge");
      assertThat(kubectl.run("--namespace=cert-merge", "get", "deployments,pdb,networkpolicies"))
          .contains("No resources found");
    }
  }
}
