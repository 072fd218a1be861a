package net.lecentre.certmerge.conformance;

import static net.lecentre.certmerge.conformance.Certificate.leaf;
import static org.bouncycastle.crypto.agreement.DHStandardGroups.rfc2409_1024;
import static org.bouncycastle.crypto.agreement.DHStandardGroups.rfc3526_1536;
import static org.bouncycastle.crypto.agreement.DHStandardGroups.rfc3526_2048;
import static org.bouncycastle.crypto.agreement.DHStandardGroups.rfc3526_3072;
import static org.bouncycastle.crypto.agreement.DHStandardGroups.rfc3526_4096;
import static org.bouncycastle.crypto.agreement.DHStandardGroups.rfc3526_6144;
import static org.bouncycastle.crypto.agreement.DHStandardGroups.rfc3526_8192;
import static org.bouncycastle.crypto.agreement.DHStandardGroups.rfc7919_ffdhe2048;
import static org.bouncycastle.crypto.agreement.DHStandardGroups.rfc7919_ffdhe3072;
import static org.bouncycastle.crypto.agreement.DHStandardGroups.rfc7919_ffdhe4096;
import static org.bouncycastle.crypto.agreement.DHStandardGroups.rfc7919_ffdhe8192;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import net.lecentre.certmerge.conformance.Keys.Pair;
import net.lecentre.certmerge.conformance.Keys.Rsa;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.teletrust.TeleTrusTObjectIdentifiers;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.generators.DSAKeyPairGenerator;
import org.bouncycastle.crypto.generators.Ed448KeyPairGenerator;
import org.bouncycastle.crypto.generators.MLDSAKeyPairGenerator;
import org.bouncycastle.crypto.generators.X25519KeyPairGenerator;
import org.bouncycastle.crypto.params.DHParameters;
import org.bouncycastle.crypto.params.DSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.DSAParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed448KeyGenerationParameters;
import org.bouncycastle.crypto.params.MLDSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519KeyGenerationParameters;

/** What kind of key a pair has, and how the certificate writes it. */
final class KeyCases {
  private KeyCases() {}

  static void addTo(Corpus corpus) {
    kinds().forEach((name, keys) -> corpus.add("key/" + name, leaf().key(keys), keys));
    publicKeys()
        .forEach(
            (name, publicKey) -> corpus.add("public-key/" + name, leaf().publicKey(publicKey)));
    rsaPublicKeys()
        .forEach(
            (name, publicKey) ->
                corpus.add("public-key/rsa-" + name, leaf().publicKey(publicKey), Keys.RSA));
  }

