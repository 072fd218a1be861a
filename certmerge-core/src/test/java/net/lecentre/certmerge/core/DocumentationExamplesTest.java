package net.lecentre.certmerge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.format.CombinedPem;
import net.lecentre.certmerge.core.format.EnvoySds;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.format.Pair;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.TestPki;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Merge;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.core.merge.Policy;
import org.junit.jupiter.api.Test;

/**
 * Runs the examples of the Javadoc and of docs/embedding.md; each of them stands here word for
 * word.
 */
class DocumentationExamplesTest {
  private static final Path HERE =
      Path.of("src/test/java/net/lecentre/certmerge/core/DocumentationExamplesTest.java");
  private static final Path EMBEDDING = Path.of("../docs/embedding.md");
  private static final Pattern JAVADOC =
      Pattern.compile("(?s)<pre>\\{@code\\n(.*?)\\n[ *]*}</pre>");
  private static final Pattern MARKDOWN = Pattern.compile("(?s)```java\\n(.*?)\\n```");

  private final TlsPair pair =
      TestPki.pair("shop.example.com", TestPki.NOW.plus(Duration.ofDays(3)));
  private final byte[] crt = pair.certificatePem();
  private final byte[] key = pair.privateKeyPem();
  private final Instant now = TestPki.NOW;

  @Test
  void a_pair_is_inspected() {
    Inspection inspection = Inspector.inspect(crt, key, Acceptance.envoy());
    List<String> told =
        inspection.findingsAt(now, Duration.ofDays(7)).stream()
            .map(finding -> finding.severity() + " " + finding.code() + ": " + finding.message())
            .toList();
    boolean good = inspection.acceptedAt(now);

    assertThat(good).isTrue();
    assertThat(told).anyMatch(it -> it.startsWith("WARNING EXPIRING_SOON: tls.crt"));
  }

  @Test
  void a_merge_is_planned_and_laid_out() {
    List<SortedMap<String, byte[]>> written = new ArrayList<>();
    Inspection inspection = Inspector.inspect(crt, key, Acceptance.envoy());

    List<Offer> offers = List.of(new Offer.Content("shop", "team-a/shop-tls", inspection));
    MergePlan plan = Merge.plan(offers, Current.none(), Policy.DEFAULT, now);
    for (MergePlan.Shard shard : plan.shards()) {
      written.add(Policy.DEFAULT.layout().files(shard.pairs()));
    }

    assertThat(written).hasSize(1);
    assertThat(written.get(0)).containsOnlyKeys("shop.crt", "shop.key");
  }

  @Test
  void a_pair_is_laid_out_and_read_back() {
    SortedMap<String, byte[]> files = Layout.PAIRS.files(Map.of("shop", pair));
    SortedMap<String, TlsPair> pairs = Layout.read(files, Acceptance.envoy());

    assertThat(pairs).containsEntry("shop", pair);
  }

  @Test
  void each_format_has_its_files() {
    SortedMap<String, byte[]> crtAndKey = Pair.files("shop", pair);

    SortedMap<String, byte[]> pem = CombinedPem.files("shop", pair);

    SortedMap<String, byte[]> sds = EnvoySds.files("shop", pair, "/etc/envoy/certs");

    assertThat(crtAndKey).containsOnlyKeys("shop.crt", "shop.key");
    assertThat(pem).containsOnlyKeys("shop.pem");
    assertThat(sds).containsOnlyKeys("shop.crt", "shop.key", "shop.sds.yaml");
  }

  @Test
  void a_key_is_wiped() {
    Inspection inspection = Inspector.inspect(crt, key, Acceptance.envoy());

    if (inspection instanceof Accepted accepted) {
      byte[] pem = accepted.pair().privateKeyPem();
      // … hand it on, and then:
      Arrays.fill(pem, (byte) 0);
      accepted.pair().destroy();
    }

    assertThatThrownBy(((Accepted) inspection).pair()::privateKeyPem)
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void every_example_of_the_javadoc_is_run_here() throws IOException {
    List<String> examples = new ArrayList<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        examples.addAll(examples(JAVADOC, source));
      }
    }
    assertThat(examples)
        .hasSizeGreaterThanOrEqualTo(7)
        .allMatch(lines(Files.readString(HERE))::contains);
  }

  @Test
  void every_example_of_the_guide_is_run_here() throws IOException {
    assertThat(examples(MARKDOWN, EMBEDDING))
        .hasSizeGreaterThanOrEqualTo(3)
        .allMatch(lines(Files.readString(HERE))::contains);
  }

  private static List<String> examples(Pattern pattern, Path file) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map((MatchResult example) -> lines(example.group(1)))
        .toList();
  }

  /** Without what stands before each line: blanks, and the asterisk of a comment. */
  private static String lines(String text) {
    return text.replaceAll("(?m)^ *(\\* ?)? *", "");
  }
}
