package net.lecentre.certmerge.core.inspect;

import static net.lecentre.certmerge.core.inspect.Surgery.sequence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SignatureAlgorithmTest {
  private static final ASN1Integer ONE = new ASN1Integer(1);
  private static final ASN1ObjectIdentifier ECDSA = X9ObjectIdentifiers.ecdsa_with_SHA256;
  private static final ASN1ObjectIdentifier RSA = PKCSObjectIdentifiers.sha256WithRSAEncryption;
  private static final ASN1ObjectIdentifier PSS = PKCSObjectIdentifiers.id_RSASSA_PSS;

  /** An algorithm, and a part of the message that it is refused with. */
  private record Row(ASN1Encodable algorithm, String message) {
    @Override
    public String toString() {
      return message;
    }
  }

  static Stream<Row> refused() {
    return Stream.of(
        new Row(ONE, "the signature algorithm is not what"),
        new Row(sequence(), "the signature algorithm has 0 elements"),
        new Row(sequence(RSA, ONE, ONE), "the signature algorithm has 3 elements"),
        new Row(sequence(ONE), "the signature algorithm is not what"),
        new Row(sequence(ECDSA, DERNull.INSTANCE), "the ECDSA signature algorithm has parameters"),
        new Row(sequence(PSS), "RSASSA-PSS signature algorithm lacks"),
        new Row(sequence(PSS, DERNull.INSTANCE), "RSASSA-PSS signature algorithm lacks"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void an_algorithm_is_refused_for_what_is_wrong_with_it(Row row) {
    Flaw flaw = catchThrowableOfType(Flaw.class, () -> SignatureAlgorithm.read(row.algorithm));
    assertThat(flaw.finding("it").code()).isEqualTo(Code.CRT_ASN1);
    assertThat(flaw.getMessage()).contains(row.message);
  }

  @Test
  void algorithms_are_the_same_with_the_same_parameters() throws Exception {
    SignatureAlgorithm bare = SignatureAlgorithm.read(sequence(RSA));
    SignatureAlgorithm withNull = SignatureAlgorithm.read(sequence(RSA, DERNull.INSTANCE));
    assertThat(bare.isSame(SignatureAlgorithm.read(sequence(RSA)))).isTrue();
    assertThat(bare.isSame(withNull)).isFalse();
    assertThat(withNull.isSame(bare)).isFalse();
    assertThat(bare.isSame(SignatureAlgorithm.read(sequence(ECDSA)))).isFalse();
    assertThat(withNull.isSame(SignatureAlgorithm.read(sequence(RSA, DERNull.INSTANCE)))).isTrue();
  }

  static Stream<ASN1Encodable> weak() {
    return Stream.of(
        sequence(PKCSObjectIdentifiers.sha1WithRSAEncryption),
        sequence(X9ObjectIdentifiers.ecdsa_with_SHA1),
        pss(),
        pss(new DERTaggedObject(true, 0, sequence(OIWObjectIdentifiers.idSHA1))));
  }

  @ParameterizedTest
  @MethodSource("weak")
  void a_broken_digest_is_weak(ASN1Encodable algorithm) throws Exception {
    assertThat(SignatureAlgorithm.read(algorithm).isWeak()).isTrue();
  }

  static Stream<ASN1Encodable> strong() {
    return Stream.of(
        sequence(RSA),
        sequence(ECDSA),
        // The parameters that make RSASSA-PSS weak mean nothing to others.
        sequence(RSA, sequence()),
        pss(new DERTaggedObject(true, 0, sequence(NISTObjectIdentifiers.id_sha256))),
        // What cannot be read is not called weak.
        pss(ONE));
  }

  @ParameterizedTest
  @MethodSource("strong")
  void any_other_digest_is_not(ASN1Encodable algorithm) throws Exception {
    assertThat(SignatureAlgorithm.read(algorithm).isWeak()).isFalse();
  }

  private static ASN1Encodable pss(ASN1Encodable... parameters) {
    return sequence(PSS, sequence(parameters));
  }
}
