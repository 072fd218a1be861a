package net.lecentre.certmerge.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.Samples;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.MergeSpec;
import org.junit.jupiter.api.Test;

class InterestsTest {
  private static final ObjectName EDGE = new ObjectName("web", "edge");
  private static final ObjectName SHOP = new ObjectName("shop", "tls");

  private final Interests interests = new Interests();

  private static MergeSpec spec(String name, String yaml) {
    return Samples.spec(Samples.certMerge("web", name, yaml));
  }

  private static MergeSpec listing() {
    return spec(
        "edge",
        """
        name: merged
        secretlist: [{name: tls, namespace: shop}]
        """);
  }

  private static MergeSpec selecting(String selector) {
    return spec(
        "edge",
        """
        name: merged
        selector:
        - namespace: shop
          labelselector:
        """
            + selector.indent(4));
  }

  private Stream<ObjectName> inSource(ObjectName secret, Map<String, String> labels) {
    return interests.inSource(secret, labels, reader -> true);
  }

  @Test
  void nobody_is_concerned_by_a_secret_that_may_not_be_read() {
    interests.note(listing());
    interests.note(spec("by-label", "{name: other, selector: [{labelselector: {}}]}"));
    interests.hold(new ObjectName("web", "held"), Set.of(SHOP));

    assertThat(inSource(SHOP, Map.of())).hasSize(3);
    assertThat(interests.inSource(SHOP, Map.of(), reader -> !reader.equals("web"))).isEmpty();
  }

  @Test
  void who_names_a_secret_is_concerned_whatever_its_labels() {
    interests.note(listing());

    assertThat(inSource(SHOP, Map.of("any", "label"))).containsExactly(EDGE);
  }

  @Test
  void whose_target_holds_a_pair_of_a_secret_is_concerned_until_it_does_not() {
    interests.hold(EDGE, Set.of(SHOP));

    assertThat(inSource(SHOP, Map.of())).containsExactly(EDGE);
    interests.hold(EDGE, Set.of());
    assertThat(inSource(SHOP, Map.of())).isEmpty();
  }

  @Test
  void of_a_certmerge_that_is_gone_it_is_forgotten_what_its_target_held() {
    interests.hold(EDGE, Set.of(SHOP));

    interests.forget(EDGE);

    assertThat(inSource(SHOP, Map.of())).isEmpty();
  }

  @Test
  void who_selects_a_label_is_concerned_by_secrets_that_bear_it() {
    interests.note(selecting("matchLabels: {edge: 'true'}"));

    assertThat(inSource(SHOP, Map.of("edge", "true", "b", "c"))).containsExactly(EDGE);
    assertThat(inSource(SHOP, Map.of("edge", "false"))).isEmpty();
    assertThat(inSource(SHOP, Map.of())).isEmpty();
  }

  @Test
  void who_selects_one_of_several_values_is_concerned_by_each() {
    interests.note(selecting("matchExpressions: [{key: env, operator: In, values: [a, b]}]"));

    assertThat(inSource(SHOP, Map.of("env", "a"))).containsExactly(EDGE);
    assertThat(inSource(SHOP, Map.of("env", "b"))).containsExactly(EDGE);
    assertThat(inSource(SHOP, Map.of("env", "c"))).isEmpty();
  }

  @Test
  void a_selector_that_no_single_label_decides_is_asked_of_every_secret() {
    interests.note(selecting("matchExpressions: [{key: hidden, operator: DoesNotExist}]"));

    assertThat(inSource(SHOP, Map.of())).containsExactly(EDGE);
    assertThat(inSource(SHOP, Map.of("hidden", "yes"))).isEmpty();
  }

  @Test
  void every_requirement_and_the_namespace_must_hold() {
    interests.note(
        selecting(
            """
            matchLabels: {edge: 'true'}
            matchExpressions: [{key: hidden, operator: DoesNotExist}]
            """));

    assertThat(inSource(SHOP, Map.of("edge", "true", "hidden", "yes"))).isEmpty();
    assertThat(inSource(new ObjectName("other", "tls"), Map.of("edge", "true"))).isEmpty();
  }

