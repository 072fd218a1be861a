package net.lecentre.certmerge.operator.sources;

import static net.lecentre.certmerge.operator.Samples.inspected;
import static net.lecentre.certmerge.operator.Samples.issue;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.operator.Samples;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.spec.LabelMatch;
import org.junit.jupiter.api.Test;

class OffersTest {
  private static final Inspection GOOD = inspected(issue("shop.example.com"));
  private static final Consent TRUSTED = new Consent(Set.of("web"));
  private static final Consent UNTRUSTED = new Consent(Set.of());
  private static final Map<String, String> LABELS = Map.of("certmerge", "true");
  private static final Map<String, String> CONSENTING = Map.of(Consent.ALLOWED_NAMESPACES, "web");

  private static final String SELECT_EVERYWHERE =
      "selector: [{labelselector: {matchLabels: {certmerge: 'true'}}}]";

  private final InMemory lookup = new InMemory();

  @Test
  void a_listed_source_is_offered_under_its_key_with_what_was_found_out() {
    lookup.put("web/tls");

    assertThat(offers("secretlist: [{name: tls}]", UNTRUSTED))
        .containsExactly(new Offer.Content("tls", "web/tls", GOOD));
  }

  @Test
  void a_source_is_offered_under_namespace_and_name_when_the_spec_says_so() {
    lookup.put("web/tls");

    assertThat(offers("keys: NamespacedName\nsecretlist: [{name: tls}]", UNTRUSTED))
        .extracting(Offer::key)
        .containsExactly("web-tls");
  }

  @Test
  void the_list_comes_before_the_selectors() {
    lookup.put("web/a", LABELS);
    lookup.put("web/z");

    assertThat(offers("secretlist: [{name: z}]\n" + SELECT_EVERYWHERE, TRUSTED))
        .extracting(Offer::source)
        .containsExactly("web/z", "web/a");
  }

  @Test
  void the_list_keeps_its_order() {
    lookup.put("web/a");
    lookup.put("web/z");

    assertThat(offers("secretlist: [{name: z}, {name: a}]", TRUSTED))
        .extracting(Offer::source)
        .containsExactly("web/z", "web/a");
  }

  @Test
  void a_selectors_sources_are_ordered_by_namespace_then_name() {
    lookup.put("web/a", LABELS);
    lookup.put("shop/z", LABELS);
    lookup.put("shop/b", LABELS);
    lookup.put("shop-2/c", LABELS);

    assertThat(offers(SELECT_EVERYWHERE, TRUSTED))
        .extracting(Offer::source)
        .containsExactly("shop/b", "shop/z", "shop-2/c", "web/a");
  }

  @Test
  void selectors_are_asked_in_declared_order() {
    lookup.put("shop/a", LABELS);
    lookup.put("web/z", LABELS);

    assertThat(
            offers(
                """
                selector:
                - {namespace: web, labelselector: {}}
                - {namespace: shop, labelselector: {}}
                """,
                TRUSTED))
        .extracting(Offer::source)
        .containsExactly("web/z", "shop/a");
  }

  @Test
  void a_selector_looks_in_its_namespace_alone() {
    lookup.put("shop/a", LABELS);
    lookup.put("web/b", LABELS);

    assertThat(offers("selector: [{namespace: shop, labelselector: {}}]", TRUSTED))
        .extracting(Offer::source)
        .containsExactly("shop/a");
  }

  @Test
  void a_secret_without_the_labels_is_not_offered() {
    lookup.put("web/a", LABELS);
    lookup.put("web/b", Map.of("certmerge", "false"));

    assertThat(offers(SELECT_EVERYWHERE, TRUSTED))
        .extracting(Offer::source)
        .containsExactly("web/a");
  }

  @Test
  void a_source_that_list_and_selector_name_is_offered_once_at_its_place_in_the_list() {
    lookup.put("web/a", LABELS);
    lookup.put("web/b", LABELS);

    assertThat(offers("secretlist: [{name: b}]\n" + SELECT_EVERYWHERE, TRUSTED))
        .extracting(Offer::source)
        .containsExactly("web/b", "web/a");
  }