  private static Map<String, Pair> kinds() {
    Map<String, Pair> kinds = new TreeMap<>();
    for (int bits : new int[] {512, 1024, 1536, 2040, 2047, 2048, 2049, 2056}) {
      kinds.put("rsa-" + bits, Rsa.random("rsa-" + bits, bits, 65537));
    }
    kinds.put("rsa-3072", Rsa.ofGroups(rfc2409_1024, rfc3526_2048));
    kinds.put("rsa-4096", Rsa.ofGroups(rfc3526_2048, rfc7919_ffdhe2048));
    kinds.put("rsa-5120", Rsa.ofGroups(rfc3526_3072, rfc7919_ffdhe2048));
    kinds.put("rsa-6144", Rsa.ofGroups(rfc3526_3072, rfc7919_ffdhe3072));
    kinds.put("rsa-8192", Rsa.ofGroups(rfc3526_4096, rfc7919_ffdhe4096));
    kinds.put("rsa-12288", Rsa.ofGroups(rfc3526_4096, rfc3526_8192));
    kinds.put("rsa-16384", Rsa.ofGroups(rfc3526_8192, rfc7919_ffdhe8192));
    kinds.put("rsa-14336", Rsa.ofGroups(rfc3526_6144, rfc3526_8192));
    kinds.put("rsa-uneven-primes", Rsa.ofGroups(rfc3526_1536, rfc3526_2048));
    kinds.put("rsa-smaller-prime-first", Rsa.ofGroups(rfc3526_1536, rfc7919_ffdhe3072));
    for (long e :
        new long[] {
          3, 5, 17, 257, (1L << 31) - 1, (1L << 32) + 15, (1L << 33) - 9, (1L << 33) + 17
        }) {
      kinds.put("rsa-e-" + e, Rsa.ofGroups(rfc2409_1024, rfc3526_1536, e));
    }
    Map.of(
            "p192", SECObjectIdentifiers.secp192r1,
            "p224", SECObjectIdentifiers.secp224r1,
            "p256", SECObjectIdentifiers.secp256r1,
            "p384", SECObjectIdentifiers.secp384r1,
            "p521", SECObjectIdentifiers.secp521r1,
            "secp256k1", SECObjectIdentifiers.secp256k1,
            "brainpool256", TeleTrusTObjectIdentifiers.brainpoolP256r1,
            "brainpool384", TeleTrusTObjectIdentifiers.brainpoolP384r1,
            "sm2", GMObjectIdentifiers.sm2p256v1,
            "sect283", SECObjectIdentifiers.sect283r1)
        .forEach((name, curve) -> kinds.put("ec-" + name, Keys.ec(name, curve)));
    kinds.put("ed25519", Keys.ED25519);
    kinds.put(
        "ed448",
        Keys.generate(
            new Ed448KeyPairGenerator(), new Ed448KeyGenerationParameters(Keys.random("ed448"))));
    kinds.put(
        "x25519",
        Keys.generate(
            new X25519KeyPairGenerator(),
            new X25519KeyGenerationParameters(Keys.random("x25519"))));
    kinds.put("dsa", dsa());
    Map.of(
            "ml-dsa-44", MLDSAParameters.ml_dsa_44,
            "ml-dsa-65", MLDSAParameters.ml_dsa_65,
            "ml-dsa-87", MLDSAParameters.ml_dsa_87)
        .forEach(
            (name, parameters) -> {
              kinds.put(name + "-seed", mlDsa(parameters, MLDSAPrivateKeyParameters.SEED_ONLY));
              kinds.put(name + "-both", mlDsa(parameters, MLDSAPrivateKeyParameters.BOTH));
              kinds.put(name + "-long", mlDsa(parameters, MLDSAPrivateKeyParameters.EXPANDED_KEY));
            });
    return kinds;
  }

  /** In a public group, since to make one takes long. */
  private static Pair dsa() {
    DHParameters group = rfc7919_ffdhe2048;
    BigInteger q = group.getP().shiftRight(1);
    return Keys.generate(
        new DSAKeyPairGenerator(),
        new DSAKeyGenerationParameters(
            Keys.random("dsa"), new DSAParameters(group.getP(), q, BigInteger.valueOf(4))));
  }

  private static Pair mlDsa(MLDSAParameters parameters, int format) {
    Keys.Generated keys =
        Keys.generate(
            new MLDSAKeyPairGenerator(),
            new MLDSAKeyGenerationParameters(Keys.random("ml-dsa"), parameters));
    return new Keys.Generated(
        keys.publicParameters(),
        ((MLDSAPrivateKeyParameters) keys.privateParameters()).withPreferredFormat(format));
  }

