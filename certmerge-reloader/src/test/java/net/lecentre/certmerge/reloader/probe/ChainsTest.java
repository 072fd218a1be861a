package net.lecentre.certmerge.reloader.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import net.lecentre.certmerge.core.inspect.Leaf;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChainsTest {
  /** From 2050 on it is another kind of time in the certificate. */
  @ParameterizedTest
  @ValueSource(strings = {"2027-03-04T05:06:07Z", "2050-01-01T00:00:00Z"})
  void the_validity_of_what_is_presented_is_told(String end) throws Exception {
    Instant notBefore = Instant.parse("2026-01-02T03:04:05Z");
    IssuedPair pair =
        TestCa.create()
            .issue(Request.forHosts("shop.example.com").valid(notBefore, Instant.parse(end)));

    Leaf leaf = Chains.of(List.of(pair.leaf().getEncoded()), null).leaf();

    assertThat(leaf.notBefore()).isEqualTo(notBefore);
    assertThat(leaf.notAfter()).isEqualTo(end);
  }
}
