package net.lecentre.certmerge.core.inspect;

import static net.lecentre.certmerge.core.inspect.TestPki.EC;
import static net.lecentre.certmerge.core.inspect.TestPki.OTHER_EC;
import static net.lecentre.certmerge.core.inspect.TestPki.issuer;
import static net.lecentre.certmerge.core.inspect.TestPki.keyPem;
import static net.lecentre.certmerge.core.inspect.TestPki.leaf;
import static net.lecentre.certmerge.core.inspect.TestPki.pem;
import static net.lecentre.certmerge.core.inspect.TestPki.root;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.lecentre.certmerge.core.inspect.TestPki.Certificate;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DLSequence;
import org.bouncycastle.asn1.DLSet;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainSignaturesTest {
  private static final AsymmetricCipherKeyPair RSA = TestPki.rsa(2048);
  private static final AsymmetricCipherKeyPair ED25519 = TestPki.ed25519();
  private static final AsymmetricCipherKeyPair P239 = TestPki.ec(X9ObjectIdentifiers.prime239v1);

  private static List<String> told(byte[]... chain) {
    return Inspector.inspect(pem(chain), keyPem(EC), Acceptance.envoy()).findings().stream()
        .filter(finding -> finding.code() == Code.CHAIN_SIGNATURE)
        .map(Finding::message)
        .toList();
  }

  private static AsymmetricCipherKeyPair caKey(String kind) {
    return switch (kind) {
      case "RSA" -> RSA;
      case "Ed25519" -> ED25519;
      default -> TestPki.CA_KEY;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, SHA256withRSA",
    "RSA, SHA1withRSA",
    "RSA, SHA384withRSA",
    "RSA, SHA256withRSAandMGF1",
    "EC, SHA256withECDSA",
    "EC, SHA512withECDSA",
    "Ed25519, Ed25519"
  })
  void a_chain_that_is_signed_as_it_says_has_nothing_to_tell(String kind, String algorithm) {
    AsymmetricCipherKeyPair key = caKey(kind);
    assertThat(told(leaf().signedBy(key, algorithm).der(), issuer().key(key).der())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, SHA256withRSA, EC",
    "RSA, SHA256withRSAandMGF1, EC",
    "EC, SHA256withECDSA, RSA",
    "EC, SHA256withECDSA, Ed25519",
    "Ed25519, Ed25519, EC"
  })
  void an_issuer_with_a_key_of_another_kind_has_not_signed(
      String signer, String algorithm, String issuer) {
    assertThat(
            told(
                leaf().signedBy(caKey(signer), algorithm).der(), issuer().key(caKey(issuer)).der()))
        .hasSize(1);
  }

  @Test
  void a_ca_that_changed_its_key_and_kept_its_name_is_told() {
    assertThat(told(leaf().der(), issuer().key(OTHER_EC).der()))
        .containsExactly(
            "tls.crt: block 1, line 1: certificate 1 is not signed by certificate 2, which has its"
                + " issuer's name (CN=Issuer)");
  }

  @Test
  void one_issuer_of_several_with_the_name_is_enough() {
    assertThat(told(leaf().der(), issuer().key(OTHER_EC).der(), issuer().der())).isEmpty();
  }

  @Test
  void an_issuer_that_its_own_issuer_has_not_signed_is_told_with_its_place() {
    assertThat(told(leaf().der(), issuer().der(), root().key(OTHER_EC).der()))
        .singleElement()
        .asString()
        .startsWith("tls.crt: block 2, line ")
        .contains("certificate 2 is not signed by certificate 3");
  }

  @Test
  void an_issuer_that_is_not_there_is_not_told() {
    assertThat(told(leaf().der())).isEmpty();
  }

  @Test
  void a_damaged_signature_is_told() {
    byte[] der = leaf().der();
    der[der.length - 1] ^= 1;
    assertThat(told(der, issuer().der())).hasSize(1);
  }

  @Test
  void an_algorithm_that_nobody_knows_is_told() {
    byte[] der = leaf().der();
    byte[] ecdsaWithSha256 = {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2};
    for (int i = 0; i + ecdsaWithSha256.length < der.length; i++) {
      int end = i + ecdsaWithSha256.length;
      if (Arrays.equals(der, i, end, ecdsaWithSha256, 0, ecdsaWithSha256.length)) {
        der[end - 1] = 0x63;
      }
    }
    assertThat(told(der, issuer().der()))
        .singleElement()
        .asString()
        .endsWith("is signed with an unknown algorithm (1.2.840.10045.4.3.99)");
  }

  @Test
  void a_name_whose_parts_are_not_sorted_is_verified_as_it_is_written() {
    // DER would sort the set, and Envoy takes it as it is.
    ASN1Encodable cn = new AttributeTypeAndValue(BCStyle.CN, new DERUTF8String("bb"));
    ASN1Encodable o = new AttributeTypeAndValue(BCStyle.O, new DERUTF8String("a"));
    ASN1Encodable name = new DLSequence(new DLSet(new ASN1Encodable[] {cn, o}));
    assertThat(told(leaf().subject(name).der(), issuer().der())).isEmpty();
  }

  @Test
  void an_issuer_whose_key_is_of_an_unknown_kind_cannot_be_judged() {
    assertThat(told(leaf().der(), issuer().key(P239).der())).isEmpty();
  }

  @Test
  void a_self_signed_leaf_is_its_own_affair() {
    assertThat(told(new Certificate(new X500Name("CN=me")).subject("CN=me").key(EC).der()))
        .isEmpty();
  }

  @Test
  void a_chain_of_impostors_ends_the_search() {
    List<byte[]> chain = new ArrayList<>(List.of(leaf().der()));
    for (int i = 1; i < 60; i++) {
      chain.add(issuer().serial(BigInteger.valueOf(i)).key(OTHER_EC).der());
    }
    assertThat(told(chain.toArray(byte[][]::new))).isEmpty();
  }
}
