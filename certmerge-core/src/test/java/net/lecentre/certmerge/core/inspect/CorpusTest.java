package net.lecentre.certmerge.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Holds the inspector against a corpus of pairs labelled with the real Envoy's verdict.
 *
 * <p>Runs only with {@code -Dcertmerge.corpus=DIR}, where DIR holds {@code cases.jsonl} (one object
 * a line: id, envoy = accept or reject, expected findings) and {@code pairs/<id>/tls.crt} and
 * {@code tls.key}. {@code -Dcertmerge.corpus.instant} says when the corpus was made.
 */
@Tag("corpus")
class CorpusTest {
  private static final String MADE =
      System.getProperty("certmerge.corpus.instant", "2026-11-23T18:30:00Z");

  /** What is refused on purpose although Envoy loads it and the labels name no error. */
  private static final Set<String> REFUSED_ON_PURPOSE =
      Set.of(
          // Served only to clients that ask for it, and few do.
          "keyalg-ml-dsa-65",
          "keyalg-ml-dsa-87",
          // Over 1 MiB.
          "pemtext-crt-garbage-before-1m",
          // The signature algorithms inside and outside differ (RFC 5280 4.1.1.2).
          "real-boringssl-cert_33_9.rekeyed",
          "real-pyca-mismatch_inner_outer_sig_algorithm-der.rekeyed",
          // An empty list of extensions (RFC 5280 4.1).
          "real-boringssl-unusual_tbs_empty_extension_not_omitted");

  /** What is refused under another name than the labels have for it. */
  private static final Set<String> TOLD_DIFFERENTLY =
      Set.of(
          // The base64 is whole, so what is damaged is the DER.
          "pemtext-crt-b64-4-chars-missing",
          "pemtext-crt-b64-line-twice",
          "pemtext-crt-b64-lines-swapped",
          "pemtext-key-b64-line-twice",
          "pemtext-key-b64-lines-swapped",
          "keyenc-label-cert-under-private",
          // The armour is there, and damaged.
          "pemtext-crt-dashes-4",
          "pemtext-key-dashes-4",
          "pemtext-key-dashes-6",
          // NUL bytes alone are as empty as spaces.
          "pemtext-key-nul-only",
          // An empty list of extensions (RFC 5280 4.1), found before the weak key.
          "real-boringssl-pki-extensions_empty_sequence");

  private record Case(
      String id,
      boolean envoyAccepts,
      Set<String> expected,
      Set<String> allowed,
      Inspection inspection) {
    boolean accepted() {
      return inspection.acceptedAt(Instant.parse(MADE));
    }

    Set<String> errors() {
      return inspection.findingsAt(Instant.parse(MADE), Duration.ofDays(7)).stream()
          .filter(finding -> finding.severity() == Severity.ERROR)
          .map(finding -> finding.code().name())
          .collect(Collectors.toCollection(TreeSet::new));
    }

    boolean isRefusedForAKnownReason() {
      return errors().stream()
          .anyMatch(error -> expected.contains(error) || allowed.contains(error));
    }
  }

  private static final List<Case> CASES = new ArrayList<>();

  @BeforeAll
  static void inspectAll() throws IOException {
    Path corpus = Path.of(Objects.requireNonNull(System.getProperty("certmerge.corpus")));
    ObjectMapper json = new ObjectMapper();
    for (String line : Files.readAllLines(corpus.resolve("cases.jsonl"))) {
      JsonNode node = json.readTree(line);
      Path pair = corpus.resolve("pairs").resolve(node.get("id").asText());
      CASES.add(
          new Case(
              node.get("id").asText(),
              node.get("envoy").asText().equals("accept"),
              texts(node.get("expected")),
              texts(node.get("allowed")),
              Inspector.inspect(
                  Files.readAllBytes(pair.resolve("tls.crt")),
                  Files.readAllBytes(pair.resolve("tls.key")),
                  Acceptance.envoy())));
    }
  }

  private static Set<String> texts(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false)
        .map(JsonNode::asText)
        .collect(Collectors.toSet());
  }

  @Test
  void nothing_is_accepted_that_envoy_refuses() {
    assertThat(CASES)
        .isNotEmpty()
        .filteredOn(it -> it.accepted() && !it.envoyAccepts())
        .extracting(Case::id)
        .isEmpty();
  }

  @Test
  void what_envoy_accepts_is_refused_only_for_a_reason_that_the_labels_know() {
    assertThat(CASES)
        .filteredOn(it -> it.envoyAccepts() && !it.accepted())
        .filteredOn(it -> !REFUSED_ON_PURPOSE.contains(it.id()))
        // UNKNOWN: whoever labelled it expected no particular answer.
        .filteredOn(it -> !it.expected().contains("UNKNOWN"))
        .filteredOn(it -> !it.isRefusedForAKnownReason())
        .extracting(it -> it.id() + " " + it.errors())
        .isEmpty();
  }

  @Test
  void what_is_accepted_is_written_canonically_once_and_for_all() {
    assertThat(CASES)
        .extracting(Case::inspection)
        .filteredOn(Accepted.class::isInstance)
        .extracting(it -> ((Accepted) it).pair())
        .allSatisfy(
            pair -> {
              Inspection again =
                  Inspector.inspect(
                      pair.certificatePem(), pair.privateKeyPem(), Acceptance.envoy());
              assertThat(again).isInstanceOf(Accepted.class);
              assertThat(((Accepted) again).pair()).isEqualTo(pair);
              assertThat(again.findings())
                  .extracting(Finding::code)
                  .doesNotContain(Code.PEM_FORMAT, Code.EXTRA_TEXT);
            });
  }

  @Test
  void what_both_refuse_is_refused_for_a_reason_that_the_labels_know() {
    Set<String> errors =
        Stream.of(Code.values())
            .filter(code -> code.severity() == Severity.ERROR)
            .map(Code::name)
            .collect(Collectors.toSet());
    assertThat(CASES)
        .filteredOn(it -> !it.envoyAccepts() && !it.expected().contains("UNKNOWN"))
        .filteredOn(it -> it.expected().stream().anyMatch(errors::contains))
        .filteredOn(it -> !TOLD_DIFFERENTLY.contains(it.id()))
        .filteredOn(it -> !it.isRefusedForAKnownReason())
        .extracting(it -> it.id() + " " + it.errors())
        .isEmpty();
  }
}
