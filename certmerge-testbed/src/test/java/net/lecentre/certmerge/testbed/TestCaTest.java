package net.lecentre.certmerge.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TestCaTest {
  private static final BouncyCastleProvider BC = new BouncyCastleProvider();

  private final TestCa ca = TestCa.create();

  @ParameterizedTest
  @EnumSource(KeyAlgorithm.class)
  void the_key_in_the_pem_signs_what_the_certificate_verifies(KeyAlgorithm algorithm)
      throws Exception {
    IssuedPair pair = ca.issue(Request.forHosts("a.example.com").algorithm(algorithm));

    assertThat(belongTogether(pair, algorithm)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyAlgorithm.class,
      names = {"RSA_2048", "P_256"})
  void a_traditional_key_names_its_kind(KeyAlgorithm algorithm) throws Exception {
    IssuedPair pair =
        ca.issue(
            Request.forHosts("a.example.com")
                .algorithm(algorithm)
                .encoding(KeyEncoding.TRADITIONAL));

    assertThat(pair.keyPem()).startsWith("-----BEGIN " + algorithm.family + " PRIVATE KEY-----");
    assertThat(belongTogether(pair, algorithm)).isTrue();
  }

  @Test
  void a_wrong_key_is_not_the_certificates() throws Exception {
    IssuedPair pair = ca.issue(Request.forHosts("a.example.com").withWrongKey());

    assertThat(belongTogether(pair, KeyAlgorithm.P_256)).isFalse();
  }

  @Test
  void the_leaf_is_trusted_by_those_who_trust_the_root() {
    IssuedPair pair = ca.intermediate().issue("a.example.com");

    assertThat(pair.chain()).hasSize(2);
    assertThatCode(() -> ca.trust().checkServerTrusted(array(pair), "ECDHE_ECDSA"))
        .doesNotThrowAnyException();
  }

  @Test
  void the_leaf_is_not_trusted_by_those_who_trust_another_root() {
    IssuedPair pair = ca.issue("a.example.com");

    assertThatThrownBy(() -> TestCa.create().trust().checkServerTrusted(array(pair), "ECDHE_ECDSA"))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void the_leaf_carries_the_names_asked_for() throws Exception {
    IssuedPair pair = ca.issue(Request.forHosts("a.example.com", "b.example.com"));

    assertThat(pair.leaf().getSubjectAlternativeNames())
        .extracting(it -> it.get(1).toString())
        .containsExactly("a.example.com", "b.example.com");
  }

  @Test
  void validities_are_relative_to_the_clock() {
    Instant now = Instant.parse("2030-01-01T00:00:00Z");

    X509Certificate leaf = TestCa.create(InstantSource.fixed(now)).issue("a.example.com").leaf();

    assertThat(leaf.getNotBefore().toInstant()).isEqualTo(Instant.parse("2029-12-31T23:00:00Z"));
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(Instant.parse("2030-04-01T00:00:00Z"));
  }

  @Test
  void a_validity_asked_for_is_given() {
    Instant from = Instant.parse("2001-01-01T00:00:00Z");
    Instant to = Instant.parse("2002-01-01T00:00:00Z");

    X509Certificate leaf = ca.issue(Request.forHosts("a.example.com").valid(from, to)).leaf();

    assertThat(List.of(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant()))
        .containsExactly(from, to);
  }

  @Test
  void a_renewal_has_another_serial_and_another_key() {
    IssuedPair first = ca.issue("a.example.com");
    IssuedPair second = ca.issue("a.example.com");

    assertThat(second.serial()).isNotEqualTo(first.serial());
    assertThat(second.leaf().getPublicKey()).isNotEqualTo(first.leaf().getPublicKey());
  }

  @Test
  void no_string_form_of_a_pair_shows_its_key() {
    IssuedPair pair = ca.issue("a.example.com");

    assertThat(pair.toString()).doesNotContain("PRIVATE").contains("a.example.com");
  }

  private static boolean belongTogether(IssuedPair pair, KeyAlgorithm algorithm) throws Exception {
    String signature =
        switch (algorithm.family) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> algorithm.family;
        };
    byte[] text = {1, 2, 3};
    Signature signer = Signature.getInstance(signature, BC);
    signer.initSign(key(pair.keyPem()));
    signer.update(text);
    byte[] signed = signer.sign();
    PublicKey certified =
        new JcaPEMKeyConverter()
            .setProvider(BC)
            .getPublicKey(
                SubjectPublicKeyInfo.getInstance(pair.leaf().getPublicKey().getEncoded()));
    Signature verifier = Signature.getInstance(signature, BC);
    verifier.initVerify(certified);
    verifier.update(text);
    return verifier.verify(signed);
  }

  private static PrivateKey key(String pem) throws Exception {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      Object parsed = parser.readObject();
      PrivateKeyInfo info =
          parsed instanceof PEMKeyPair pair ? pair.getPrivateKeyInfo() : (PrivateKeyInfo) parsed;
      return new JcaPEMKeyConverter().setProvider(BC).getPrivateKey(info);
    }
  }

  private static X509Certificate[] array(IssuedPair pair) {
    return pair.chain().toArray(X509Certificate[]::new);
  }
}
