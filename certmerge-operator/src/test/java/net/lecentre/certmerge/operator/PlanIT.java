package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.apply;
import static net.lecentre.certmerge.operator.Cluster.certMerge;
import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.putMismatched;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.client.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import net.lecentre.certmerge.operator.terminal.Terminal;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code plan}, against a cluster whose operator works. */
class PlanIT {
  private String ours = "";

  private record Said(int code, String out, String err) {}

  @BeforeEach
  void namespace() {
    ours = Cluster.newNamespace();
  }

  private static Said plan(String input, String... options) {
    PlanCommand plan =
        new PlanCommand(
            Clock.systemUTC(),
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            Terminal.NONE);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        new CommandLine(plan).setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
    command.parseArgs(options);
    // With the operator's own rights: these suffice, and there are none to write a CertMerge.
    int code = plan.plan(Config.fromKubeconfig(Cluster.operatorKubeconfig().toFile()));
    return new Said(code, out.toString(), err.toString());
  }

  private String certMergeOf(String name, String spec) {
    return """
    apiVersion: certmerge.lecentre.net/v1alpha1
    kind: CertMerge
    metadata: {name: %s, namespace: %s}
    spec: %s
    """
        .formatted(name, ours, spec);
  }

  @Test
  void a_new_certmerge_is_planned_and_nothing_is_written() {
    put(ours, "shop", issue("shop.example.com"));

    Said said =
        plan(
            certMergeOf("edge", "{name: merged, secretlist: [{name: shop}, {name: gone}]}"),
            "-f",
            "-");

    assertThat(said.out())
        .contains("added     shop  from " + ours + "/shop")
        .containsPattern("expires in 89 days +shop.example.com")
        .contains("excluded  gone  from " + ours + "/gone")
        .contains("NotFound: there is no Secret")
        .contains("writes Secret " + ours + "/merged");
    assertThat(said.code()).isEqualTo(1);
    assertThat(certMerge(ours, "edge")).isNull();
    assertThat(client().secrets().inNamespace(ours).withName("merged").get()).isNull();
  }

  @Test
  void a_change_of_a_certmerge_tells_what_comes_stays_and_leaves() {
    IssuedPair one = issue("one.example.com");
    IssuedPair two = issue("two.example.com");
    put(ours, "one", one);
    put(ours, "two", two);
    put(ours, "three", issue("three.example.com"));
    apply(certMergeOf("edge", "{name: merged, secretlist: [{name: one}, {name: two}]}"));
    eventuallyHolds(ours, "merged", Map.of("one", one, "two", two));
    String before = secret(ours, "merged").getMetadata().getResourceVersion();

    Said said =
        plan(
            certMergeOf("edge", "{name: merged, secretlist: [{name: two}, {name: three}]}"),
            "-f",
            "-");

    assertThat(said.out())
        .contains("added     three")
        .contains("removed   one")
        .contains("1 added, 1 unchanged, 1 removed");
    assertThat(said.code()).isZero();
    assertThat(secret(ours, "merged").getMetadata().getResourceVersion()).isEqualTo(before);
  }

  @Test
  void a_removal_that_would_be_held_back_is_told() {
    IssuedPair one = issue("one.example.com");
    IssuedPair two = issue("two.example.com");
    put(ours, "one", one);
    put(ours, "two", two);
    apply(certMergeOf("edge", "{name: merged, secretlist: [{name: one}, {name: two}]}"));
    eventuallyHolds(ours, "merged", Map.of("one", one, "two", two));

    Said said =
        plan(
            certMergeOf("edge", "{name: merged, maxRemovals: 0, secretlist: [{name: two}]}"),
            "-f",
            "-");

    assertThat(said.out()).contains("RemovalHeld").contains("certmerge.lecentre.net/release=");
    assertThat(said.code()).isEqualTo(1);
  }

  @Test
  void a_target_that_belongs_to_another_certmerge_is_told() {
    IssuedPair one = issue("one.example.com");
    put(ours, "one", one);
    apply(certMergeOf("first", "{name: merged, secretlist: [{name: one}]}"));
    eventuallyHolds(ours, "merged", Map.of("one", one));

    Said said = plan(certMergeOf("second", "{name: merged, secretlist: [{name: one}]}"), "-f", "-");

    assertThat(said.out()).contains("TargetConflict").contains(ours + "/first");
  }

  @Test
  void without_a_file_the_certmerges_of_the_cluster_are_planned() throws IOException {
    IssuedPair good = issue("shop.example.com");
    put(ours, "shop", good);
    apply(certMergeOf("edge", "{name: merged, secretlist: [{name: shop}]}"));
    eventuallyHolds(ours, "merged", Map.of("shop", good));
    putMismatched(ours, "shop", "shop.example.com");

    Said said = plan("", "--namespaces=" + ours, "--format=json");

    JsonNode merge = new JsonMapper().readTree(said.out()).path("certmerges").path(0);
    assertThat(merge.path("certMerge").asText()).isEqualTo(ours + "/edge");
    JsonNode entry = merge.path("entries").path(0);
    assertThat(entry.path("change").asText()).isEqualTo("kept");
    assertThat(entry.path("reason").asText()).isEqualTo("KEY_MISMATCH");
    assertThat(said.code()).isEqualTo(1);
  }

  @Test
  void no_key_is_printed() {
    put(ours, "shop", issue("shop.example.com"));
    putMismatched(ours, "broken", "broken.example.com");
    String certMerge =
        certMergeOf("edge", "{name: merged, secretlist: [{name: shop}, {name: broken}]}");

    assertThat(plan(certMerge, "-f", "-").out()).contains("KEY_MISMATCH").doesNotContain("BEGIN");
    assertThat(plan(certMerge, "-f", "-", "--format=json").out()).doesNotContain("BEGIN");
  }

  @Test
  void a_spec_that_makes_no_sense_names_the_field() {
    Said said =
        plan(
            certMergeOf("edge", "{name: merged, maxRemovals: many, secretlist: [{name: shop}]}"),
            "-f",
            "-");

    assertThat(said.out()).contains("InvalidSpec").contains("spec.maxRemovals");
    assertThat(said.code()).isEqualTo(1);
  }

  @Test
  void a_certmerge_without_a_spec_is_told() {
    Said said =
        plan(
            """
            apiVersion: certmerge.lecentre.net/v1alpha1
            kind: CertMerge
            metadata: {name: empty}
            """,
            "-f",
            "-");

    assertThat(said.out()).contains("CertMerge default/empty").contains("InvalidSpec");
  }

  @Test
  void a_file_without_a_certmerge_is_wrong_usage() {
    Said said = plan("kind: Secret", "-f", "-");

    assertThat(said.err()).contains("standard input: there is no CertMerge in it");
    assertThat(said.code()).isEqualTo(2);
  }

  @Test
  void a_field_of_another_type_is_wrong_usage() {
    Said said = plan(certMergeOf("edge", "{name: merged, shards: {}}"), "-f", "-");

    assertThat(said.err())
        .contains("CertMerge edge cannot be understood: spec.shards is of another type");
    assertThat(said.code()).isEqualTo(2);
  }

  @Test
  void a_field_that_does_not_exist_is_wrong_usage_and_the_one_that_was_meant_is_named() {
    Said said = plan(certMergeOf("edge", "{name: merged, secretLst: [{name: shop}]}"), "-f", "-");

    assertThat(said.err())
        .contains("there is no field spec.secretLst; did you mean secretlist?")
        .hasLineCount(1);
    assertThat(said.code()).isEqualTo(2);
  }
}