  @Test
  void a_source_that_the_list_names_twice_is_offered_once() {
    lookup.put("web/a");

    assertThat(offers("secretlist: [{name: a}, {name: a, namespace: web}]", TRUSTED)).hasSize(1);
  }

  @Test
  void a_source_that_two_selectors_find_is_offered_once() {
    lookup.put("web/a", LABELS);

    assertThat(
            offers(
                """
                selector:
                - {namespace: web, labelselector: {}}
                - {labelselector: {}}
                """,
                TRUSTED))
        .hasSize(1);
  }

  @Test
  void two_sources_of_one_key_are_both_offered() {
    lookup.put("shop/tls", LABELS);
    lookup.put("web/tls", LABELS);

    assertThat(offers(SELECT_EVERYWHERE, TRUSTED))
        .extracting(Offer::key)
        .containsExactly("tls", "tls");
  }

  @Test
  void a_listed_source_that_does_not_exist_is_not_found() {
    Offer.Absent absent = absent(offers("secretlist: [{name: tls}]", UNTRUSTED));

    assertThat(absent.reason()).isEqualTo(Offer.Reason.NOT_FOUND);
    assertThat(absent.key()).isEqualTo("tls");
    assertThat(absent.source()).isEqualTo("web/tls");
    assertThat(absent.message()).contains("no Secret web/tls").contains("as soon as it exists");
  }

  @Test
  void a_listed_source_of_another_type_is_not_tls() {
    lookup.others.put(name("web/tls"), new SourceLookup.Found.Other("Opaque", false));

    Offer.Absent absent = absent(offers("secretlist: [{name: tls}]", UNTRUSTED));

    assertThat(absent.reason()).isEqualTo(Offer.Reason.NOT_TLS);
    assertThat(absent.message())
        .contains("web/tls")
        .contains("of type Opaque")
        .contains("kubernetes.io/tls");
  }

  @Test
  void a_merged_target_is_never_a_source() {
    lookup.others.put(name("web/tls"), new SourceLookup.Found.Other("Opaque", true));

    Offer.Absent absent = absent(offers("secretlist: [{name: tls}]", UNTRUSTED));

    assertThat(absent.reason()).isEqualTo(Offer.Reason.MANAGED);
    assertThat(absent.message()).contains("web/tls").contains("name its sources instead");
  }

  @Test
  void a_tls_secret_that_only_the_second_look_finds_is_offered() {
    lookup.others.put(
        name("web/tls"), new SourceLookup.Found.Tls(secret("web/tls", Map.of(), Map.of())));

    assertThat(offers("secretlist: [{name: tls}]", UNTRUSTED))
        .containsExactly(new Offer.Content("tls", "web/tls", GOOD));
  }

  @Test
  void a_listed_source_elsewhere_is_not_allowed_without_consent() {
    lookup.put("shop/tls");

    Offer.Absent absent = absent(offers("secretlist: [{name: tls, namespace: shop}]", UNTRUSTED));

    assertThat(absent.reason()).isEqualTo(Offer.Reason.NOT_ALLOWED);
    assertThat(absent.message())
        .contains("certmerge.lecentre.net/allowed-namespaces=web")
        .contains("--trusted-namespaces=web");
  }

  @Test
  void whether_a_secret_that_may_not_be_read_exists_cannot_be_told() {
    String spec = "secretlist: [{name: tls, namespace: shop}]";
    List<Offer> whenMissing = offers(spec, UNTRUSTED);
    lookup.put("shop/tls");
    List<Offer> whenThere = offers(spec, UNTRUSTED);

    assertThat(whenThere).isEqualTo(whenMissing);
  }

  @Test
  void nobody_asks_the_api_server_for_a_secret_that_may_not_be_read() {
    offers("secretlist: [{name: tls, namespace: shop}]", UNTRUSTED);

    assertThat(lookup.asked).isEmpty();
  }

