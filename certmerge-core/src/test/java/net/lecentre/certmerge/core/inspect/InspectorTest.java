package net.lecentre.certmerge.core.inspect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static net.lecentre.certmerge.core.inspect.TestPki.EC;
import static net.lecentre.certmerge.core.inspect.TestPki.NOW;
import static net.lecentre.certmerge.core.inspect.TestPki.OTHER_EC;
import static net.lecentre.certmerge.core.inspect.TestPki.ascii;
import static net.lecentre.certmerge.core.inspect.TestPki.goodCrt;
import static net.lecentre.certmerge.core.inspect.TestPki.issuer;
import static net.lecentre.certmerge.core.inspect.TestPki.join;
import static net.lecentre.certmerge.core.inspect.TestPki.keyPem;
import static net.lecentre.certmerge.core.inspect.TestPki.leaf;
import static net.lecentre.certmerge.core.inspect.TestPki.pem;
import static net.lecentre.certmerge.core.inspect.TestPki.pkcs8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import net.lecentre.certmerge.core.pem.PemWriter;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.util.encoders.Hex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectorTest {
  private static final byte[] KEY = keyPem(EC);
  private static final Duration WEEK = Duration.ofDays(7);

  private static Inspection inspect(byte[] crt, byte[] key) {
    return Inspector.inspect(crt, key, Acceptance.envoy());
  }

  private static TlsPair accepted(byte[] crt, byte[] key) {
    Inspection inspection = inspect(crt, key);
    assertThat(inspection).as("%s", inspection.findings()).isInstanceOf(Accepted.class);
    return ((Accepted) inspection).pair();
  }

  @Test
  void a_good_pair_has_nothing_to_tell() {
    assertThat(inspect(goodCrt(), KEY).findingsAt(NOW, WEEK)).isEmpty();
  }

  @Test
  void a_canonical_pair_is_written_byte_for_byte() {
    byte[] crt = goodCrt();
    TlsPair pair = accepted(crt, KEY);
    assertThat(pair.certificatePem()).isEqualTo(crt);
    assertThat(pair.privateKeyPem()).isEqualTo(KEY);
  }

  @Test
  void what_is_not_canonical_is_written_canonically() {
    byte[] crt = goodCrt();
    byte[] odd =
        ("subject=/CN=x\n" + new String(crt, US_ASCII).replace("\n", " \r\n") + "\nbye")
            .getBytes(US_ASCII);
    assertThat(accepted(odd, KEY).certificatePem()).isEqualTo(crt);
  }

  @Test
  void a_key_keeps_its_encoding_and_gets_the_label_that_goes_with_it() {
    byte[] mislabelled = new PemWriter().block("EC PRIVATE KEY", pkcs8(EC)).toByteArray();
    assertThat(accepted(goodCrt(), mislabelled).privateKeyPem()).isEqualTo(KEY);
  }

  @Test
  void a_sec1_key_stays_one_and_loses_its_parameters_block() throws Exception {
    byte[] sec1 =
        PrivateKeyInfoFactory.createPrivateKeyInfo(EC.getPrivate())
            .parsePrivateKey()
            .toASN1Primitive()
            .getEncoded("DER");
    byte[] canonical = new PemWriter().block("EC PRIVATE KEY", sec1).toByteArray();
    byte[] parameters =
        new PemWriter()
            .block("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded())
            .toByteArray();
    assertThat(accepted(goodCrt(), join(parameters, canonical)).privateKeyPem())
        .isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.3.132.0.34", "1.3.132.0.35"})
  void the_larger_curves_are_accepted(String curve) {
    AsymmetricCipherKeyPair key = TestPki.ec(new ASN1ObjectIdentifier(curve));
    accepted(pem(leaf().key(key).der(), issuer().der()), keyPem(key));
  }

  @Test
  void an_rsa_key_is_accepted() {
    AsymmetricCipherKeyPair key = TestPki.rsa(2048);
    accepted(pem(leaf().key(key).der(), issuer().der()), keyPem(key));
  }

  @Test
  void an_ed25519_key_is_accepted() {
    AsymmetricCipherKeyPair key = TestPki.ed25519();
    accepted(pem(leaf().key(key).der(), issuer().der()), keyPem(key));
  }

  @Test
  void a_pkcs8_key_of_version_2_is_refused_with_the_reason() throws Exception {
    AsymmetricCipherKeyPair key = TestPki.ed25519();
    byte[] version2 = PrivateKeyInfoFactory.createPrivateKeyInfo(key.getPrivate()).getEncoded();
    assertThat(
            inspect(
                    pem(leaf().key(key).der(), issuer().der()),
                    new PemWriter().block("PRIVATE KEY", version2).toByteArray())
                .findings()
                .get(0))
        .isEqualTo(
            new Finding(
                Code.KEY_ASN1,
                "tls.key: block 1, line 1: the key is in PKCS#8 version 2 (RFC 5958), which is not"
                    + " loaded: it must be version 1"));
  }

  @Test
  void the_leaf_tells_what_clients_see() {
    Instant end = NOW.plus(Duration.ofDays(60));
    Leaf leaf = accepted(goodCrt(), KEY).leaf();
    assertThat(leaf.subject()).isEqualTo("CN=app.example.com");
    assertThat(leaf.serialHex()).isEqualTo("1234567890");
    assertThat(leaf.notAfter()).isEqualTo(end);
    assertThat(leaf.dnsNames()).containsExactly("app.example.com");
  }

  @Test
  void the_leafs_digest_is_that_of_its_der() throws Exception {
    TlsPair pair = accepted(goodCrt(), KEY);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(pair.chainDer().get(0));
    assertThat(pair.leaf().sha256()).isEqualTo(Hex.toHexString(digest));
  }

  @Test
  void the_common_name_counts_as_host_only_without_alternative_names() {
    byte[] crt = pem(leaf().noHost().der(), issuer().der());
    assertThat(accepted(crt, KEY).leaf().dnsNames()).containsExactly("app.example.com");
    byte[] other = pem(leaf().host("other.example.com").der(), issuer().der());
    assertThat(accepted(other, KEY).leaf().dnsNames()).containsExactly("other.example.com");
  }

  @Test
  void a_leaf_is_valid_from_its_first_to_its_last_instant() {
    Inspection inspection =
        inspect(pem(leaf().from(NOW).until(NOW.plusSeconds(60)).der(), issuer().der()), KEY);
    assertThat(inspection.acceptedAt(NOW.minusNanos(1))).isFalse();
    assertThat(inspection.acceptedAt(NOW)).isTrue();
    assertThat(inspection.acceptedAt(NOW.plusSeconds(60))).isTrue();
    assertThat(inspection.acceptedAt(NOW.plusSeconds(60).plusNanos(1))).isFalse();
  }

  @Test
  void the_next_change_is_where_findings_change() {
    Instant begin = NOW.plus(Duration.ofDays(1));
    Instant end = NOW.plus(Duration.ofDays(20));
    Inspection inspection =
        inspect(pem(leaf().from(begin).until(end).der(), issuer().until(end).der()), KEY);
    assertThat(inspection.nextChange(NOW, WEEK)).contains(begin);
    assertThat(inspection.nextChange(begin, WEEK)).contains(end.minus(WEEK));
    assertThat(inspection.nextChange(end.minus(WEEK), WEEK)).contains(end.plusNanos(1));
    assertThat(inspection.nextChange(end.plusNanos(1), WEEK)).isEmpty();
  }

  @Test
  void the_message_of_a_mismatch_names_the_certificate_that_the_key_belongs_to() {
    Inspection inspection = inspect(pem(issuer().der(), leaf().der()), KEY);
    assertThat(inspection.findings())
        .extracting(Finding::code)
        .contains(Code.KEY_MISMATCH, Code.CHAIN_ORDER);
    assertThat(inspection.findings().get(0).message()).endsWith(", but to certificate 2");
  }

  @Test
  void names_in_messages_have_no_control_characters_and_an_end() {
    String name = "evil\n\u202Ename" + "x".repeat(40);
    byte[] crt =
        pem(
            leaf()
                .subject(
                    "CN=" + name + ",OU=" + "y".repeat(64) + (",OU=" + "y".repeat(64)).repeat(90))
                .der());
    String message = inspect(crt, keyPem(TestPki.OTHER_EC)).findings().get(0).message();
    assertThat(message).contains("evil\\u000a\\u202ename").hasSizeLessThan(400);
  }

  @Test
  void two_pairs_are_equal_by_content() {
    byte[] crt = goodCrt();
    assertThat(accepted(crt, KEY))
        .isEqualTo(accepted(crt, KEY))
        .hasSameHashCodeAs(accepted(crt, KEY));
    assertThat(accepted(crt, KEY)).isNotEqualTo(accepted(goodCrt(), KEY));
  }

  @Test
  void a_destroyed_pair_lends_its_key_no_more() {
    TlsPair pair = accepted(goodCrt(), KEY);
    pair.destroy();
    assertThat(pair.isDestroyed()).isTrue();
    assertThatThrownBy(pair::privateKeyPem).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void what_is_lent_is_a_copy() {
    TlsPair pair = accepted(goodCrt(), KEY);
    Arrays.fill(pair.privateKeyPem(), (byte) 0);
    Arrays.fill(pair.chainDer().get(0), (byte) 0);
    assertThat(pair.privateKeyPem()).isEqualTo(KEY);
    assertThat(pair.chainDer().get(0)[0]).isEqualTo((byte) 0x30);
  }

  @Test
  void no_provider_is_registered() {
    accepted(goodCrt(), KEY);
    assertThat(Security.getProvider("BC")).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 100_000, 500_000})
  void deep_nesting_is_answered_and_not_followed(int depth) {
    byte[] indefinite = new byte[depth * 2];
    for (int i = 0; i < indefinite.length; i += 2) {
      indefinite[i] = 0x30;
      indefinite[i + 1] = (byte) 0x80;
    }
    byte[] key = new PemWriter().block("PRIVATE KEY", indefinite).toByteArray();
    assertThat(inspect(pem(indefinite), key)).isInstanceOf(Rejected.class);
  }

  @Test
  void nested_sequences_of_definite_length_are_answered_too() {
    byte[] der = {};
    for (int i = 0; i < 3000; i++) {
      der = join(new byte[] {0x30, (byte) 0x82, (byte) (der.length >> 8), (byte) der.length}, der);
    }
    byte[] key = new PemWriter().block("PRIVATE KEY", der).toByteArray();
    assertThat(inspect(pem(der), key)).isInstanceOf(Rejected.class);
  }

  @Test
  void a_nested_value_in_a_known_extension_is_answered_too() {
    byte[] der = {};
    for (int i = 0; i < 3000; i++) {
      der = join(new byte[] {0x30, (byte) 0x82, (byte) (der.length >> 8), (byte) der.length}, der);
    }
    Inspection inspection =
        inspect(
            pem(leaf().with(Extension.authorityInfoAccess, false, new DEROctetString(der)).der()),
            KEY);
    assertThat(inspection.findings().get(0).code()).isEqualTo(Code.CRT_ASN1);
  }

  @Test
  void a_length_of_two_gibibytes_is_answered() {
    byte[] der = Hex.decode("30847fffffff0201003084");
    assertThat(inspect(pem(der), KEY).findings().get(0).code()).isEqualTo(Code.CRT_ASN1);
  }

  @Test
  void a_huge_rsa_key_is_answered() {
    byte[] key = new PemWriter().block("RSA PRIVATE KEY", hugeRsa(500_000)).toByteArray();
    assertThat(inspect(goodCrt(), key).findings().get(0).code()).isEqualTo(Code.UNSUPPORTED_KEY);
  }

  private static byte[] hugeRsa(int bits) {
    ASN1EncodableVector numbers = new ASN1EncodableVector();
    numbers.add(new ASN1Integer(0));
    for (int i = 0; i < 8; i++) {
      numbers.add(new ASN1Integer(BigInteger.ONE.shiftLeft(bits).add(BigInteger.ONE)));
    }
    try {
      return new DERSequence(numbers).getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void any_damage_is_answered_and_a_damaged_key_never_accepted(long seed) {
    Random random = new Random(seed);
    byte[] leaf = leaf().der();
    byte[] issuer = issuer().der();
    byte[] key = pkcs8(EC);
    for (int i = 0; i < 400; i++) {
      byte[] damagedLeaf = damaged(leaf, random);
      byte[] damagedKey = damaged(key, random);
      byte[] keyText = new PemWriter().block("PRIVATE KEY", damagedKey).toByteArray();
      inspect(pem(damagedLeaf, damaged(issuer, random)), KEY);
      inspect(damaged(goodCrtOf(leaf, issuer), random), damaged(KEY, random));
      if (inspect(goodCrtOf(leaf, issuer), keyText) instanceof Accepted accepted) {
        assertThat(damagedKey).isEqualTo(key);
        assertThat(accepted.pair().privateKeyPem()).isEqualTo(KEY);
      }
    }
  }

  private static byte[] goodCrtOf(byte[] leaf, byte[] issuer) {
    return pem(leaf, issuer);
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] damaged = bytes.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(4) == 0
        ? Arrays.copyOf(damaged, random.nextInt(damaged.length))
        : damaged;
  }

  @Test
  void a_byte_order_mark_does_not_hide_the_leaf() {
    byte[] bom = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    assertThat(inspect(join(bom, goodCrt()), KEY).findings().get(0).message())
        .startsWith("tls.crt: line 1: this is not a BEGIN line");
  }

  @Test
  void blocks_joined_without_a_newline_are_refused() {
    byte[] first = pem(leaf().der());
    byte[] cut = Arrays.copyOf(first, first.length - 1);
    assertThat(inspect(join(cut, pem(issuer().der())), KEY).findings().get(0).code())
        .isEqualTo(Code.CRT_MALFORMED);
    assertThat(inspect(join(cut, ascii("\n"), pem(issuer().der())), KEY))
        .isInstanceOf(Accepted.class);
  }

  @Test
  void a_damaged_alternative_name_is_refused_though_a_good_one_stands_beside_it() {
    GeneralName good = new GeneralName(GeneralName.dNSName, "app.example.com");
    GeneralName other =
        new GeneralName(
            GeneralName.otherName,
            new DERSequence(
                new ASN1Encodable[] {
                  new ASN1ObjectIdentifier("1.2.3.4"),
                  new DERTaggedObject(true, 1, new DERUTF8String("x"))
                }));
    GeneralNames names = new GeneralNames(new GeneralName[] {good, other});
    byte[] crt =
        pem(
            leaf().noHost().with(Extension.subjectAlternativeName, false, names).der(),
            issuer().der());
    assertThat(inspect(crt, KEY).findings().get(0).code()).isEqualTo(Code.CRT_ASN1);
  }

  @Test
  void a_name_that_is_not_unicode_is_refused() {
    byte[] crt = leaf().subject("CN=app.example.com,O=abc").der();
    String bytes = new String(crt, ISO_8859_1).replace("abc", "a\u00ffc");
    assertThat(inspect(pem(bytes.getBytes(ISO_8859_1)), KEY).findings().get(0).code())
        .isEqualTo(Code.CRT_ASN1);
  }

  @Test
  void a_consumer_that_nobody_knows_gets_what_envoy_would_refuse() {
    byte[] crt =
        pem(
            leaf().with(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyAgreement)).der(),
            issuer().der());
    assertThat(Inspector.inspect(crt, keyPem(EC), Acceptance.envoy())).isInstanceOf(Rejected.class);
    assertThat(Inspector.inspect(crt, keyPem(EC), Acceptance.any())).isInstanceOf(Accepted.class);
  }

  @Test
  void no_consumer_gets_a_key_that_belongs_to_another_certificate() {
    assertThat(Inspector.inspect(goodCrt(), keyPem(OTHER_EC), Acceptance.any()).findings())
        .extracting(Finding::code)
        .containsExactly(Code.KEY_MISMATCH);
  }
}
