package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.apply;
import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.counts;
import static net.lecentre.certmerge.operator.Cluster.entry;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.issueLarge;
import static net.lecentre.certmerge.operator.Cluster.keys;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;

/** Whatever one of them says, all others are merged. */
class BadInputIT {
  private static final String ALL = "name: merged, selector: [{labelselector: {}}]";

  private final String namespace = Cluster.newNamespace();
  private final IssuedPair shop = issue("shop.example.com");

  private void putBytes(String name, byte[] crt, byte[] key) {
    Base64.Encoder base64 = Base64.getEncoder();
    client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withType("kubernetes.io/tls")
                .addToData("tls.crt", base64.encodeToString(crt))
                .addToData("tls.key", base64.encodeToString(key))
                .build())
        .create();
  }

  private static byte[] garbage(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void garbage_in_some_sources_does_not_keep_the_others_from_being_merged() {
    put(namespace, "shop", shop);
    putBytes("empty", new byte[0], new byte[0]);
    putBytes("garbage", garbage(3_000), garbage(2_000));
    putBytes("large", garbage(1_000_000), garbage(10));
    putBytes("no-key", shop.crtBytes(), new byte[0]);
    putBytes("swapped", shop.keyBytes(), shop.crtBytes());

    apply(namespace, "all", ALL);

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    eventually(() -> assertThat(counts(namespace, "all").excluded()).isEqualTo(5));
  }

  @Test
  void a_name_that_is_too_long_for_one_of_the_files_excludes_its_source_alone() {
    String longest = "n".repeat(246);
    put(namespace, "shop", shop);
    put(namespace, longest, shop);

    apply(namespace, "all", ALL + ", formats: [EnvoySDS]");

    eventually(
        namespace,
        "merged",
        target ->
            assertThat(keys(target)).containsExactly("shop.crt", "shop.key", "shop.sds.yaml"));
    eventually(
        () ->
            assertThat(entry(status(namespace, "all"), namespace + "/" + longest).reason())
                .isEqualTo("TOO_LARGE"));
  }

  @Test
  void so_many_names_that_no_status_has_room_for_them_do_not_keep_the_target_from_being_told_of() {
    for (int i = 0; i < 6; i++) {
      put(namespace, "large-" + i, issueLarge("large-" + i + ".example.com", 400_000));
    }

    apply(namespace, "all", ALL + ", shards: 4");

    eventually(() -> assertThat(counts(namespace, "all").merged()).isEqualTo(6));
    assertThat(readyReason(namespace, "all")).isEqualTo("Merged");
  }

  @Test
  void nonsense_in_one_certmerge_does_not_keep_others_from_being_merged() {
    String values =
        IntStream.range(0, 990)
            .mapToObj(number -> "\"välue ☃ %d\"".formatted(number))
            .collect(Collectors.joining(","));
    String expressions =
        IntStream.range(0, 100)
            .mapToObj(
                number -> "{key: 'k%d', operator: NotIn, values: [%s]}".formatted(number, "a"))
            .collect(Collectors.joining(","));
    String missing =
        IntStream.range(0, 300)
            .mapToObj("{name: missing-%d}"::formatted)
            .collect(Collectors.joining(","));
    apply(
        namespace,
        "unicode",
        "name: a, selector: [{labelselector: {matchExpressions: [{key: '☃', operator: In, values: ["
            + values
            + "]}], matchLabels: {'': '\\u0000'}}}]");
    apply(
        namespace,
        "expressions",
        "name: b, selector: [{labelselector: {matchExpressions: [" + expressions + "]}}]");
    apply(namespace, "missing", "name: c, secretlist: [" + missing + "]");
    apply(namespace, "itself", "name: d, secretlist: [{name: d}, {name: d}]");
    put(namespace, "shop", shop);

    apply(namespace, "good", "name: merged, secretlist: [{name: shop}]");

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
    eventually(() -> assertThat(counts(namespace, "missing").excluded()).isEqualTo(300));
    eventually(() -> assertThat(readyReason(namespace, "unicode")).isEqualTo("NoSources"));
    eventually(() -> assertThat(counts(namespace, "itself").sources()).isEqualTo(1));
    eventuallyHolds(namespace, "b", Map.of("shop", shop));
  }
}
