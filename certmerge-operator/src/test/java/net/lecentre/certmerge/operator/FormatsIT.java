package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.apply;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.keys;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.putMismatched;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.lecentre.certmerge.testbed.IssuedPair;
import org.junit.jupiter.api.Test;

/** Which files a target has for each entry, and what they are called. */
class FormatsIT {
  private static final String SHOP = "name: merged, secretlist: [{name: shop}], ";

  private final String namespace = Cluster.newNamespace();
  private final IssuedPair shop = issue("shop.example.com");

  private void merge(String spec) {
    put(namespace, "shop", shop);
    apply(namespace, "all", SHOP + spec);
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
  }

  private void eventuallyCombined() {
    eventually(
        namespace,
        "merged",
        target -> {
          assertThat(keys(target)).containsExactly("shop.pem");
          assertThat(text(target, "shop.pem")).isEqualTo(shop.keyPem() + shop.crtPem());
        });
  }

  @Test
  void a_combined_file_holds_the_key_and_then_the_certificates() {
    merge("formats: [CombinedPEM]");

    eventuallyCombined();
  }

  @Test
  void envoys_file_names_the_pairs_files_where_the_gateway_mounts_them() {
    merge("formats: [EnvoySDS], mountPath: /certs");

    eventually(
        namespace,
        "merged",
        target -> {
          assertThat(keys(target)).containsExactly("shop.crt", "shop.key", "shop.sds.yaml");
          assertThat(text(target, "shop.sds.yaml"))
              .contains("name: \"shop\"", "\"/certs/shop.crt\"", "\"/certs/shop.key\"");
        });
  }

  @Test
  void another_mount_path_is_written_into_envoys_file() {
    merge("formats: [EnvoySDS], mountPath: /certs");

    apply(namespace, "all", SHOP + "formats: [EnvoySDS], mountPath: /elsewhere");

    eventually(
        namespace,
        "merged",
        target -> assertThat(text(target, "shop.sds.yaml")).contains("\"/elsewhere/shop.crt\""));
  }

  @Test
  void all_formats_can_be_had_together() {
    merge("formats: [Pair, CombinedPEM, EnvoySDS]");

    eventually(
        namespace,
        "merged",
        target ->
            assertThat(keys(target))
                .containsExactly("shop.crt", "shop.key", "shop.pem", "shop.sds.yaml"));
  }

  @Test
  void another_format_takes_the_place_of_the_old_one_with_the_last_good_pair() {
    merge("formats: [Pair]");
    putMismatched(namespace, "shop", "shop.example.com");

    apply(namespace, "all", SHOP + "formats: [CombinedPEM]");

    eventuallyCombined();
  }

  @Test
  void the_last_good_pair_is_read_back_from_a_combined_file() {
    merge("formats: [CombinedPEM]");

    Cluster.withoutOperator(
        () -> {
          putMismatched(namespace, "shop", "shop.example.com");
          apply(namespace, "all", SHOP + "formats: [Pair]");
        });

    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void the_last_good_pair_goes_along_when_keys_are_named_in_another_way() {
    merge("keys: Name");
    putMismatched(namespace, "shop", "shop.example.com");

    apply(namespace, "all", SHOP + "keys: NamespacedName");

    eventuallyHolds(namespace, "merged", Map.of(namespace + "-shop", shop));
  }
}
