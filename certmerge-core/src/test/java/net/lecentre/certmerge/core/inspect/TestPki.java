package net.lecentre.certmerge.core.inspect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import net.lecentre.certmerge.core.pem.PemWriter;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DLSequence;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcContentSignerBuilder;
import org.bouncycastle.operator.bc.BcECContentSignerBuilder;
import org.bouncycastle.operator.bc.BcEdECContentSignerBuilder;
import org.bouncycastle.operator.bc.BcRSAContentSignerBuilder;

/** A small PKI that issues good and odd certificates. */
public final class TestPki {
  /** The instant that everything here is relative to. */
  public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  static final AsymmetricCipherKeyPair EC = ec(SECObjectIdentifiers.secp256r1);
  static final AsymmetricCipherKeyPair OTHER_EC = ec(SECObjectIdentifiers.secp256r1);
  static final AsymmetricCipherKeyPair CA_KEY = ec(SECObjectIdentifiers.secp256r1);
  static final X500Name ROOT = new X500Name("CN=Root");
  static final X500Name ISSUER = new X500Name("CN=Issuer");

  private TestPki() {}

  static AsymmetricCipherKeyPair ec(ASN1ObjectIdentifier curve) {
    ECKeyPairGenerator generator = new ECKeyPairGenerator();
    generator.init(
        new ECKeyGenerationParameters(ECNamedDomainParameters.lookup(curve), new SecureRandom()));
    return generator.generateKeyPair();
  }

  static AsymmetricCipherKeyPair rsa(int bits) {
    RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
    generator.init(
        new RSAKeyGenerationParameters(BigInteger.valueOf(65537), new SecureRandom(), bits, 64));
    return generator.generateKeyPair();
  }

  static AsymmetricCipherKeyPair ed25519() {
    Ed25519KeyPairGenerator generator = new Ed25519KeyPairGenerator();
    generator.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
    return generator.generateKeyPair();
  }

  /** A good leaf and its issuer, as one would like to have it. */
  public static byte[] goodCrt() {
    return pem(leaf().der(), issuer().der());
  }

  /** A pair with an own key and serial, valid from now − 1 d to an instant. */
  public static TlsPair pair(String host, Instant notAfter) {
    return ((Accepted) inspection(host, NOW.minus(Duration.ofDays(1)), notAfter)).pair();
  }

  /** The inspection of a pair with an own key, whatever its validity. */
  public static Inspection inspection(String host, Instant notBefore, Instant notAfter) {
    AsymmetricCipherKeyPair key = ec(SECObjectIdentifiers.secp256r1);
    Certificate leaf = leaf().subject("CN=" + host).host(host).key(key);
    return Inspector.inspect(
        pem(leaf.from(notBefore).until(notAfter).der(), issuer().der()),
        keyPem(key),
        Acceptance.envoy());
  }

  static byte[] keyPem(AsymmetricCipherKeyPair key) {
    return new PemWriter().block("PRIVATE KEY", pkcs8(key)).toByteArray();
  }