  @Test
  void a_listed_source_that_consents_is_offered() {
    lookup.put("shop/tls", Map.of(), CONSENTING);

    assertThat(offers("secretlist: [{name: tls, namespace: shop}]", UNTRUSTED))
        .containsExactly(new Offer.Content("tls", "shop/tls", GOOD));
  }

  @Test
  void a_trusted_namespace_reads_a_source_elsewhere() {
    lookup.put("shop/tls");

    assertThat(offers("secretlist: [{name: tls, namespace: shop}]", TRUSTED))
        .containsExactly(new Offer.Content("tls", "shop/tls", GOOD));
  }

  @Test
  void a_selector_does_not_tell_of_secrets_that_do_not_consent() {
    lookup.put("shop/tls", LABELS);
    lookup.put("web/tls", LABELS);

    assertThat(offers(SELECT_EVERYWHERE, UNTRUSTED))
        .extracting(Offer::source)
        .containsExactly("web/tls");
  }

  @Test
  void a_selector_finds_secrets_elsewhere_that_consent() {
    lookup.put("shop/tls", LABELS, CONSENTING);

    assertThat(offers(SELECT_EVERYWHERE, UNTRUSTED))
        .extracting(Offer::source)
        .containsExactly("shop/tls");
  }

  @Test
  void a_secret_that_is_not_merged_is_not_inspected() {
    lookup.all.put(
        name("web/tls"),
        new TlsSecret(
            name("web/tls"),
            Map.of(),
            Map.of(),
            () -> {
              throw new AssertionError("inspected");
            }));

    assertThat(offers(SELECT_EVERYWHERE, TRUSTED)).isEmpty();
  }

  @Test
  void a_key_of_the_longest_length_is_offered() {
    String longest = "a".repeat(249);
    lookup.put("web/" + longest);

    assertThat(offers("secretlist: [{name: " + longest + "}]", TRUSTED))
        .containsExactly(new Offer.Content(longest, "web/" + longest, GOOD));
  }

  @Test
  void the_longest_key_leaves_room_for_the_longest_ending() {
    String tooLong = "a".repeat(249);
    lookup.put("web/" + tooLong);

    List<Offer> offers =
        offers("formats: [EnvoySDS]\nsecretlist: [{name: " + tooLong + "}]", TRUSTED);

    assertThat(offers)
        .singleElement()
        .isInstanceOfSatisfying(
            Offer.Content.class,
            content ->
                assertThat(content.inspection().findings())
                    .singleElement()
                    .extracting(Finding::code)
                    .isEqualTo(Code.TOO_LARGE));
  }

  @Test
  void a_key_that_is_too_long_for_a_secret_is_a_finding_of_its_source() {
    String tooLong = "a".repeat(246);
    lookup.put("web/" + tooLong);

    List<Offer> offers =
        offers("keys: NamespacedName\nsecretlist: [{name: " + tooLong + "}]", TRUSTED);

    assertThat(offers)
        .singleElement()
        .isInstanceOfSatisfying(
            Offer.Content.class,
            content ->
                assertThat(content.inspection().findings())
                    .singleElement()
                    .satisfies(
                        finding -> {
                          assertThat(finding).extracting(Finding::code).isEqualTo(Code.TOO_LARGE);
                          assertThat(finding.message())
                              .contains("250 characters")
                              .contains("shorter name");
                        }));
  }

  @Test
  void the_longest_file_of_a_key_decides_whether_it_is_too_long() {
    String longest = "a".repeat(244);
    String tooLong = "b".repeat(245);
    lookup.put("web/" + longest);
    lookup.put("web/" + tooLong);

    assertThat(
            offers(
                "formats: [EnvoySDS]\nsecretlist: [{name: %s}, {name: %s}]"
                    .formatted(longest, tooLong),
                TRUSTED))
        .extracting(offer -> ((Offer.Content) offer).inspection() instanceof Accepted)
        .containsExactly(true, false);
  }

  @Test
  void what_is_held_of_a_source_without_consent_is_withdrawn() {
    lookup.put("shop/tls");

    assertThat(withdrawn("shop/tls", UNTRUSTED))
        .containsExactly(new Offer.Withdrawn("key", "shop/tls"));
  }

