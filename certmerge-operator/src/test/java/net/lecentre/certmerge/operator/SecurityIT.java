package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.keys;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static net.lecentre.certmerge.operator.Cluster.status;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.logs.JsonLines;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What docs/security.md says and no other test shows. */
class SecurityIT {
  private String ours = "";
  private String theirs = "";

  @BeforeEach
  void namespaces() {
    ours = Cluster.newNamespace();
    theirs = Cluster.newNamespace();
  }

  private static void apply(String namespace, String name, String spec) {
    Cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: %s, namespace: %s}
        spec: %s
        """
            .formatted(name, namespace, spec));
  }

  /** A target as a tenant may forge it: it says to hold a pair of somebody else's Secret. */
  private void forgeTarget(String certMerge, String target, String source, IssuedPair pair) {
    client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(ours)
                .withName(target)
                .addToLabels("creator", "certmerge-operator")
                .addToLabels("certmerge", certMerge)
                .addToAnnotations("certmerge.lecentre.net/owner", ours + "/" + certMerge)
                .addToAnnotations("certmerge.lecentre.net/sources", "{\"loot\":\"" + source + "\"}")
                .endMetadata()
                .withType("Opaque")
                .addToStringData("loot.crt", pair.crtPem())
                .addToStringData("loot.key", pair.keyPem())
                .build())
        .create();
  }

  @Test
  void a_forged_target_does_not_tell_whether_a_secret_exists_elsewhere() {
    IssuedPair forged = issue("forged.example.com");
    put(theirs, "there", issue("there.example.com"));
    forgeTarget("one", "first", theirs + "/there", forged);
    forgeTarget("two", "second", theirs + "/missing", forged);

    String spec = "{name: %s, deletedSourceGracePeriod: 24h, secretlist: [{name: none}]}";
    apply(ours, "one", spec.formatted("first"));
    apply(ours, "two", spec.formatted("second"));

    eventually(() -> assertThat(readyReason(ours, "one")).isEqualTo("NoSources"));
    eventually(() -> assertThat(readyReason(ours, "two")).isEqualTo("NoSources"));
    assertThat(keys(secret(ours, "first"))).isEqualTo(keys(secret(ours, "second"))).isEmpty();
    assertThat(status(ours, "one").counts()).isEqualTo(status(ours, "two").counts());
  }

  @Test
  void that_a_secret_changes_elsewhere_is_not_to_be_learnt_from_what_the_operator_counts() {
    IssuedPair own = issue("own.example.com");
    put(ours, "own", own);
    put(theirs, "shop", issue("shop.example.com"));
    apply(
        ours,
        "all",
        "{name: merged, secretlist: [{name: shop, namespace: %s}], selector: [{labelselector: {}}]}"
            .formatted(theirs));
    eventuallyHolds(ours, "merged", Map.of("own", own));
    eventually(() -> assertThat(readyReason(ours, "all")).isEqualTo("Merged"));
    apply(theirs, "own", "{name: merged, secretlist: [{name: shop}]}");
    List<String> before = rounds(ours);

    for (int i = 0; i < 5; i++) {
      IssuedPair renewed = issue("shop.example.com");
      put(theirs, "shop", renewed);
      eventuallyHolds(theirs, "merged", Map.of("shop", renewed));
    }

    assertThat(rounds(ours)).isEqualTo(before).isNotEmpty();
  }

  private static List<String> rounds(String namespace) {
    return metrics()
        .lines()
        .filter(line -> line.startsWith("certmerge_merges_total"))
        .filter(line -> line.contains('"' + namespace + '"'))
        .toList();
  }

  @Test
  void a_trusted_certmerge_that_names_no_namespace_selects_in_all_of_them() {
    IssuedPair shop = issue("shop.example.com");
    put(theirs, "shop", shop, Map.of("security-it", theirs));

    apply(
        Cluster.TRUSTED,
        theirs,
        "{name: %s, selector: [{labelselector: {matchLabels: {security-it: %s}}}]}"
            .formatted(theirs, theirs));

    eventuallyHolds(Cluster.TRUSTED, theirs, Map.of("shop", shop));
  }

  @Test
  void nothing_that_is_told_holds_a_key() {
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    appender.start();
    root.addAppender(appender);
    IssuedPair good = issue("good.example.com");
    IssuedPair swapped = issue("swapped.example.com");
    String damagedKey = swapped.keyPem().replaceFirst("\n-----END", "\n*-----END");
    try {
      put(ours, "good", good);
      client()
          .resource(TestSecrets.tls(ours, "swapped", swapped.keyPem(), swapped.crtPem(), Map.of()))
          .create();
      client()
          .resource(TestSecrets.tls(ours, "damaged", swapped.crtPem(), damagedKey, Map.of()))
          .create();
      apply(
          ours,
          "all",
          "{name: merged, secretlist: [{name: good}, {name: swapped}, {name: damaged}]}");
      eventuallyHolds(ours, "merged", Map.of("good", good));
      eventually(() -> assertThat(Cluster.counts(ours, "all").excluded()).isEqualTo(2));
      eventually(() -> assertThat(Cluster.events(ours, "SourceExcluded")).hasSize(2));
    } finally {
      root.detachAppender(appender);
    }
    JsonLines lines = new JsonLines();
    lines.start();
    String told =
        Stream.of(
                client().getKubernetesSerialization().asJson(Cluster.certMerge(ours, "all")),
                client()
                    .getKubernetesSerialization()
                    .asJson(client().v1().events().inNamespace(ours).list()),
                metrics(),
                List.copyOf(appender.list).stream()
                    .map(event -> new String(lines.encode(event), StandardCharsets.UTF_8))
                    .collect(Collectors.joining()))
            .collect(Collectors.joining("\n"));

    assertThat(told).contains("good.example.com").contains(ours + "/swapped");
    Stream.of(good, swapped)
        .flatMap(pair -> pair.keyPem().lines())
        .filter(line -> !line.startsWith("-----") && line.length() >= 16)
        .forEach(line -> assertThat(told).doesNotContain(line.substring(0, 16)));
  }

  private static String metrics() {
    try {
      URI metrics = URI.create("http://127.0.0.1:" + Cluster.port() + "/metrics");
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
