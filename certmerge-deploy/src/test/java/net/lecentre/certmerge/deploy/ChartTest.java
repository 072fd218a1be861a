package net.lecentre.certmerge.deploy;

import static net.lecentre.certmerge.deploy.Manifests.DEPLOY;
import static net.lecentre.certmerge.deploy.Manifests.byName;
import static net.lecentre.certmerge.deploy.Manifests.documents;
import static net.lecentre.certmerge.deploy.Manifests.files;
import static net.lecentre.certmerge.deploy.Manifests.inNamespace;
import static net.lecentre.certmerge.deploy.Manifests.name;
import static net.lecentre.certmerge.deploy.Manifests.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart and the manifests beside it are the same; wrong values do not get far. */
class ChartTest {
  private static final String DEPLOYMENT = "Deployment cert-merge/certmerge-operator";
  private static final String OPERATOR = "/spec/template/spec/containers/0";

  private static JsonNode deployment(String values) {
    return in(Chart.render(values), DEPLOYMENT);
  }

  private static JsonNode in(Map<String, JsonNode> objects, String name) {
    JsonNode object = objects.get(name);
    assertThat(object).as(name).isNotNull();
    return object;
  }

  private static JsonNode at(JsonNode object, String pointer) {
    JsonNode found = object.at(pointer);
    assertThat(found.isMissingNode()).as("no %s", pointer).isFalse();
    return found;
  }

  private static List<String> arguments(String values) {
    List<String> arguments = new ArrayList<>();
    deployment(values).at(OPERATOR + "/args").forEach(each -> arguments.add(each.asText()));
    return arguments;
  }

  private static Map<String, JsonNode> shipped() {
    Map<String, JsonNode> shipped = byName(files("").stream());
    // Helm makes it itself, with --create-namespace.
    assertThat(shipped.remove("Namespace cert-merge")).isNotNull();
    return shipped;
  }

  @Test
  void the_chart_renders_what_deploy_ships() {
    Map<String, JsonNode> rendered = Chart.render("crds: {keep: false}");

    assertThat(rendered.keySet()).isEqualTo(shipped().keySet());
    assertThat(rendered).isEqualTo(shipped());
  }

  @Test
  void helm_keeps_the_crd_and_so_every_certmerge_when_the_release_goes() {
    String crd = "CustomResourceDefinition certmerges.certmerge.lecentre.net";
    JsonNode rendered = in(Chart.render(""), crd);

    assertThat(at(rendered, "/metadata/annotations").toString())
        .isEqualTo("{\"helm.sh/resource-policy\":\"keep\"}");
    assertThat(rendered.get("spec")).isEqualTo(in(shipped(), crd).get("spec"));
  }

  @Test
  void in_a_few_namespaces_it_renders_the_rights_that_deploy_namespaced_ships() {
    Map<String, JsonNode> shipped = new TreeMap<>();
    for (JsonNode object : byName(files("namespaced/operator").stream()).values()) {
      shipped.put(name(object), object);
    }
    for (String namespace : List.of("shop", "web")) {
      for (JsonNode object : byName(files("namespaced/namespace").stream()).values()) {
        JsonNode there = inNamespace(object, namespace);
        shipped.put(name(there), there);
      }
    }

    assertThat(rights(Chart.render("namespaces: [web, shop]"))).isEqualTo(shipped);
  }

  @Test
  void where_pods_may_be_refreshed_it_renders_the_rights_that_deploy_refresh_pods_ships() {
    Map<String, JsonNode> expected = rights(Chart.render(""));
    for (JsonNode object : byName(files("refresh-pods").stream()).values()) {
      JsonNode there =
          object.get("kind").asText().equals("RoleBinding")
              ? inNamespace(object, "istio-system")
              : object;
      expected.put(name(there), there);
    }

    assertThat(rights(Chart.render("refreshPods: {namespaces: [istio-system]}")))
        .isEqualTo(expected);
  }