  @Test
  void what_is_held_of_a_missing_source_without_consent_is_withdrawn_too() {
    assertThat(withdrawn("shop/tls", UNTRUSTED))
        .containsExactly(new Offer.Withdrawn("key", "shop/tls"));
  }

  @Test
  void what_is_held_of_a_source_that_consents_may_stay() {
    lookup.put("shop/tls", Map.of(), CONSENTING);

    assertThat(withdrawn("shop/tls", UNTRUSTED)).isEmpty();
  }

  @Test
  void what_is_held_of_a_missing_source_of_the_own_namespace_may_stay() {
    assertThat(withdrawn("web/tls", UNTRUSTED)).isEmpty();
  }

  @Test
  void what_a_trusted_certmerge_holds_may_stay() {
    assertThat(withdrawn("shop/tls", TRUSTED)).isEmpty();
  }

  @Test
  void what_is_granted_may_stay() {
    Consent granted =
        new Consent(
            Set.of(),
            Set.of(),
            (reader, source) -> reader.equals("web") && source.name().equals("tls"));

    assertThat(withdrawn("shop/tls", granted)).isEmpty();
    assertThat(withdrawn("shop/other", granted)).hasSize(1);
  }

  @Test
  void of_what_is_offered_the_offer_tells() {
    Offer offer =
        new Offer.Absent("key", "shop/tls", Offer.Reason.NOT_ALLOWED, "annotate the Secret");

    assertThat(withdrawn("shop/tls", UNTRUSTED, offer)).isEmpty();
  }

  @Test
  void what_is_held_of_nobody_is_not_withdrawn() {
    assertThat(withdrawn("", UNTRUSTED)).isEmpty();
  }

  private List<Offer> withdrawn(String source, Consent consent, Offer... offers) {
    Current current =
        new Current(Map.of("key", new Current.Entry(source, ((Accepted) GOOD).pair())));
    return Offers.withdrawn(
        Samples.spec(Samples.certMerge("name: merged")), lookup, consent, List.of(offers), current);
  }

  private List<Offer> offers(String sources, Consent consent) {
    return Offers.of(Samples.spec(Samples.certMerge("name: merged\n" + sources)), lookup, consent);
  }

  private static Offer.Absent absent(List<Offer> offers) {
    assertThat(offers).singleElement().isInstanceOf(Offer.Absent.class);
    return (Offer.Absent) offers.get(0);
  }

  private static ObjectName name(String name) {
    int slash = name.indexOf('/');
    return new ObjectName(name.substring(0, slash), name.substring(slash + 1));
  }

  private static TlsSecret secret(
      String name, Map<String, String> labels, Map<String, String> annotations) {
    return new TlsSecret(name(name), labels, annotations, () -> GOOD);
  }

  /** Secrets in a map; notes what the API server would have been asked for. */
  private static final class InMemory implements SourceLookup {
    private final Map<ObjectName, TlsSecret> all = new HashMap<>();
    private final Map<ObjectName, Found> others = new HashMap<>();
    private final List<ObjectName> asked = new ArrayList<>();

    private void put(String name) {
      put(name, Map.of());
    }

    private void put(String name, Map<String, String> labels) {
      put(name, labels, Map.of());
    }

    private void put(String name, Map<String, String> labels, Map<String, String> annotations) {
      all.put(name(name), secret(name, labels, annotations));
    }

    @Override
    public Optional<TlsSecret> tls(ObjectName name) {
      return Optional.ofNullable(all.get(name));
    }

    @Override
    public Map<String, String> labelsOf(String namespace) {
      return namespace.equals("web") ? Map.of("team", "web") : Map.of();
    }

    @Override
    public Found other(ObjectName name) {
      asked.add(name);
      return others.getOrDefault(name, new Found.Nothing());
    }

    @Override
    public Stream<TlsSecret> in(Optional<String> namespace, LabelMatch labels) {
      return all.values().stream()
          .filter(
              secret -> namespace.isEmpty() || namespace.get().equals(secret.name().namespace()));
    }
  }
}
