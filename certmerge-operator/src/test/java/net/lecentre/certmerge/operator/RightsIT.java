package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The rights that deploy/ gives: enough, and none beyond. */
class RightsIT {
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final String REQUEST =
      "certmerge_api_requests_total\\{code=\"%s\",group=\"([^\"]+)\",resource=\"([^\"]+)\",verb=\"([^\"]+)\"\\}";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static CertMergeOperator start(String... flags) {
    Options options = new Options();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(flags);
    options.port = 0;
    CertMergeOperator operator =
        new CertMergeOperator(
            Config.fromKubeconfig(Cluster.operatorKubeconfig().toFile()),
            options,
            Clock.systemUTC());
    operator.start();
    return operator;
  }

  private static void applyCertMerge(String namespace, String spec) {
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: all, namespace: %s}
        spec: %s
        """
            .formatted(namespace, spec));
  }

  private static Set<String> granted(Path file) throws IOException {
    try (InputStream yaml = Files.newInputStream(file)) {
      Set<String> granted = new TreeSet<>();
      for (HasMetadata item : client().load(yaml).items()) {
        List<PolicyRule> rules =
            item instanceof ClusterRole everywhere
                ? everywhere.getRules()
                : ((Role) item).getRules();
        rules.forEach(rule -> rights(rule).forEach(granted::add));
      }
      return granted;
    }
  }

  private static Stream<String> rights(PolicyRule rule) {
    return rule.getApiGroups().stream()
        .flatMap(
            group ->
                rule.getResources().stream()
                    .flatMap(
                        resource ->
                            rule.getVerbs().stream()
                                .map(
                                    verb ->
                                        verb
                                            + " "
                                            + (group.isEmpty() ? "core" : group)
                                            + "/"
                                            + resource)));
  }

  /** The rights that an operator has asked for and was refused. */
  private static Set<String> refused(CertMergeOperator operator) {
    return requests(operator, "403");
  }

  private static Set<String> used(CertMergeOperator operator) {
    // 101 is a watch.
    return requests(operator, "(?:2..|101)");
  }

  private static Set<String> requests(CertMergeOperator operator, String code) {
    try {
      URI metrics = URI.create("http://127.0.0.1:" + operator.port() + "/metrics");
      String text =
          HTTP.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      return Pattern.compile(REQUEST.formatted(code))
          .matcher(text)
          .results()
          .map(RightsIT::right)
          .filter(right -> !right.contains(" none/"))
          // Everybody may ask about their own rights.
          .filter(right -> !right.contains("selfsubject"))
          // Asked for only where the Gateway API is installed, and another test may do so.
          .filter(right -> !right.contains("referencegrants"))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String right(MatchResult found) {
    return found.group(3) + " " + found.group(1) + "/" + found.group(2);
  }

  @Test
  void every_right_of_the_role_is_needed_and_none_is_missing() throws IOException {
    Set<String> granted = granted(DEPLOY.resolve("role.yaml"));
    granted.removeIf(right -> right.contains("referencegrants"));
    // How the Lease is given back at the end.
    granted.remove("update coordination.k8s.io/leases");
    Cluster.withoutOperator(
        () -> {
          client().leases().inNamespace("cert-merge").withName("certmerge-operator").delete();
          try (CertMergeOperator operator = start("--leader-elect", "--trusted-namespaces=*")) {
            String home = Cluster.newNamespace();
            String elsewhere = Cluster.newNamespace();
            IssuedPair first = issue("shop.example.com");
            put(home, "shop", first);
            applyCertMerge(
                home,
                "{name: merged, namespace: %s, secretlist: [{name: shop}]}".formatted(elsewhere));
            eventuallyHolds(elsewhere, "merged", Map.of("shop", first));
            IssuedPair renewed = issue("shop.example.com");
            put(home, "shop", renewed);
            eventuallyHolds(elsewhere, "merged", Map.of("shop", renewed));
            client().resources(CertMerge.class).inNamespace(home).withName("all").delete();
            eventually(
                () ->
                    assertThat(client().secrets().inNamespace(elsewhere).withName("merged").get())
                        .isNull());

            eventually(
                () -> {
                  assertThat(refused(operator)).isEmpty();
                  assertThat(used(operator)).isEqualTo(granted);
                });
          }
        });
  }

  @Test
  void roles_in_a_few_namespaces_suffice_for_an_operator_of_these() {
    String home = Cluster.newNamespace();
    String other = Cluster.newNamespace();
    String closed = Cluster.newNamespace();
    IssuedPair ours = issue("shop.example.com");
    IssuedPair theirs = issue("api.example.com");
    put(home, "shop", ours);
    put(other, "api", theirs);
    client()
        .secrets()
        .inNamespace(other)
        .withName("api")
        .edit(
            secret ->
                new SecretBuilder(secret)
                    .editMetadata()
                    .addToAnnotations("certmerge.lecentre.net/allowed-namespaces", home)
                    .endMetadata()
                    .build());
    withRolesAlone(
        List.of(home, other),
        () -> {
          try (CertMergeOperator operator =
              start("--leader-elect", "--namespaces=" + home + "," + other)) {
            applyCertMerge(
                home,
                """
                {name: merged, secretlist: [{name: shop}, {name: api, namespace: %s}, {name: far, namespace: %s}]}
                """
                    .formatted(other, closed));

            eventuallyHolds(home, "merged", Map.of("shop", ours, "api", theirs));
            eventually(
                () ->
                    assertThat(
                            Cluster.entry(Cluster.status(home, "all"), closed + "/far").message())
                        .contains("the operator does not work in namespace " + closed));
            assertThat(refused(operator)).isEmpty();
          }
        });
  }

  @Test
  void roles_in_a_few_namespaces_show_no_other_secret() {
    String home = Cluster.newNamespace();
    String closed = Cluster.newNamespace();
    withRolesAlone(
        List.of(home),
        () -> {
          try (KubernetesClient operator = ControlPlane.clientFor(Cluster.operatorKubeconfig())) {
            assertThat(operator.secrets().inNamespace(home).list().getItems()).isEmpty();
            assertThatThrownBy(() -> operator.secrets().inNamespace(closed).list())
                .hasMessageContaining("forbidden");
            assertThatThrownBy(() -> operator.secrets().inAnyNamespace().list())
                .hasMessageContaining("forbidden");
          }
        });
  }

  @Test
  void an_operator_of_a_few_namespaces_says_that_it_sees_no_labels_of_namespaces() {
    String home = Cluster.newNamespace();
    withRolesAlone(
        List.of(home),
        () -> {
          try (CertMergeOperator operator = start("--leader-elect", "--namespaces=" + home)) {
            applyCertMerge(
                home,
                """
                {name: merged, selector: [{namespaceSelector: {matchLabels: {team: web}}, labelselector: {matchLabels: {a: b}}}]}
                """);

            eventually(() -> assertThat(readyReason(home, "all")).isEqualTo("InvalidSpec"));
            assertThat(refused(operator)).isEmpty();
          }
        });
  }

  /** Has the operator's account nothing but what deploy/namespaced gives, for a while. */
  private static void withRolesAlone(List<String> namespaces, Runnable meanwhile) {
    Cluster.withoutOperator(
        () -> {
          client().rbac().clusterRoleBindings().withName("certmerge-operator").delete();
          try {
            apply("namespaced/operator", "cert-merge");
            namespaces.forEach(namespace -> apply("namespaced/namespace", namespace));
            meanwhile.run();
          } finally {
            ControlPlane.shared().apply(DEPLOY.resolve("role_binding.yaml"));
          }
        });
  }

  /** As {@code kubectl apply --namespace} does. */
  private static void apply(String manifests, String namespace) {
    try (Stream<Path> files = Files.list(DEPLOY.resolve(manifests))) {
      for (Path file : files.sorted().toList()) {
        try (InputStream yaml = Files.newInputStream(file)) {
          client()
              .load(yaml)
              .items()
              .forEach(item -> client().resource(item).inNamespace(namespace).serverSideApply());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
