package net.lecentre.certmerge.operator;

import static net.lecentre.certmerge.operator.Cluster.apply;
import static net.lecentre.certmerge.operator.Cluster.client;
import static net.lecentre.certmerge.operator.Cluster.counts;
import static net.lecentre.certmerge.operator.Cluster.entry;
import static net.lecentre.certmerge.operator.Cluster.events;
import static net.lecentre.certmerge.operator.Cluster.eventually;
import static net.lecentre.certmerge.operator.Cluster.eventuallyHolds;
import static net.lecentre.certmerge.operator.Cluster.issue;
import static net.lecentre.certmerge.operator.Cluster.issueLarge;
import static net.lecentre.certmerge.operator.Cluster.put;
import static net.lecentre.certmerge.operator.Cluster.putMismatched;
import static net.lecentre.certmerge.operator.Cluster.ready;
import static net.lecentre.certmerge.operator.Cluster.readyReason;
import static net.lecentre.certmerge.operator.Cluster.secret;
import static net.lecentre.certmerge.operator.Cluster.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Request;
import org.junit.jupiter.api.Test;

/** What keeps a mistake from taking certificates away. */
class SafetyIT {
  private static final String SELECTED =
      "selector: [{labelselector: {matchLabels: {certmerge: 'true'}}}]";
  private static final Map<String, String> LABELLED = Map.of("certmerge", "true");
  private static final String LATER_ONES =
      "selector: [{labelselector: {matchLabels: {later: 'true'}}}], secretlist: [{name: wiki}]";
  private static final Pattern RELEASE =
      Pattern.compile("certmerge\\.lecentre\\.net/release=([0-9a-f]+)");

  private final String namespace = Cluster.newNamespace();
  private final IssuedPair shop = issue("shop.example.com");
  private final IssuedPair blog = issue("blog.example.com");
  private final IssuedPair wiki = issue("wiki.example.com");

