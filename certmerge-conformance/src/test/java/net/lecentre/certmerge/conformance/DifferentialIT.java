package net.lecentre.certmerge.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.Severity;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.testbed.EnvoyJudge;
import net.lecentre.certmerge.testbed.EnvoyJudge.Pair;
import net.lecentre.certmerge.testbed.EnvoyJudge.Verdict;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds the inspector to the real Envoy, pair by pair. Pairs that they disagree on are written to
 * {@code target/disagreements}.
 *
 * <p>{@code -Pfull} damages many more pairs at random, and {@code -Dcertmerge.seed} damages others.
 * With {@code -Dcertmerge.corpus=DIR} the pairs are those of {@code DIR/pairs/<id>/tls.crt} and
 * {@code tls.key}, inspected at {@code -Dcertmerge.corpus.instant}.
 */
class DifferentialIT {
  private static final long SEED = Long.getLong("certmerge.seed", 4);
  private static final int DAMAGED = Integer.getInteger("certmerge.damaged.pairs", 300);
  private static final String CORPUS = System.getProperty("certmerge.corpus", "");
  private static final Instant NOW =
      CORPUS.isEmpty()
          ? Corpus.NOW
          : Instant.parse(System.getProperty("certmerge.corpus.instant", "2026-11-23T18:30:00Z"));

  /** So many listeners an Envoy has at a time. */
  private static final int AT_A_TIME = 1000;

  /** So many of each kind are asked for again, one by one. */
  private static final int SAMPLE = 10;

  /** Why a pair that Envoy serves may be refused all the same. */
  private static final Map<Code, Predicate<Outcome>> EXPLAINED =
      Map.of(
          // No client would take it.
          Code.EXPIRED, outcome -> true,
          Code.NOT_YET_VALID, outcome -> true,
          // Envoy looks for status_request only where it stands alone; clients look for it
          // anywhere.
          Code.MUST_STAPLE, outcome -> true,
          // ML-DSA: served to clients that ask for it, and few do. Other kinds Envoy does not load.
          Code.UNSUPPORTED_KEY, outcome -> true,
          // What is inspected is bounded: 1 MiB, 128 blocks.
          Code.TOO_LARGE, outcome -> true,
          // Only DER as RFC 5280 has it is taken: Envoy does not look, many clients do.
          Code.CRT_ASN1, outcome -> true,
          Code.KEY_ASN1, outcome -> true,
          // Envoy passes over a block whose armour is damaged, be it the leaf's.
          Code.CRT_MALFORMED, outcome -> hasStrayArmour(outcome.pair.crt()),
          Code.KEY_MALFORMED, outcome -> hasStrayArmour(outcome.pair.key()));

  /**
   * Accepted, loaded by Envoy, and no use to anybody: a key whose prime is none. To find out takes
   * many times as long as all the rest of an inspection; and no other host is harmed.
   */
  private static final Set<String> NOT_LOOKED_FOR = Set.of("key-inconsistent/rsa-p-composite");

  private static List<Pair> pairs = List.of();
  private static final List<Outcome> OUTCOMES = new ArrayList<>();

  /**
   * What both make of a pair.
   *
   * @param pair the pair
   * @param inspection ours
   * @param answer Envoy's, to the files as they are
   * @param toWritten Envoy's, to what is written for an accepted pair
   */
  private record Outcome(Pair pair, Inspection inspection, Answer answer, Answer toWritten) {
    boolean accepted() {
      return inspection.acceptedAt(NOW);
    }

    /** The chain of an accepted pair. */
    List<String> chain() {
      return inspection instanceof Accepted accepted
          ? accepted.pair().chainDer().stream().map(HexFormat.of()::formatHex).toList()
          : List.of();
    }

    List<Finding> errors() {
      return inspection.findingsAt(NOW, Duration.ZERO).stream()
          .filter(finding -> finding.severity() == Severity.ERROR)
          .toList();
    }

    @Override
    public String toString() {
      return pair
          + "\n    Envoy: "
          + answer.words
          + (toWritten.equals(answer) ? "" : "\n    Envoy, to what is written: " + toWritten.words)
          + "\n    certmerge: "
          + (accepted() ? "accepted" : errors());
    }
  }

  /**
   * What came of showing files to Envoy.
   *
   * @param words its own
   * @param chain what it presented in a handshake, in hexadecimal; empty when it refused the files
   *     or no handshake came about
   */
  private record Answer(String words, List<String> chain) {
    boolean serves() {
      return !chain.isEmpty();
    }

    static Answer to(Verdict verdict) {
      if (verdict instanceof EnvoyJudge.Loaded loaded) {
        try {
          return new Answer("served", BlindTlsClient.handshake(loaded.listener()));
        } catch (IOException e) {
          return new Answer("loaded, but the handshake fails: " + e, List.of());
        }
      }
      return new Answer(verdict.toString(), List.of());
    }
  }

  @BeforeAll
  static void askBoth() {
    pairs = CORPUS.isEmpty() ? Corpus.generate(SEED, DAMAGED) : Corpus.read(Path.of(CORPUS));
    for (int from = 0; from < pairs.size(); from += AT_A_TIME) {
      ask(pairs.subList(from, Math.min(pairs.size(), from + AT_A_TIME)));
    }
  }

