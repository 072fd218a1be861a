package net.lecentre.certmerge.operator.spec;

import static net.lecentre.certmerge.operator.Samples.certMerge;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.merge.OnInvalid;
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
    assertThat(selector.covers("anywhere")).isTrue();
  }

  @Test
  void a_selector_with_a_namespace_covers_that_one_alone() {
    MergeSpec.Selector selector = selector("namespace: shop\nlabelselector: {}");

    assertThat(selector.namespace()).isEqualTo(Optional.of("shop"));
    assertThat(selector.covers("shop")).isTrue();
    assertThat(selector.covers("shop2")).isFalse();
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
            EXPRESSION + ".values[0]: \"many\" is not an integer"));
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
    assertThat(valid("name: merged").onInvalid()).isEqualTo(OnInvalid.KEEP);
  }

  @Test
  void a_source_that_turns_invalid_can_be_dropped() {
    assertThat(valid("name: merged\nonInvalid: Drop").onInvalid()).isEqualTo(OnInvalid.DROP);
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
                new LabelMatch(
                    List.of(
                        new Requirement("certmerge", Operator.IN, List.of("true")),
                        new Requirement("env", Operator.IN, List.of("dev")),
                        new Requirement("domain", Operator.EXISTS, List.of())),
                    false)));
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