  private static Map<String, JsonNode> rights(Map<String, JsonNode> objects) {
    Map<String, JsonNode> rights = new TreeMap<>(objects);
    rights.values().removeIf(object -> !object.get("kind").asText().matches(".*Role(Binding)?"));
    return rights;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rbac: {referenceGrants: false}",
        "{namespaces: [web], rbac: {referenceGrants: false}}"
      })
  void without_reference_grants_nothing_but_the_right_to_read_them_is_missing(String values) {
    Map<String, JsonNode> with =
        rights(Chart.render(values.replace("referenceGrants: false", "referenceGrants: true")));
    with.values().stream()
        .filter(role -> role.has("rules"))
        .forEach(
            role -> removeIf(role.withArray("/rules"), rule -> rule.toString().contains("grants")));

    assertThat(rights(Chart.render(values))).isEqualTo(with);
  }

  private static void removeIf(JsonNode array, Predicate<JsonNode> unwanted) {
    for (Iterator<JsonNode> each = array.iterator(); each.hasNext(); ) {
      if (unwanted.test(each.next())) {
        each.remove();
      }
    }
  }

  @Test
  void without_rbac_it_gives_no_rights() {
    assertThat(rights(Chart.render("{rbac: {create: false}, refreshPods: {namespaces: [web]}}")))
        .isEmpty();
  }

  @Test
  void another_service_account_is_the_one_that_runs_and_has_the_rights() {
    Map<String, JsonNode> rendered =
        Chart.render("serviceAccount: {create: false, name: my-account}");

    assertThat(rendered.keySet()).noneMatch(name -> name.startsWith("ServiceAccount"));
    assertThat(at(in(rendered, DEPLOYMENT), "/spec/template/spec/serviceAccountName").asText())
        .isEqualTo("my-account");
    assertThat(rights(rendered).values())
        .filteredOn(object -> object.has("subjects"))
        .allSatisfy(
            binding ->
                assertThat(at(binding, "/subjects/0/name").asText()).isEqualTo("my-account"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "namespaces: [web, shop]                | --namespaces=web,shop",
        "trustedNamespaces: ['*']               | --trusted-namespaces=*",
        "trustedNamespaces: [cert-merge, infra] | --trusted-namespaces=cert-merge,infra",
        "expiryWarning: 336h                    | --expiry-warning=336h",
        "resync: PT10M                          | --resync=PT10M",
        "logLevel: debug                        | --loglevel=debug",
        "logJson: false                         | --logjson=false",
      })
  void a_value_becomes_the_operators_flag(String values, String flag) {
    assertThat(arguments(values)).containsExactly(flag);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replicas: 3                           | /spec/replicas                          | 3",
        "image: {repository: r.example.com/op} | /spec/template/spec/containers/0/image  | r.example.com/op:0.1.0",
        "image: {tag: '1.2'}                   | /spec/template/spec/containers/0/image  | certmerge-operator:1.2",
        "image: {pullPolicy: Always}           | /spec/template/spec/containers/0/imagePullPolicy | Always",
        "imagePullSecrets: [{name: login}]     | /spec/template/spec/imagePullSecrets/0/name | login",
        "priorityClassName: system-cluster-critical | /spec/template/spec/priorityClassName | system-cluster-critical",
        "nodeSelector: {disk: fast}            | /spec/template/spec/nodeSelector/disk    | fast",
        "tolerations: [{operator: Exists}]     | /spec/template/spec/tolerations/0/operator | Exists",
        "affinity: {nodeAffinity: {a: b}}      | /spec/template/spec/affinity/nodeAffinity/a | b",
        "podLabels: {team: web}                | /spec/template/metadata/labels/team      | web",
        "podAnnotations: {note: text}          | /spec/template/metadata/annotations/note | text",
        "env: [{name: JDK_JAVA_OPTIONS, value: -Xmx1g}] | /spec/template/spec/containers/0/env/2/value | -Xmx1g",
        "resources: {limits: {memory: 1Gi}}    | /spec/template/spec/containers/0/resources/limits/memory | 1Gi",
      })
  void a_value_becomes_a_field_of_the_deployment(String values, String pointer, String expected) {
    assertThat(at(deployment(values), pointer).asText()).isEqualTo(expected);
  }

  @Test
  void a_digest_takes_the_place_of_the_tag() {
    String digest = "sha256:" + "0a".repeat(32);

    assertThat(
            at(deployment("image: {tag: '1.2', digest: '" + digest + "'}"), OPERATOR + "/image")
                .asText())
        .isEqualTo("certmerge-operator@" + digest);
  }

  @ParameterizedTest
  @CsvSource({
    "podDisruptionBudget: {enabled: false}, PodDisruptionBudget",
    "networkPolicy: {enabled: false}, NetworkPolicy",
    "crds: {install: false}, CustomResourceDefinition",
    "serviceAccount: {create: false}, ServiceAccount"
  })
  void what_is_not_wanted_is_not_rendered(String values, String kind) {
    Map<String, JsonNode> expected = Chart.render("");
    assertThat(expected.keySet().removeIf(name -> name.startsWith(kind + " "))).isTrue();

    assertThat(Chart.render(values)).isEqualTo(expected);
  }

  @Test
  void metrics_may_be_kept_from_everybody() {
    JsonNode policy =
        in(
            Chart.render("networkPolicy: {metricsFrom: []}"),
            "NetworkPolicy cert-merge/certmerge-operator");

    assertThat(at(policy, "/spec/ingress")).isEmpty();
  }

  @Test
  void the_chart_carries_the_crd_the_rules_and_the_dashboard_that_deploy_ships() {
    assertThat(text(Chart.DIRECTORY.resolve("files/certmerge_v1alpha1_certmerge_crd.yaml")))
        .isEqualTo(text(DEPLOY.resolve("certmerge_v1alpha1_certmerge_crd.yaml")));
    assertThat(text(Chart.DIRECTORY.resolve("files/prometheus_rule.yaml")))
        .isEqualTo(text(DEPLOY.resolve("monitoring/prometheus_rule.yaml")));
    assertThat(text(Chart.DIRECTORY.resolve("files/dashboard.json")))
        .isEqualTo(text(DEPLOY.resolve("monitoring/dashboard.json")));
  }

  @Test
  void monitoring_is_rendered_as_deploy_monitoring_ships_it() {
    Map<String, JsonNode> expected = Chart.render("");
    expected.putAll(byName(Stream.of(DEPLOY.resolve("monitoring/prometheus_rule.yaml"))));
    expected.putAll(byName(Stream.of(DEPLOY.resolve("monitoring/service_monitor.yaml"))));
    Map<String, JsonNode> rendered =
        Chart.render("monitoring: {serviceMonitor: {enabled: true}, rules: {enabled: true}}");

    assertThat(rendered).isEqualTo(expected);
  }

  @Test
  void the_dashboard_is_rendered_for_grafanas_sidecar() {
    JsonNode map =
        in(
            Chart.render("monitoring: {dashboard: {enabled: true}}"),
            "ConfigMap cert-merge/certmerge-dashboard");

    assertThat(at(map, "/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
    assertThat(documents(at(map, "/data/certmerge.json").asText()))
        .isEqualTo(documents(text(DEPLOY.resolve("monitoring/dashboard.json"))));
  }

  @Test
  void a_label_that_a_prometheus_selects_by_is_on_its_objects() {
    assertThat(
            Chart.render(
                    """
                    monitoring:
                      serviceMonitor: {enabled: true, labels: {release: mine}}
                      rules: {enabled: true, labels: {release: mine}}
                    """)
                .values())
        .filteredOn(object -> object.get("apiVersion").asText().startsWith("monitoring"))
        .hasSize(2)
        .allSatisfy(
            object ->
                assertThat(at(object, "/metadata/labels/release").asText()).isEqualTo("mine"));
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
            "replica: 2 | replica",
            "replicas: two | replicas",
            "replicas: -1 | replicas",
            "image: {repo: x} | repo",
            "image: {tag: 'a b'} | tag",
            "image: {digest: sha256:12} | digest",
            "image: {pullPolicy: Sometimes} | pullPolicy",
            "imagePullSecrets: [login] | imagePullSecrets",
            "namespaces: web | namespaces",
            "namespaces: [Web] | namespaces",
            "namespaces: [web, web] | namespaces",
            "trustedNamespaces: ['a b'] | trustedNamespaces",
            "expiryWarning: a week | expiryWarning",
            "resync: 5 | resync",
            "logLevel: loud | logLevel",
            "logJson: 'yes' | logJson",
            "rbac: {referenceGrant: true} | referenceGrant",
            "rbac: {create: 1} | create",
            "refreshPods: [istio-system] | refreshPods",
            "serviceAccount: {name: ''} | name",
            "crds: {keep: never} | keep",
            "resources: {limits: {memory: lots}} | memory",
            "resources: {limit: {memory: 1Gi}} | limit",
            "podDisruptionBudget: {maxUnavailable: some} | maxUnavailable",
            "topologySpreadConstraints: [{maxSkew: 1}] | topologySpreadConstraints",
            "networkPolicy: {apiServerPorts: []} | apiServerPorts",
            "networkPolicy: {metricsFrom: [{}]} | metricsFrom",
            "nodeSelector: {disk: 1} | disk",
            "env: [{value: x}] | env",
            "monitoring: {serviceMonitor: {interval: often}} | interval",
            "monitoring: {dashboards: {}} | dashboards")
        .map(row -> row.split(" \\| ", 2))
        .map(row -> Arguments.of(row[0], row[1]));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void a_wrong_value_is_refused_with_the_name_of_its_field(String values, String field) {
    assertThatThrownBy(() -> Chart.render(values))
        .hasMessageContaining("schema")
        .hasMessageContaining(field);
  }

  @Test
  void every_value_is_in_the_schema_and_nothing_else_is() {
    JsonNode values = documents(text(Chart.DIRECTORY.resolve("values.yaml"))).get(0);
    ObjectNode schema =
        (ObjectNode) documents(text(Chart.DIRECTORY.resolve("values.schema.json"))).get(0);
    ObjectNode properties = (ObjectNode) schema.get("properties");
    // Helm hands it to every chart.
    properties.remove("global");

    assertThat(names(values)).isEqualTo(names(properties));
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void helm_has_nothing_against_the_chart() {
    LintResult result = new Helm(Chart.DIRECTORY).lint().strict().call();

    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
  }

  @Test
  void an_older_cluster_than_the_manifests_need_is_refused() {
    assertThatThrownBy(() -> new Helm(Chart.DIRECTORY).template().withKubeVersion("1.26.9").call())
        .hasMessageContaining("1.27");
  }

  @Test
  void chart_and_images_have_the_version_of_the_project() {
    String version = System.getProperty("certmerge.version", "").replace("-SNAPSHOT", "");
    JsonNode chart = documents(text(Chart.DIRECTORY.resolve("Chart.yaml"))).get(0);

    assertThat(List.of(chart.get("version").asText(), chart.get("appVersion").asText()))
        .containsOnly(version);
    assertThat(text(DEPLOY.resolve("operator.yaml")))
        .contains("image: certmerge-operator:" + version + "\n");
    assertThat(text(DEPLOY.resolve("istio/reloader-sidecar.yaml")))
        .contains("image: certmerge-reloader:" + version + "\n");
  }
}
