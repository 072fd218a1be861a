package net.lecentre.certmerge.core.format;

import static net.lecentre.certmerge.core.inspect.TestPki.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Accepted;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.TestPki;
import net.lecentre.certmerge.core.inspect.TlsPair;
import org.junit.jupiter.api.Test;

class CombinedPemTest {
  private static TlsPair pair() {
    return TestPki.pair("shop.example.com", NOW.plus(Duration.ofDays(60)));
  }

  @Test
  void a_key_has_one_file_with_the_private_key_the_leaf_and_the_chain() {
    TlsPair pair = pair();
    assertThat(CombinedPem.files("shop", pair)).containsOnlyKeys("shop.pem");
    assertThat(CombinedPem.files("shop", pair).get("shop.pem"))
        .asString(StandardCharsets.US_ASCII)
        .isEqualTo(text(pair.privateKeyPem()) + text(pair.certificatePem()));
  }

  @Test
  void the_file_is_both_halves_of_the_same_pair() {
    TlsPair pair = pair();
    byte[] file = Objects.requireNonNull(CombinedPem.files("shop", pair).get("shop.pem"));
    assertThat(Inspector.inspect(file, file, Acceptance.envoy()))
        .isInstanceOfSatisfying(Accepted.class, it -> assertThat(it.pair()).isEqualTo(pair));
  }

  @Test
  void a_destroyed_pair_has_no_file() {
    TlsPair pair = pair();
    pair.destroy();
    assertThatThrownBy(() -> CombinedPem.files("shop", pair))
        .isInstanceOf(IllegalStateException.class);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