  /** The point of {@link Keys#EC}, written in all ways. */
  private static Map<String, byte[]> publicKeys() {
    ECPublicKeyParameters key = (ECPublicKeyParameters) Keys.EC.publicParameters();
    byte[] point = key.getQ().getEncoded(false);
    byte[] hybrid = point.clone();
    hybrid[0] = (byte) (6 + (point[64] & 1));
    byte[] offCurve = point.clone();
    offCurve[40] ^= 1;
    byte[] curve = Tlv.bytes(X9ObjectIdentifiers.prime256v1);
    byte[] explicit = Tlv.bytes(ECNamedCurveTable.getByOID(X9ObjectIdentifiers.prime256v1));
    ASN1ObjectIdentifier ec = X9ObjectIdentifiers.id_ecPublicKey;
    Map<String, byte[]> keys = new TreeMap<>();
    keys.put("good", info(ec, curve, point));
    keys.put("compressed", info(ec, curve, key.getQ().getEncoded(true)));
    keys.put("hybrid", info(ec, curve, hybrid));
    keys.put("infinity", info(ec, curve, new byte[1]));
    keys.put("off-the-curve", info(ec, curve, offCurve));
    keys.put("no-point", info(ec, curve, new byte[0]));
    keys.put("a-byte-short", info(ec, curve, Arrays.copyOf(point, 64)));
    keys.put("a-byte-long", info(ec, curve, Arrays.copyOf(point, 66)));
    keys.put("other-curve", info(ec, Tlv.bytes(SECObjectIdentifiers.secp384r1), point));
    keys.put("k1-curve", info(ec, Tlv.bytes(SECObjectIdentifiers.secp256k1), point));
    keys.put("explicit-curve", info(ec, explicit, point));
    keys.put("implicit-curve", info(ec, Tlv.NULL, point));
    keys.put("no-curve", info(ec, new byte[0], point));
    keys.put("ecdh", info(new ASN1ObjectIdentifier("1.3.132.1.12"), curve, point));
    keys.put("unknown-algorithm", info(new ASN1ObjectIdentifier("1.2.3.4"), curve, point));
    keys.put("other-key", Keys.OTHER_EC.publicKey());
    keys.put("rsa-key", Keys.RSA.publicKey());
    keys.put(
        "unused-bits",
        Tlv.sequence(
            Tlv.sequence(Tlv.bytes(ec), curve), Tlv.of(3, Tlv.join(new byte[] {1}, point))));
    keys.put(
        "third-element",
        Tlv.sequence(Tlv.sequence(Tlv.bytes(ec), curve), Tlv.bits(point), Tlv.NULL));
    return keys;
  }

  /** The key of {@link Keys#RSA}, written in all ways. */
  private static Map<String, byte[]> rsaPublicKeys() {
    Rsa rsa = Keys.RSA;
    byte[] numbers = Tlv.sequence(Tlv.integer(rsa.n()), Tlv.integer(rsa.e()));
    ASN1ObjectIdentifier oid = PKCSObjectIdentifiers.rsaEncryption;
    Map<String, byte[]> keys = new TreeMap<>();
    keys.put("good", info(oid, Tlv.NULL, numbers));
    keys.put("no-null", info(oid, new byte[0], numbers));
    keys.put("parameters", info(oid, Tlv.sequence(), numbers));
    keys.put("pss", info(PKCSObjectIdentifiers.id_RSASSA_PSS, new byte[0], numbers));
    keys.put("pss-null", info(PKCSObjectIdentifiers.id_RSASSA_PSS, Tlv.NULL, numbers));
    keys.put("oaep", info(PKCSObjectIdentifiers.id_RSAES_OAEP, new byte[0], numbers));
    keys.put("trailing-byte", info(oid, Tlv.NULL, Tlv.join(numbers, new byte[1])));
    keys.put(
        "three-numbers",
        info(
            oid,
            Tlv.NULL,
            Tlv.sequence(Tlv.integer(rsa.n()), Tlv.integer(rsa.e()), Tlv.integer(1))));
    keys.put(
        "modulus-off-by-two",
        info(
            oid,
            Tlv.NULL,
            Tlv.sequence(Tlv.integer(rsa.n().add(BigInteger.TWO)), Tlv.integer(rsa.e()))));
    keys.put(
        "negative-modulus",
        info(oid, Tlv.NULL, Tlv.sequence(Tlv.integer(rsa.n().negate()), Tlv.integer(rsa.e()))));
    keys.put(
        "even-modulus",
        info(
            oid,
            Tlv.NULL,
            Tlv.sequence(Tlv.integer(rsa.n().add(BigInteger.ONE)), Tlv.integer(rsa.e()))));
    keys.put("exponent-1", info(oid, Tlv.NULL, Tlv.sequence(Tlv.integer(rsa.n()), Tlv.integer(1))));
    keys.put(
        "other-exponent", info(oid, Tlv.NULL, Tlv.sequence(Tlv.integer(rsa.n()), Tlv.integer(3))));
    keys.put(
        "long-integer",
        info(
            oid,
            Tlv.NULL,
            Tlv.sequence(Tlv.of(2, new byte[1], rsa.n().toByteArray()), Tlv.integer(rsa.e()))));
    keys.put("ec-key", Keys.EC.publicKey());
    return keys;
  }

  private static byte[] info(ASN1ObjectIdentifier oid, byte[] parameters, byte[] key) {
    return Tlv.sequence(Tlv.sequence(Tlv.bytes(oid), parameters), Tlv.bits(key));
  }
}
