package net.lecentre.certmerge.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.AsymmetricCipherKeyPairGenerator;
import org.bouncycastle.crypto.KeyGenerationParameters;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.DHParameters;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/** Keys of all kinds; the same in each run. */
final class Keys {
  static final Generated CA = ec("CA", SECObjectIdentifiers.secp256r1);
  static final Generated EC = ec("EC", SECObjectIdentifiers.secp256r1);
  static final Generated OTHER_EC = ec("OTHER_EC", SECObjectIdentifiers.secp256r1);
  static final Generated P384 = ec("P384", SECObjectIdentifiers.secp384r1);
  static final Generated ED25519 = ed25519();
  static final Rsa RSA = Rsa.random("RSA", 2048, 65537);
  static final Rsa OTHER_RSA = Rsa.random("OTHER_RSA", 2048, 65537);

  private Keys() {}

  /** Each key has a random of its own, so that it stays the same whatever else is made. */
  static SeededRandom random(String seed) {
    return new SeededRandom(seed.hashCode());
  }

  /** A key pair, as DER. */
  sealed interface Pair permits Generated, Rsa {
    /** The SubjectPublicKeyInfo. */
    byte[] publicKey();

    /** PKCS#8, version 1 (RFC 5208). */
    byte[] pkcs8();

    /** What PKCS#8 wraps: PKCS#1 for RSA, SEC1 for EC. */
    byte[] inner();
  }

  /**
   * A key pair that Bouncy Castle made.
   *
   * @param publicParameters the public half
   * @param privateParameters the private half
   */
  record Generated(
      AsymmetricKeyParameter publicParameters, AsymmetricKeyParameter privateParameters)
      implements Pair {
    @Override
    public byte[] publicKey() {
      try {
        return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(publicParameters)
            .getEncoded("DER");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public byte[] pkcs8() {
      return Tlv.bytes(info());
    }

    @Override
    public byte[] inner() {
      return info().getPrivateKey().getOctets();
    }

    /** Without the public key, which Bouncy Castle likes to add. */
    private PrivateKeyInfo info() {
      try {
        PrivateKeyInfo info = PrivateKeyInfoFactory.createPrivateKeyInfo(privateParameters);
        return new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), info.parsePrivateKey());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Never shows the key. */
    @Override
    public String toString() {
      return privateParameters.getClass().getSimpleName();
    }
  }

  static Generated ec(String seed, ASN1ObjectIdentifier curve) {
    return generate(
        new ECKeyPairGenerator(),
        new ECKeyGenerationParameters(ECNamedDomainParameters.lookup(curve), random(seed)));
  }

  private static Generated ed25519() {
    return generate(
        new Ed25519KeyPairGenerator(), new Ed25519KeyGenerationParameters(random("ED25519")));
  }

  static Generated generate(
      AsymmetricCipherKeyPairGenerator generator, KeyGenerationParameters parameters) {
    generator.init(parameters);
    AsymmetricCipherKeyPair pair = generator.generateKeyPair();
    return new Generated(pair.getPublic(), pair.getPrivate());
  }

  /** The numbers of an RSA key (RFC 8017 A.1.2), which may contradict each other. */
  record Rsa(
      BigInteger n,
      BigInteger e,
      BigInteger d,
      BigInteger p,
      BigInteger q,
      BigInteger dp,
      BigInteger dq,
      BigInteger qinv)
      implements Pair {
    private static final byte[] ALGORITHM =
        Tlv.sequence(Tlv.bytes(PKCSObjectIdentifiers.rsaEncryption), Tlv.NULL);

    static Rsa of(BigInteger p, BigInteger q, BigInteger e) {
      BigInteger p1 = p.subtract(BigInteger.ONE);
      BigInteger q1 = q.subtract(BigInteger.ONE);
      BigInteger d = e.modInverse(p1.multiply(q1).divide(p1.gcd(q1)));
      return new Rsa(p.multiply(q), e, d, p, q, d.mod(p1), d.mod(q1), q.modInverse(p));
    }

    /** Exactly so many bits. */
    static Rsa random(String seed, int bits, long exponent) {
      SeededRandom random = Keys.random(seed);
      BigInteger e = BigInteger.valueOf(exponent);
      while (true) {
        BigInteger p = prime((bits + 1) / 2, e, random);
        BigInteger q = prime(bits - (bits + 1) / 2, e, random);
        if (p.multiply(q).bitLength() == bits && !p.equals(q)) {
          return of(p, q, e);
        }
      }
    }

    private static BigInteger prime(int bits, BigInteger e, SeededRandom random) {
      while (true) {
        BigInteger prime = BigInteger.probablePrime(bits, random);
        if (prime.subtract(BigInteger.ONE).gcd(e).equals(BigInteger.ONE)) {
          return prime;
        }
      }
    }

    /** From the primes of two public groups, since to look for large ones takes long. */
    static Rsa ofGroups(DHParameters one, DHParameters other) {
      return ofGroups(one, other, 65537);
    }

    static Rsa ofGroups(DHParameters one, DHParameters other, long exponent) {
      return of(one.getP(), other.getP(), BigInteger.valueOf(exponent));
    }

    @Override
    public byte[] publicKey() {
      return Tlv.sequence(ALGORITHM, Tlv.bits(Tlv.sequence(Tlv.integer(n), Tlv.integer(e))));
    }

    @Override
    public byte[] pkcs8() {
      return Tlv.sequence(Tlv.integer(0), ALGORITHM, Tlv.octets(inner()));
    }

    @Override
    public byte[] inner() {
      return pkcs1(0);
    }

    /** RFC 8017 A.1.2, of whatever version and with whatever behind. */
    byte[] pkcs1(int version, byte[]... more) {
      return Tlv.sequence(
          Tlv.integer(version),
          Tlv.integer(n),
          Tlv.integer(e),
          Tlv.integer(d),
          Tlv.integer(p),
          Tlv.integer(q),
          Tlv.integer(dp),
          Tlv.integer(dq),
          Tlv.integer(qinv),
          Tlv.join(more));
    }

    Rsa n(BigInteger value) {
      return new Rsa(value, e, d, p, q, dp, dq, qinv);
    }

    Rsa e(BigInteger value) {
      return new Rsa(n, value, d, p, q, dp, dq, qinv);
    }

    Rsa d(BigInteger value) {
      return new Rsa(n, e, value, p, q, dp, dq, qinv);
    }

    Rsa p(BigInteger value) {
      return new Rsa(n, e, d, value, q, dp, dq, qinv);
    }

    Rsa q(BigInteger value) {
      return new Rsa(n, e, d, p, value, dp, dq, qinv);
    }

    Rsa dp(BigInteger value) {
      return new Rsa(n, e, d, p, q, value, dq, qinv);
    }

    Rsa dq(BigInteger value) {
      return new Rsa(n, e, d, p, q, dp, value, qinv);
    }

    Rsa qinv(BigInteger value) {
      return new Rsa(n, e, d, p, q, dp, dq, value);
    }

    /** Never shows the key. */
    @Override
    public String toString() {
      return "RSA " + n.bitLength();
    }
  }
}
