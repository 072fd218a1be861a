package net.lecentre.certmerge.core.inspect;

import static net.lecentre.certmerge.core.inspect.TestPki.EC;
import static net.lecentre.certmerge.core.inspect.TestPki.NOW;
import static net.lecentre.certmerge.core.inspect.TestPki.OTHER_EC;
import static net.lecentre.certmerge.core.inspect.TestPki.goodCrt;
import static net.lecentre.certmerge.core.inspect.TestPki.issuer;
import static net.lecentre.certmerge.core.inspect.TestPki.keyPem;
import static net.lecentre.certmerge.core.inspect.TestPki.leaf;
import static net.lecentre.certmerge.core.inspect.TestPki.pem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What both outcomes of an inspection promise as values. */
class InspectionTest {
  private static final byte[] CRT = goodCrt();
  private static final byte[] KEY = keyPem(EC);
  private static final Instant END = NOW.plus(Duration.ofDays(60));

  private static Inspection inspect(byte[] crt, byte[] key) {
    return Inspector.inspect(crt, key, Acceptance.envoy());
  }

  private static TlsPair pair(byte[] crt) {
    return ((Accepted) inspect(crt, KEY)).pair();
  }

  @Test
  void a_rejected_pair_tells_the_leaf_that_could_be_read() {
    assertThat(inspect(CRT, keyPem(OTHER_EC)).leaf()).contains(pair(CRT).leaf());
    assertThat(inspect(new byte[0], KEY).leaf()).isEmpty();
  }

  @Test
  void a_rejected_pair_changes_when_its_leaf_expires() {
    Inspection rejected = inspect(CRT, keyPem(OTHER_EC));
    assertThat(rejected.nextChange(END, Duration.ZERO)).contains(END.plusNanos(1));
    assertThat(inspect(new byte[0], KEY).nextChange(NOW, Duration.ZERO)).isEmpty();
  }

  @Test
  void a_rejected_pair_that_expired_says_so_and_where() {
    List<Finding> told =
        inspect(CRT, keyPem(OTHER_EC)).findingsAt(END.plusSeconds(1), Duration.ZERO);
    assertThat(told)
        .filteredOn(finding -> finding.code() == Code.EXPIRED)
        .singleElement()
        .extracting(Finding::message)
        .isEqualTo(
            "tls.crt: block 1, line 1: certificate 1 (CN=app.example.com) expired at " + END);
  }

  @Test
  void an_expired_issuer_of_a_pair_that_was_written_is_found_in_its_line() {
    byte[] leaf = leaf().der();
    byte[] crt = pem(leaf, issuer().until(NOW.minusSeconds(1)).der());
    int line = 1 + (int) new String(pem(leaf), StandardCharsets.US_ASCII).lines().count();
    assertThat(new Accepted(pair(crt), List.of()).findingsAt(NOW, Duration.ZERO))
        .singleElement()
        .extracting(Finding::message)
        .asString()
        .startsWith("tls.crt: block 2, line " + line + ": certificate 2 (CN=Issuer) expired");
  }

  @Test
  void an_accepted_pair_tells_its_leaf() {
    assertThat(inspect(CRT, KEY).leaf()).contains(pair(CRT).leaf());
  }

  @Test
  void accepted_pairs_are_equal_when_pair_and_findings_are() {
    Inspection accepted = inspect(CRT, KEY);
    Finding odd = new Finding(Code.EXTRA_TEXT, "odd");
    assertThat(inspect(CRT, KEY)).isEqualTo(accepted).hasSameHashCodeAs(accepted);
    assertThat(new Accepted(pair(CRT), List.of(odd))).isNotEqualTo(accepted);
    assertThat(inspect(goodCrt(), KEY)).isNotEqualTo(accepted);
  }

  @Test
  void rejections_are_equal_when_findings_and_leaf_are() {
    byte[] wrong = keyPem(OTHER_EC);
    Inspection rejected = inspect(CRT, wrong);
    assertThat(inspect(CRT, wrong)).isEqualTo(rejected).hasSameHashCodeAs(rejected);
    assertThat(new Rejected(rejected.findings())).isNotEqualTo(rejected);
    assertThat(inspect(new byte[0], wrong)).isNotEqualTo(rejected);
    assertThat(inspect(CRT, KEY)).isNotEqualTo(rejected);
  }

  @Test
  void findings_begin_with_the_most_severe() {
    Finding told = new Finding(Code.EXTRA_TEXT, "told");
    byte[] selfSigned = pem(leaf().der());
    List<Finding> findings =
        new Accepted(pair(selfSigned), List.of(new Place(1, 1, 1)), List.of(told))
            .findingsAt(END, Duration.ofDays(7));
    assertThat(findings)
        .extracting(Finding::code)
        .containsExactly(Code.EXPIRING_SOON, Code.EXTRA_TEXT);
  }

  @Test
  void a_text_form_names_the_leaf() {
    assertThat(inspect(CRT, KEY)).asString().startsWith("Accepted[TlsPair[Leaf[subject=CN=app.");
    assertThat(inspect(CRT, keyPem(OTHER_EC)))
        .asString()
        .contains("KEY_MISMATCH", "CN=app.example.com");
  }

  @Test
  void a_pair_is_digested_as_both_of_its_texts() throws Exception {
    TlsPair pair = pair(CRT);
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(pair.certificatePem());
    sha256.update(pair.privateKeyPem());

    assertThat(pair.sha256()).isEqualTo(HexFormat.of().formatHex(sha256.digest()));
  }

  @Test
  void a_destroyed_pair_has_the_digest_that_was_asked_for_before() {
    TlsPair pair = pair(CRT);
    String before = pair.sha256();
    pair.destroy();

    assertThat(pair.sha256()).isEqualTo(before);
  }

  @Test
  void a_destroyed_pair_is_not_digested_any_more() {
    TlsPair pair = pair(CRT);
    pair.destroy();

    assertThatThrownBy(pair::sha256).isInstanceOf(IllegalStateException.class);
  }
}
