package net.lecentre.certmerge.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlternativeNamesTest {
  private static final String LABEL_63 = "a".repeat(63);
  private static final String NAME_253 = (LABEL_63 + ".").repeat(3) + "a".repeat(61);

  private static AlternativeNames dns(String... names) {
    return new AlternativeNames(true, List.of(names), List.of(), 0, Optional.of("cn.example.com"));
  }

  private static AlternativeNames of(GeneralName... names) throws Flaw {
    byte[] der =
        TestPki.leaf()
            .noHost()
            .with(Extension.subjectAlternativeName, false, new GeneralNames(names))
            .der();
    return AlternativeNames.of(X509Reader.read(der, new Place(1, 1, 1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "localhost",
        "az.example.com",
        "AZ.EXAMPLE.COM",
        "09.example.com",
        "a-b.example.com",
        "_a.example.com",
        "*.example.com",
        "*.1",
        "1.2.3.a",
        "192.168.0.1x"
      })
  void a_client_may_ask_for_it(String name) {
    assertThat(dns(name).malformed()).isEmpty();
    assertThat(dns(name).hosts()).containsExactly(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "**.example.com",
        "a*.example.com",
        "www.*.com",
        "example.com.",
        ".example.com",
        "a..b",
        "192.168.0.1",
        "0.9",
        "7",
        "a b",
        "a/b",
        "a:b",
        "a@b",
        "a[b",
        "a`b",
        "a{b",
        "\u00e4.example.com"
      })
  void no_client_asks_for_it(String name) {
    assertThat(dns(name).malformed()).containsExactly(name);
    assertThat(dns(name).hosts()).isEmpty();
  }

  @Test
  void a_label_has_63_characters_at_most() {
    assertThat(dns(LABEL_63 + ".a", LABEL_63 + "a.a").malformed())
        .containsExactly(LABEL_63 + "a.a");
  }

  @Test
  void a_name_has_253_characters_at_most() {
    assertThat(dns(NAME_253, NAME_253 + "a").malformed()).containsExactly(NAME_253 + "a");
  }

  @Test
  void a_host_is_told_once() {
    assertThat(dns("b.com", "a.com", "b.com").hosts()).containsExactly("b.com", "a.com");
  }

  @Test
  void names_are_sorted_by_their_kind() throws Exception {
    AlternativeNames names =
        of(
            new GeneralName(GeneralName.dNSName, "a.com"),
            new GeneralName(GeneralName.rfc822Name, "me@a.com"),
            address(4),
            address(16),
            new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://a"),
            new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://b"));
    assertThat(names)
        .isEqualTo(
            new AlternativeNames(
                true, List.of("a.com"), List.of(4, 16), 2, Optional.of("app.example.com")));
  }

  @Test
  void a_damaged_extension_names_nobody_and_is_there() throws Exception {
    byte[] der =
        TestPki.leaf()
            .noHost()
            .with(Extension.subjectAlternativeName, false, new DEROctetString(new byte[1]))
            .der();
    assertThat(AlternativeNames.of(X509Reader.read(der, new Place(1, 1, 1))))
        .isEqualTo(
            new AlternativeNames(true, List.of(), List.of(), 0, Optional.of("app.example.com")));
  }

  private static GeneralName address(int size) {
    ASN1Encodable bytes = new DEROctetString(new byte[size]);
    return new GeneralName(GeneralName.iPAddress, bytes);
  }
}