  static byte[] pkcs8(AsymmetricCipherKeyPair key) {
    try {
      // Without the attributes and the public key, which Bouncy Castle adds for Ed25519.
      PrivateKeyInfo info = PrivateKeyInfoFactory.createPrivateKeyInfo(key.getPrivate());
      return new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), info.parsePrivateKey())
          .getEncoded("DER");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] pem(byte[]... certificates) {
    PemWriter writer = new PemWriter();
    for (byte[] certificate : certificates) {
      writer.block("CERTIFICATE", certificate);
    }
    return writer.toByteArray();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static Certificate leaf() {
    return new Certificate(ISSUER).subject("CN=app.example.com").host("app.example.com").key(EC);
  }

  static Certificate issuer() {
    return new Certificate(ROOT).subject("CN=Issuer").ca().key(CA_KEY);
  }

  static Certificate root() {
    return new Certificate(ROOT).subject("CN=Root").ca().key(CA_KEY);
  }

  /** A certificate in the making. */
  static final class Certificate {
    private final X500Name issuer;
    private ASN1Encodable subject = new X500Name("CN=nobody");
    private AsymmetricCipherKeyPair key = EC;
    private BigInteger serial = BigInteger.valueOf(0x1234567890L);
    private Instant notBefore = NOW.minus(Duration.ofDays(30));
    private Instant notAfter = NOW.plus(Duration.ofDays(60));
    private String algorithm = "SHA256withECDSA";
    private AsymmetricCipherKeyPair signer = CA_KEY;
    private final List<Extension> extensions = new ArrayList<>();

    Certificate(X500Name issuer) {
      this.issuer = issuer;
    }

    Certificate subject(String name) {
      return subject(new X500Name(name));
    }

    /** As it stands, sorted or not. */
    Certificate subject(ASN1Encodable name) {
      subject = name;
      return this;
    }

    Certificate key(AsymmetricCipherKeyPair other) {
      key = other;
      return this;
    }

    Certificate serial(BigInteger other) {
      serial = other;
      return this;
    }

    Certificate from(Instant instant) {
      notBefore = instant;
      return this;
    }

    Certificate until(Instant instant) {
      notAfter = instant;
      return this;
    }

    Certificate signedWith(String name) {
      algorithm = name;
      return this;
    }

    Certificate signedBy(AsymmetricCipherKeyPair key, String name) {
      signer = key;
      return signedWith(name);
    }

    Certificate host(String name) {
      extensions.removeIf(it -> it.getExtnId().equals(Extension.subjectAlternativeName));
      GeneralName dns = new GeneralName(GeneralName.dNSName, name);
      return with(Extension.subjectAlternativeName, false, new GeneralNames(dns));
    }

    Certificate noHost() {
      extensions.removeIf(it -> it.getExtnId().equals(Extension.subjectAlternativeName));
      return this;
    }

    Certificate ca() {
      return with(Extension.basicConstraints, true, new BasicConstraints(true));
    }

    Certificate with(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
      try {
        extensions.add(new Extension(oid, critical, value.toASN1Primitive().getEncoded("DER")));
        return this;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    byte[] der() {
      try {
        AlgorithmIdentifier signature =
            new DefaultSignatureAlgorithmIdentifierFinder().find(algorithm);
        AlgorithmIdentifier digest = new DefaultDigestAlgorithmIdentifierFinder().find(signature);
        BcContentSignerBuilder builder =
            signer.getPrivate() instanceof RSAKeyParameters
                ? new BcRSAContentSignerBuilder(signature, digest)
                : signer.getPrivate() instanceof Ed25519PrivateKeyParameters
                    ? new BcEdECContentSignerBuilder(signature)
                    : new BcECContentSignerBuilder(signature, digest);
        ContentSigner contentSigner = builder.build(signer.getPrivate());
        ASN1EncodableVector tbs = new ASN1EncodableVector();
        tbs.add(new DERTaggedObject(true, 0, new ASN1Integer(2)));
        tbs.add(new ASN1Integer(serial));
        tbs.add(signature);
        tbs.add(issuer);
        tbs.add(
            new DERSequence(
                new ASN1Encodable[] {
                  new Time(Date.from(notBefore)), new Time(Date.from(notAfter))
                }));
        tbs.add(subject);
        tbs.add(publicKey());
        if (!extensions.isEmpty()) {
          tbs.add(
              new DERTaggedObject(
                  true, 3, new DERSequence(extensions.toArray(ASN1Encodable[]::new))));
        }
        DLSequence body = new DLSequence(tbs);
        contentSigner.getOutputStream().write(body.getEncoded("DL"));
        return new DLSequence(
                new ASN1Encodable[] {
                  body, signature, new DERBitString(contentSigner.getSignature())
                })
            .getEncoded("DL");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (OperatorCreationException e) {
        throw new IllegalStateException(e);
      }
    }

    private SubjectPublicKeyInfo publicKey() throws IOException {
      return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(key.getPublic());
    }
  }

  /** A SEC1 key whose secret and public part belong to different keys. */
  static byte[] contradictorySec1() {
    try {
      ECPrivateKey other =
          ECPrivateKey.getInstance(
              PrivateKeyInfoFactory.createPrivateKeyInfo(OTHER_EC.getPrivate()).parsePrivateKey());
      byte[] secret =
          ASN1OctetString.getInstance(
                  ASN1Sequence.getInstance(
                          PrivateKeyInfoFactory.createPrivateKeyInfo(EC.getPrivate())
                              .parsePrivateKey())
                      .getObjectAt(1))
              .getOctets();
      return new DERSequence(
              new ASN1Encodable[] {
                new ASN1Integer(1),
                new DEROctetString(secret),
                new DERTaggedObject(true, 0, X9ObjectIdentifiers.prime256v1),
                new DERTaggedObject(true, 1, other.getPublicKey())
              })
          .getEncoded("DER");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