  /** The sources shop, blog and wiki, merged. */
  private void mergeThree(String spec) {
    put(namespace, "shop", shop, LABELLED);
    put(namespace, "blog", blog, LABELLED);
    put(namespace, "wiki", wiki, LABELLED);
    apply(namespace, "all", "name: merged, %s, %s".formatted(SELECTED, spec));
    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog, "wiki", wiki));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
  }

  private CertMergeStatus.Entry source(String name) {
    return entry(status(namespace, "all"), namespace + "/" + name);
  }

  private void eventuallyKept(String name, String reason) {
    eventually(
        () -> {
          assertThat(source(name).state()).isEqualTo("Kept");
          assertThat(source(name).reason()).isEqualTo(reason);
        });
  }

  @Test
  void a_certificate_that_ends_is_told_of_without_any_other_event_and_stays() {
    Instant now = Instant.now();
    IssuedPair ending =
        issue(
            Request.forHosts("shop.example.com").valid(now.minusSeconds(60), now.plusSeconds(10)));
    put(namespace, "shop", ending);
    apply(namespace, "all", "name: merged, secretlist: [{name: shop}]");
    eventually(() -> assertThat(source("shop").state()).isEqualTo("Merged"));

    eventuallyKept("shop", "EXPIRED");

    eventuallyHolds(namespace, "merged", Map.of("shop", ending));
  }

  @Test
  void a_pair_that_is_kept_is_told_of_with_its_reason_and_since_when() {
    Instant start = Instant.now().minusSeconds(1);
    put(namespace, "shop", shop);
    apply(namespace, "all", "name: merged, secretlist: [{name: shop}]");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));

    putMismatched(namespace, "shop", "shop.example.com");

    eventually(
        () -> {
          CertMergeStatus.Entry kept = source("shop");
          assertThat(kept.state()).isEqualTo("Kept");
          assertThat(kept.reason()).isEqualTo("KEY_MISMATCH");
          assertThat(Instant.parse(String.valueOf(kept.since()))).isAfter(start);
          assertThat(events(namespace, "SourceKept"))
              .singleElement()
              .satisfies(
                  event -> {
                    assertThat(event.getType()).isEqualTo("Warning");
                    assertThat(event.getMessage()).contains(namespace + "/shop", "KEY_MISMATCH");
                  });
        });
  }

  @Test
  void a_source_that_is_deleted_stays_for_its_grace_period() {
    mergeThree("deletedSourceGracePeriod: 1h");

    Cluster.delete(namespace, "shop");

    eventuallyKept("shop", "NotFound");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog, "wiki", wiki));
  }

  @Test
  void a_source_that_is_not_selected_any_more_stays_for_its_grace_period() {
    mergeThree("deletedSourceGracePeriod: 1h");

    put(namespace, "shop", shop, Map.of());

    eventuallyKept("shop", "NotFound");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog, "wiki", wiki));
  }

  @Test
  void a_listed_source_that_is_deleted_stays_for_its_grace_period() {
    put(namespace, "shop", shop);
    apply(
        namespace,
        "all",
        "name: merged, deletedSourceGracePeriod: 1h, secretlist: [{name: shop}, {name: new}]");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));

    Cluster.delete(namespace, "shop");

    eventuallyKept("shop", "NotFound");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop));
  }

  @Test
  void a_source_that_is_deleted_leaves_when_its_grace_period_ends() {
    mergeThree("deletedSourceGracePeriod: 2s");
    Instant deletion = Instant.now();

    Cluster.delete(namespace, "shop");

    eventuallyHolds(namespace, "merged", Map.of("blog", blog, "wiki", wiki));
    assertThat(Instant.now()).isAfter(deletion.plusSeconds(2));
  }

  @Test
  void a_source_that_comes_back_within_its_grace_period_has_the_whole_of_it_again() {
    mergeThree("deletedSourceGracePeriod: 1h");
    Cluster.delete(namespace, "shop");
    eventuallyKept("shop", "NotFound");
    IssuedPair renewed = issue("shop.example.com");

    put(namespace, "shop", renewed, LABELLED);

    eventuallyHolds(namespace, "merged", Map.of("shop", renewed, "blog", blog, "wiki", wiki));
    assertThat(secret(namespace, "merged").getMetadata().getAnnotations())
        .extractingByKey("certmerge.lecentre.net/sources")
        .asString()
        .contains("\"%s/shop\"".formatted(namespace));
  }

  @Test
  void a_grace_period_goes_on_where_it_was_when_the_operator_starts_again() {
    mergeThree("deletedSourceGracePeriod: 1h");
    Cluster.delete(namespace, "shop");
    eventuallyKept("shop", "NotFound");
    String since = String.valueOf(source("shop").message());

    Cluster.withoutOperator(() -> put(namespace, "new", wiki, LABELLED));

    eventuallyHolds(
        namespace, "merged", Map.of("shop", shop, "blog", blog, "wiki", wiki, "new", wiki));
    assertThat(source("shop").message()).isEqualTo(since);
  }

  @Test
  void a_source_that_was_deleted_while_the_operator_was_down_has_its_grace_period_too() {
    mergeThree("deletedSourceGracePeriod: 1h");

    Cluster.withoutOperator(() -> Cluster.delete(namespace, "shop"));

    eventuallyKept("shop", "NotFound");
    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog, "wiki", wiki));
  }

  /** Two of the three sources are deselected, of which one may go at once. */
  private String holdTwoBack() {
    mergeThree("maxRemovals: 1");
    // One change takes both away.
    apply(namespace, "all", "name: merged, maxRemovals: 1, " + LATER_ONES);
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("RemovalHeld"));
    Matcher release = RELEASE.matcher(ready(namespace, "all").getMessage());
    assertThat(release.find()).isTrue();
    return release.group(1);
  }

  private void release(String id) {
    client()
        .resources(CertMerge.class)
        .inNamespace(namespace)
        .withName("all")
        .edit(
            certMerge -> {
              certMerge.getMetadata().setAnnotations(Map.of("certmerge.lecentre.net/release", id));
              return certMerge;
            });
  }

  @Test
  void a_removal_of_more_than_may_go_at_once_is_held_back() {
    holdTwoBack();

    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog, "wiki", wiki));
    assertThat(ready(namespace, "all").getStatus()).isEqualTo("False");
    assertThat(source("shop").state()).isEqualTo("Kept");
    assertThat(events(namespace, "RemovalHeld"))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getType()).isEqualTo("Warning");
              assertThat(event.getMessage())
                  .contains("shop", "blog", "certmerge.lecentre.net/release=");
            });
  }

  @Test
  void a_removal_that_is_released_goes_on() {
    String id = holdTwoBack();

    release(id);

    eventuallyHolds(namespace, "merged", Map.of("wiki", wiki));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
  }

  @Test
  void a_release_of_something_else_releases_nothing() {
    holdTwoBack();
    release("0123456789abcdef");
    IssuedPair late = issue("late.example.com");

    put(namespace, "late", late, Map.of("later", "true"));

    eventuallyHolds(
        namespace, "merged", Map.of("shop", shop, "blog", blog, "wiki", wiki, "late", late));
    assertThat(readyReason(namespace, "all")).isEqualTo("RemovalHeld");
  }

  @Test
  void renewals_go_on_while_a_removal_is_held_back() {
    holdTwoBack();
    IssuedPair renewed = issue("wiki.example.com");

    put(namespace, "wiki", renewed, LABELLED);

    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "blog", blog, "wiki", renewed));
  }

  @Test
  void sources_that_come_back_end_what_is_held_back() {
    holdTwoBack();

    put(namespace, "shop", shop, Map.of("later", "true"));

    eventuallyHolds(namespace, "merged", Map.of("shop", shop, "wiki", wiki));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
  }

  @Test
  void while_it_is_suspended_nothing_is_written() {
    mergeThree("suspend: false");
    apply(namespace, "all", "name: merged, %s, suspend: true".formatted(SELECTED));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Suspended"));
    String before = secret(namespace, "merged").getMetadata().getResourceVersion();

    put(namespace, "shop", issue("shop.example.com"), LABELLED);
    Cluster.delete(namespace, "blog");
    // Proves that it was looked at again.
    apply(
        namespace, "all", "name: merged, %s, suspend: true, maxRemovals: 90%%".formatted(SELECTED));
    eventually(() -> assertThat(status(namespace, "all").observedGeneration()).isEqualTo(3));

    assertThat(ready(namespace, "all").getStatus()).isEqualTo("False");
    assertThat(secret(namespace, "merged").getMetadata().getResourceVersion()).isEqualTo(before);
  }

  @Test
  void resuming_catches_up_with_what_went_on_meanwhile() {
    mergeThree("suspend: false");
    apply(namespace, "all", "name: merged, %s, suspend: true".formatted(SELECTED));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Suspended"));
    IssuedPair renewed = issue("shop.example.com");
    put(namespace, "shop", renewed, LABELLED);
    Cluster.delete(namespace, "blog");

    apply(namespace, "all", "name: merged, %s".formatted(SELECTED));

    eventuallyHolds(namespace, "merged", Map.of("shop", renewed, "wiki", wiki));
    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("Merged"));
  }

  @Test
  void a_target_that_would_be_too_large_stays_byte_for_byte() {
    put(namespace, "a", issueLarge("a.example.com", 400_000));
    put(namespace, "b", issueLarge("b.example.com", 400_000));
    apply(namespace, "all", "name: merged, secretlist: [{name: a}, {name: b}, {name: c}]");
    eventually(() -> assertThat(counts(namespace, "all").merged()).isEqualTo(2));
    Secret before = secret(namespace, "merged");

    put(namespace, "c", issueLarge("c.example.com", 400_000));

    eventually(() -> assertThat(readyReason(namespace, "all")).isEqualTo("TargetTooLarge"));
    assertThat(secret(namespace, "merged")).isEqualTo(before);
    assertThat(ready(namespace, "all").getMessage()).contains("spec.shards");
    assertThat(events(namespace, "TargetTooLarge")).hasSize(1);
  }
}
