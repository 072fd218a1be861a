package net.lecentre.certmerge.core.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Code;
import net.lecentre.certmerge.core.inspect.Finding;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.Severity;
import net.lecentre.certmerge.core.inspect.TlsPair;

/** What an inspection promises whatever the two files hold. */
final class Promises {
  private static final int MAX_MESSAGE = 1000;

  /** How much base64 of a file a message may quote: less than nine bytes. */
  private static final int MAX_QUOTE = 11;

  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]{" + (MAX_QUOTE + 1) + ",}");
  private static final Pattern WORD = Pattern.compile("[A-Za-z]+");
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private Promises() {}

  static void areKept(byte[] crt, byte[] key) {
    Inspection inspection = Inspector.inspect(crt, key, Acceptance.envoy());
    tells(inspection.findings(), crt, key);
    inspection
        .leaf()
        .ifPresent(
            leaf ->
                List.of(leaf.notBefore(), leaf.notAfter(), leaf.notAfter().plusNanos(1))
                    .forEach(now -> holdsAt(now, inspection, crt, key)));
    if (inspection instanceof Accepted accepted) {
      isCanonical(accepted.pair());
    }
  }

  private static void holdsAt(Instant now, Inspection inspection, byte[] crt, byte[] key) {
    List<Finding> findings = inspection.findingsAt(now, Duration.ofDays(7));
    tells(findings, crt, key);
    assertThat(inspection.acceptedAt(now))
        .isEqualTo(findings.stream().noneMatch(it -> it.severity() == Severity.ERROR));
    inspection.nextChange(now, Duration.ofDays(7)).ifPresent(next -> assertThat(next).isAfter(now));
  }

  private static void isCanonical(TlsPair pair) {
    Inspection again =
        Inspector.inspect(pair.certificatePem(), pair.privateKeyPem(), Acceptance.envoy());
    assertThat(again)
        .isInstanceOfSatisfying(
            Accepted.class, accepted -> assertThat(accepted.pair()).isEqualTo(pair));
    assertThat(again.findings())
        .extracting(Finding::code)
        .doesNotContain(Code.PEM_FORMAT, Code.EXTRA_TEXT);
  }

  private static void tells(List<Finding> findings, byte[] crt, byte[] key) {
    assertThat(findings).isSortedAccordingTo(Comparator.comparing(Finding::severity));
    for (Finding finding : findings) {
      assertThat(finding.message()).hasSizeLessThanOrEqualTo(MAX_MESSAGE);
      assertThat(finding.message()).doesNotContainPattern(CONTROL);
      quotesNothingOf(key, finding);
      quotesNothingOf(crt, finding);
    }
  }

  /** Words aside: a file may well hold words that messages use. */
  private static void quotesNothingOf(byte[] file, Finding finding) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    Matcher runs = BASE64.matcher(finding.message());
    while (runs.find()) {
      for (int end = MAX_QUOTE + 1; end <= runs.group().length(); end++) {
        String quote = runs.group().substring(end - MAX_QUOTE - 1, end);
        if (!WORD.matcher(quote).matches()) {
          assertThat(text.contains(quote))
              .as("%s quotes \"%s\" of a file", finding, quote)
              .isFalse();
        }
      }
    }
  }
}