  @Test
  void who_is_concerned_twice_is_told_once() {
    interests.note(
        spec(
            "edge",
            """
            name: merged
            secretlist: [{name: tls, namespace: shop}]
            selector:
            - namespace: shop
              labelselector: {matchLabels: {edge: 'true'}}
            - namespace: shop
              labelselector: {matchLabels: {env: prod}}
            """));

    assertThat(inSource(SHOP, Map.of("edge", "true", "env", "prod"))).containsExactly(EDGE);
  }

  @Test
  void a_changed_spec_concerns_what_it_asks_for_now() {
    interests.note(listing());
    interests.note(selecting("matchLabels: {edge: 'true'}"));

    assertThat(inSource(SHOP, Map.of())).isEmpty();
    assertThat(inSource(SHOP, Map.of("edge", "true"))).containsExactly(EDGE);
  }

  @Test
  void what_both_specs_ask_for_is_asked_for_still() {
    interests.note(listing());
    interests.note(
        spec(
            "edge",
            """
            name: elsewhere
            secretlist: [{name: tls, namespace: shop}]
            """));

    assertThat(inSource(SHOP, Map.of())).containsExactly(EDGE);
    assertThat(interests.inTarget(new ObjectName("web", "elsewhere"))).containsExactly(EDGE);
    assertThat(interests.inTarget(new ObjectName("web", "merged"))).isEmpty();
  }

  @Test
  void a_forgotten_cert_merge_is_concerned_by_nothing_and_others_still_are() {
    interests.note(listing());
    interests.note(
        spec(
            "other",
            """
            name: merged
            secretlist: [{name: tls, namespace: shop}]
            """));

    interests.forget(EDGE);

    ObjectName other = new ObjectName("web", "other");
    assertThat(inSource(SHOP, Map.of())).containsExactly(other);
    assertThat(interests.inTarget(new ObjectName("web", "merged"))).containsExactly(other);
  }

  @Test
  void the_first_event_that_woke_a_cert_merge_is_told_once() {
    interests.wake(EDGE, Samples.NOW);
    interests.wake(EDGE, Samples.NOW.plusSeconds(1));

    assertThat(interests.note(listing())).contains(Samples.NOW);
    assertThat(interests.note(listing())).isEmpty();
  }

  @Test
  void what_was_read_while_a_change_came_is_read_again() {
    Iterator<Runnable> meanwhile =
        List.<Runnable>of(() -> interests.wake(EDGE, Instant.EPOCH), () -> {}).iterator();
    AtomicInteger readings = new AtomicInteger();

    int last =
        interests.undisturbed(
            EDGE,
            () -> {
              meanwhile.next().run();
              return readings.incrementAndGet();
            });

    assertThat(last).isEqualTo(2);
  }

  @Test
  void a_further_change_of_who_is_woken_already_is_one_too() {
    interests.wake(EDGE, Instant.EPOCH);
    Iterator<Runnable> meanwhile =
        List.<Runnable>of(() -> interests.wake(EDGE, Instant.EPOCH), () -> {}).iterator();

    interests.undisturbed(
        EDGE,
        () -> {
          meanwhile.next().run();
          return true;
        });

    assertThat(meanwhile).isExhausted();
  }

  @Test
  void what_somebody_else_is_woken_for_is_not_read_again() {
    AtomicInteger readings = new AtomicInteger();

    interests.undisturbed(
        EDGE,
        () -> {
          interests.wake(new ObjectName("web", "other"), Instant.EPOCH);
          return readings.incrementAndGet();
        });

    assertThat(readings).hasValue(1);
  }

  @Test
  void changes_that_never_cease_do_not_keep_anybody_from_what_was_read_last() {
    AtomicInteger readings = new AtomicInteger();

    int last =
        interests.undisturbed(
            EDGE,
            () -> {
              interests.wake(EDGE, Instant.EPOCH);
              return readings.incrementAndGet();
            });

    assertThat(last).isEqualTo(readings.get());
  }

  @Test
  void the_first_of_several_events_is_the_one_that_counts() {
    interests.wake(EDGE, Instant.EPOCH);
    interests.wake(EDGE, Instant.MAX);

    assertThat(interests.note(listing())).contains(Instant.EPOCH);
  }
}
