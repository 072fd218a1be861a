package net.lecentre.certmerge.operator.spec;

import static net.lecentre.certmerge.operator.Samples.certMerge;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.format.Format;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.merge.MaxRemovals;
import net.lecentre.certmerge.core.merge.OnInvalid;
import net.lecentre.certmerge.core.merge.Policy;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeSpec.Keys;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.LabelMatch.Operator;
import net.lecentre.certmerge.operator.spec.LabelMatch.Requirement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecReadingTest {
  @Test
  void the_certmerge_is_named() {
    assertThat(valid("name: merged").certMerge()).isEqualTo(new ObjectName("web", "edge"));
  }

  @Test
  void the_target_has_the_name_and_namespace_of_the_spec() {
    assertThat(valid("name: merged\nnamespace: istio-system").target())
        .isEqualTo(new ObjectName("istio-system", "merged"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"name: merged", "name: merged\nnamespace: ''"})
  void the_target_is_in_the_certmerges_own_namespace_by_default(String spec) {
    assertThat(valid(spec).target()).isEqualTo(new ObjectName("web", "merged"));
  }

  @Test
  void a_target_in_the_certmerges_namespace_is_not_elsewhere() {
    assertThat(valid("name: merged").targetIsElsewhere()).isFalse();
  }

  @Test
  void a_target_in_another_namespace_is_elsewhere() {
    assertThat(valid("name: merged\nnamespace: istio-system").targetIsElsewhere()).isTrue();
  }

  @Test
  void listed_sources_keep_their_order() {
    assertThat(valid("name: merged\nsecretlist: [{name: z}, {name: a}, {name: m}]").listed())
        .extracting(ObjectName::name)
        .containsExactly("z", "a", "m");
  }

  @Test
  void a_listed_source_is_in_the_certmerges_own_namespace_by_default() {
    assertThat(valid("name: merged\nsecretlist: [{name: a}, {name: b, namespace: shop}]").listed())
        .containsExactly(new ObjectName("web", "a"), new ObjectName("shop", "b"));
  }

  @Test
  void a_spec_without_sources_is_valid() {
    MergeSpec spec = valid("name: merged");

    assertThat(spec.listed()).isEmpty();
    assertThat(spec.selectors()).isEmpty();
  }

  @Test
  void a_selector_without_a_namespace_covers_every_namespace() {
    MergeSpec.Selector selector = selector("labelselector: {}");

    assertThat(selector.namespace()).isEmpty();
    assertThat(selector.covers("anywhere", Map.of())).isTrue();
  }

  @Test
  void a_selector_with_a_namespace_covers_that_one_alone() {
    MergeSpec.Selector selector = selector("namespace: shop\nlabelselector: {}");

    assertThat(selector.namespace()).isEqualTo(Optional.of("shop"));
    assertThat(selector.covers("shop", Map.of())).isTrue();
    assertThat(selector.covers("shop2", Map.of())).isFalse();
  }

  @Test
  void a_selector_with_a_namespace_selector_covers_the_namespaces_so_labelled() {
    MergeSpec.Selector selector =
        selector("namespaceSelector: {matchLabels: {team: web}}\nlabelselector: {}");

    assertThat(selector.covers("shop", Map.of("team", "web"))).isTrue();
    assertThat(selector.covers("shop", Map.of("team", "api"))).isFalse();
  }

  @Test
  void an_empty_labelselector_selects_everything() {
    assertThat(selector("labelselector: {}").labels().matches(Map.of())).isTrue();
  }

  @Test
  void a_missing_labelselector_selects_nothing() {
    assertThat(selector("namespace: shop").labels().matches(Map.of("certmerge", "true"))).isFalse();
  }

  @Test
  void labels_and_expressions_must_all_hold() {
    LabelMatch labels =
        selector(
                """
                labelselector:
                  matchLabels: {certmerge: "true"}
                  matchExpressions: [{key: env, operator: In, values: [dev, prod]}]
                """)
            .labels();

    assertThat(labels.matches(Map.of("certmerge", "true", "env", "dev"))).isTrue();
    assertThat(labels.matches(Map.of("certmerge", "true", "env", "test"))).isFalse();
    assertThat(labels.matches(Map.of("certmerge", "false", "env", "dev"))).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "In, 'dev, prod', IN",
    "in, dev, IN",
    "IN, dev, IN",
    "=, dev, IN",
    "==, dev, IN",
    "NotIn, 'dev, prod', NOT_IN",
    "notin, dev, NOT_IN",
    "NOTIN, dev, NOT_IN",
    "!=, dev, NOT_IN",
    "Exists, '', EXISTS",
    "exists, '', EXISTS",
    "EXISTS, '', EXISTS",
    "DoesNotExist, '', DOES_NOT_EXIST",
    "doesnotexist, '', DOES_NOT_EXIST",
    "!, '', DOES_NOT_EXIST",
    "gt, 5, GREATER",
    "Gt, -5, GREATER",
    "lt, 5, LESS",
    "LT, 5, LESS",
  })
  void every_spelling_of_an_operator_is_understood(
      String spelling, String values, Operator operator) {
    LabelMatch labels =
        selector(
                """
                labelselector:
                  matchExpressions: [{key: env, operator: "%s", values: [%s]}]
                """
                    .formatted(spelling, values.replaceAll("[^, ]+", "\"$0\"")))
            .labels();

    assertThat(labels.requirements())
        .extracting(Requirement::key, Requirement::operator)
        .containsExactly(tuple("env", operator));
  }

  static Stream<Arguments> nonsense() {
    String unknown = " is not one of In, NotIn, Exists, DoesNotExist, =, ==, !=, gt, lt, !";
    return Stream.of(
        arguments("{}", "spec.name is missing"),
        arguments("name: ' '", "spec.name is missing"),
        arguments(
            "name: merged\nsecretlist: [{name: a}, {namespace: shop}]",
            "spec.secretlist[1].name is missing"),
        arguments("name: merged\nsecretlist: [{name: ''}]", "spec.secretlist[0].name is missing"),
        arguments(expression("{operator: Exists}"), EXPRESSION + ".key is missing"),
        arguments(expression("{key: '', operator: Exists}"), EXPRESSION + ".key is missing"),
        arguments(
            expression("{key: env, operator: Near, values: [x]}"),
            EXPRESSION + ".operator: \"Near\"" + unknown),
        arguments(expression("{key: env}"), EXPRESSION + ".operator is missing"),
        arguments(expression("{key: env, operator: ''}"), EXPRESSION + ".operator is missing"),
        arguments(
            expression("{key: env, operator: In}"),
            EXPRESSION + ".values: In takes at least one value, not 0"),
        arguments(
            expression("{key: env, operator: notin, values: []}"),
            EXPRESSION + ".values: notin takes at least one value, not 0"),
        arguments(
            expression("{key: env, operator: exists, values: [x]}"),
            EXPRESSION + ".values: exists takes no values, not 1"),
        arguments(
            expression("{key: env, operator: '!', values: [x, y]}"),
            EXPRESSION + ".values: ! takes no values, not 2"),
        arguments(
            expression("{key: env, operator: gt, values: ['1', '2']}"),
            EXPRESSION + ".values: gt takes exactly one value, not 2"),
        arguments(
            expression("{key: env, operator: lt}"),
            EXPRESSION + ".values: lt takes exactly one value, not 0"),
        arguments(
            expression("{key: env, operator: gt, values: [many]}"),
            EXPRESSION + ".values[0]: \"many\" is not an integer"),
        arguments(
            "name: merged\nselector: [{namespace: shop, namespaceSelector: {}, labelselector: {}}]",
            "spec.selector[0] has a namespace and a namespaceSelector; leave one of them out"),
        arguments("name: merged\nshards: 101", "spec.shards: 101 is not from 1 to 100"),
        arguments(
            "name: %s\nshards: 2".formatted("x".repeat(252)),
            "spec.name with the number of its last shard: \"%s…\" is not a name that a Secret can have"
                .formatted("x".repeat(80))),
        arguments(
            "name: merged\ndeletedSourceGracePeriod: soon",
            "spec.deletedSourceGracePeriod: \"soon\" is not a duration such as 30m, 72h or PT72H"),
        arguments(
            "name: merged\ndeletedSourceGracePeriod: -5m",
            "spec.deletedSourceGracePeriod: \"-5m\" is not a duration such as 30m, 72h or PT72H"),
        arguments(
            "name: merged\nmaxRemovals: 101%",
            "spec.maxRemovals: \"101%\" is neither a number of entries, as 5, nor a share of them,"
                + " as 20%"),
        arguments(
            "name: merged\nmaxRemovals: -1",
            "spec.maxRemovals: \"-1\" is neither a number of entries, as 5, nor a share of them,"
                + " as 20%"),
        arguments(
            "name: merged\nformats: [EnvoySDS]\nmountPath: certs",
            "spec.mountPath: a mount path is absolute, in ASCII, and without quotes, backslashes"
                + " and control characters"));
  }

  private static final String EXPRESSION = "spec.selector[1].labelselector.matchExpressions[0]";

  private static String expression(String expression) {
    return """
        name: merged
        selector:
        - labelselector: {}
        - labelselector:
            matchExpressions: [%s]
        """
        .formatted(expression);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("nonsense")
  void nonsense_is_refused_with_the_field_named(String spec, String message) {
    assertThat(SpecReading.of(certMerge(spec))).isEqualTo(new SpecReading.Invalid(message));
  }

  @Test
  void everything_that_is_wrong_is_told_at_once() {
    String spec =
        """
        secretlist: [{namespace: shop}]
        selector: [{labelselector: {matchExpressions: [{key: env, operator: in}]}}]
        """;

    assertThat(SpecReading.of(certMerge(spec)))
        .isEqualTo(
            new SpecReading.Invalid(
                "spec.name is missing; spec.secretlist[0].name is missing;"
                    + " spec.selector[0].labelselector.matchExpressions[0].values: in takes at"
                    + " least one value, not 0"));
  }

  @Test
  void a_certmerge_without_a_spec_is_refused() {
    CertMerge empty = new CertMerge();
    empty.getMetadata().setNamespace("web");
    empty.getMetadata().setName("edge");

    assertThat(SpecReading.of(empty)).isEqualTo(new SpecReading.Invalid("spec is missing"));
  }

  @Test
  void entries_are_named_by_the_secret_by_default() {
    MergeSpec spec = valid("name: merged");

    assertThat(spec.keys()).isEqualTo(Keys.NAME);
    assertThat(spec.keyOf(new ObjectName("shop", "tls"))).isEqualTo("tls");
  }

  @Test
  void entries_can_be_named_by_namespace_and_secret() {
    assertThat(valid("name: merged\nkeys: NamespacedName").keyOf(new ObjectName("shop", "tls")))
        .isEqualTo("shop-tls");
  }

  @Test
  void the_last_good_pair_is_kept_by_default() {
    assertThat(valid("name: merged").policy().onInvalid()).isEqualTo(OnInvalid.KEEP);
  }

  @Test
  void a_source_that_turns_invalid_can_be_dropped() {
    assertThat(valid("name: merged\nonInvalid: Drop").policy().onInvalid())
        .isEqualTo(OnInvalid.DROP);
  }

  @Test
  void a_manifest_of_2018_is_read() {
    MergeSpec spec =
        valid(
            """
            name: istio-ingressgateway-certs
            namespace: istio-system
            secretlist:
            - name: test-fr-tls
              namespace: istio-system
            selector:
            - namespace: istio-system
              labelselector:
                matchLabels:
                  certmerge: "true"
                matchExpressions:
                - key: env
                  operator: in
                  values: [dev]
                - key: domain
                  operator: exists
            """);

    assertThat(spec.target())
        .isEqualTo(new ObjectName("istio-system", "istio-ingressgateway-certs"));
    assertThat(spec.listed()).containsExactly(new ObjectName("istio-system", "test-fr-tls"));
    assertThat(spec.selectors())
        .containsExactly(
            new MergeSpec.Selector(
                Optional.of("istio-system"),
                Optional.empty(),
                new LabelMatch(
                    List.of(
                        new Requirement("certmerge", Operator.IN, List.of("true")),
                        new Requirement("env", Operator.IN, List.of("dev")),
                        new Requirement("domain", Operator.EXISTS, List.of())),
                    false)));
  }

  @Test
  void without_a_word_the_policy_is_the_default_one() {
    assertThat(valid("name: merged").policy()).isEqualTo(Policy.DEFAULT);
  }

  @Test
  void what_a_spec_says_of_merging_is_in_its_policy() {
    Policy policy =
        valid(
                """
                name: merged
                formats: [EnvoySDS, CombinedPEM]
                mountPath: /certs
                shards: 3
                onInvalid: Drop
                deletedSourceGracePeriod: 1h30m
                maxRemovals: 20%
                """)
            .policy();

    assertThat(policy)
        .isEqualTo(
            Policy.DEFAULT
                .with(OnInvalid.DROP)
                .with(new Layout(Set.of(Format.ENVOY_SDS, Format.COMBINED_PEM), "/certs"))
                .with(MaxRemovals.percent(20))
                .withGrace(Duration.ofMinutes(90))
                .withShards(3, Policy.MAX_SECRET_BYTES));
  }

  @ParameterizedTest
  @CsvSource({"5,5,false", "'\"5\"',5,false", "0,0,false", "0%,0,true", "100%,100,true"})
  void removals_are_bounded_by_a_number_or_a_share(String text, int value, boolean percent) {
    assertThat(valid("name: merged\nmaxRemovals: " + text).policy().maxRemovals())
        .isEqualTo(new MaxRemovals(value, percent));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "0", "''", "PT0S"})
  void a_grace_period_may_be_nothing(String text) {
    assertThat(valid("name: merged\ndeletedSourceGracePeriod: " + text).policy().grace())
        .isEqualTo(Duration.ZERO);
  }

  @Test
  void further_shards_are_numbered() {
    assertThat(valid("name: merged\nshards: 3").targets())
        .extracting(ObjectName::name)
        .containsExactly("merged", "merged-1", "merged-2");
  }

  @Test
  void pods_are_in_the_targets_namespace_by_default() {
    MergeSpec spec =
        valid(
            """
            name: merged
            namespace: istio-system
            refreshPods: [{labelselector: {}}, {namespace: edge, labelselector: {}}]
            """);

    assertThat(spec.refreshPods())
        .extracting(MergeSpec.Pods::namespace)
        .containsExactly("istio-system", "edge");
  }

  @Test
  void a_target_is_deleted_by_default_and_nothing_is_adopted_or_suspended() {
    MergeSpec spec = valid("name: merged");

    assertThat(spec.retain()).isFalse();
    assertThat(spec.adopt()).isFalse();
    assertThat(spec.suspend()).isFalse();
  }

  @Test
  void a_spec_says_whether_to_retain_adopt_and_suspend() {
    MergeSpec spec = valid("name: merged\ndeletionPolicy: Retain\nadopt: true\nsuspend: true");

    assertThat(spec.retain()).isTrue();
    assertThat(spec.adopt()).isTrue();
    assertThat(spec.suspend()).isTrue();
  }

  private static MergeSpec valid(String spec) {
    SpecReading reading = SpecReading.of(certMerge(spec));
    assertThat(reading).isInstanceOf(SpecReading.Valid.class);
    return ((SpecReading.Valid) reading).spec();
  }

  private static MergeSpec.Selector selector(String selector) {
    return valid("name: merged\nselector:\n-\n" + selector.indent(2)).selectors().get(0);
  }
}