  private static void ask(List<Pair> some) {
    List<Inspection> inspections =
        some.stream()
            .map(pair -> Inspector.inspect(pair.crt(), pair.key(), Acceptance.envoy()))
            .toList();
    List<Pair> written =
        IntStream.range(0, some.size())
            .mapToObj(i -> written(some.get(i), inspections.get(i)))
            .toList();
    List<Pair> questions =
        Stream.concat(some.stream(), written.stream().filter(pair -> !some.contains(pair)))
            .toList();
    try (EnvoyJudge envoy = EnvoyJudge.of(questions)) {
      IntStream.range(0, some.size())
          .parallel()
          .mapToObj(
              i -> {
                Pair pair = some.get(i);
                Answer answer = Answer.to(envoy.verdict(pair));
                Answer toWritten =
                    written.get(i) == pair ? answer : Answer.to(envoy.verdict(written.get(i)));
                return new Outcome(pair, inspections.get(i), answer, toWritten);
              })
          .toList()
          .forEach(OUTCOMES::add);
    }
  }

  /** The files that the gateway gets; the pair itself where they are the same or there are none. */
  private static Pair written(Pair pair, Inspection inspection) {
    if (!(inspection instanceof Accepted accepted)) {
      return pair;
    }
    TlsPair canonical = accepted.pair();
    return Arrays.equals(canonical.certificatePem(), pair.crt())
            && Arrays.equals(canonical.privateKeyPem(), pair.key())
        ? pair
        : new Pair(
            pair.id() + " as written", canonical.certificatePem(), canonical.privateKeyPem());
  }

  @Test
  void nothing_is_accepted_that_envoy_does_not_serve() {
    assertNone(
        it -> it.accepted() && (!it.answer.serves() || !leaf(it.answer).equals(it.chain().get(0))));
  }

  @Test
  void what_is_written_is_served_as_it_is() {
    assertNone(it -> it.accepted() && !it.toWritten.chain.equals(it.chain()));
  }

  @Test
  void what_envoy_serves_is_refused_only_for_an_explained_reason() {
    assertNone(
        it ->
            it.answer.serves()
                && !it.accepted()
                && it.errors().stream()
                    .noneMatch(
                        error ->
                            EXPLAINED.containsKey(error.code())
                                && EXPLAINED.get(error.code()).test(it)));
  }

  /** That a listener is taken or not says the same as Envoy's own way to validate. */
  @Test
  void envoy_validates_what_it_took_and_nothing_else() {
    assertThat(sample(it -> it.answer.serves())).allMatch(it -> EnvoyJudge.validates(it.pair));
    assertThat(sample(it -> it.answer.words.startsWith("Refused")))
        .noneMatch(it -> EnvoyJudge.validates(it.pair));
  }

  /** Without this the tests above could pass with pairs that are all alike. */
  @Test
  void envoy_takes_hundreds_of_the_generated_pairs_and_refuses_hundreds() {
    assumeThat(CORPUS).isEmpty();
    assertThat(OUTCOMES).filteredOn(it -> it.answer.serves()).hasSizeGreaterThan(300);
    assertThat(OUTCOMES).filteredOn(it -> !it.answer.serves()).hasSizeGreaterThan(300);
  }

  @Test
  void the_same_seed_makes_the_same_pairs_each_with_a_name_of_its_own() {
    List<Pair> generated = Corpus.generate(SEED, SAMPLE);
    assertThat(generated).extracting(Pair::id).doesNotHaveDuplicates();
    assertThat(Corpus.generate(SEED, SAMPLE))
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(generated);
  }

  /** Spread evenly over all groups. */
  private static List<Outcome> sample(Predicate<Outcome> kind) {
    List<Outcome> all = OUTCOMES.stream().filter(kind).toList();
    int size = Math.min(SAMPLE, all.size());
    return IntStream.range(0, size).mapToObj(i -> all.get(i * all.size() / size)).toList();
  }

  private static void assertNone(Predicate<Outcome> disagreement) {
    List<Outcome> all =
        OUTCOMES.stream()
            .filter(disagreement)
            .filter(it -> !NOT_LOOKED_FOR.contains(it.pair.id()))
            .toList();
    all.forEach(it -> keep(it.pair));
    assertThat(all).as("of " + OUTCOMES.size() + " pairs").isEmpty();
  }

  private static String leaf(Answer answer) {
    return answer.chain.get(0);
  }

  /** Whether anything but whole blocks looks like the beginning or end of one. */
  private static boolean hasStrayArmour(byte[] file) {
    String rest =
        new String(file, ISO_8859_1)
            .replaceAll("(?s)-----BEGIN ([A-Z0-9 ]+)-----\\s.*?-----END \\1-----\\s", "");
    return rest.contains("BEGIN") || rest.contains("END");
  }

  private static void keep(Pair pair) {
    try {
      Path directory =
          Files.createDirectories(
              Path.of(System.getProperty("certmerge.disagreements", "target/disagreements"))
                  .resolve("pairs")
                  .resolve(pair.id().replace('/', '-')));
      Files.write(directory.resolve("tls.crt"), pair.crt());
      Files.write(directory.resolve("tls.key"), pair.key());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + pair, e);
    }
  }
}
