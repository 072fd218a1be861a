package net.lecentre.certmerge.testbed;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;

/**
 * A certification authority that issues every kind of pair that a test needs, good and broken. Its
 * own keys are P-256.
 */
public final class TestCa {
  private static final Duration CA_VALIDITY = Duration.ofDays(3650);
  private static final Duration LEAF_VALIDITY = Duration.ofDays(90);
  private static final Duration BACKDATED = Duration.ofHours(1);

  private final Provider provider;
  private final SecureRandom random;
  private final InstantSource clock;
  private final X509Certificate certificate;
  private final KeyPair keys;
  private final @Nullable TestCa issuer;

  private TestCa(
      Provider provider, InstantSource clock, String commonName, @Nullable TestCa issuer) {
    this.provider = provider;
    this.random = new SecureRandom();
    this.clock = clock;
    this.issuer = issuer;
    this.keys = generate(KeyAlgorithm.P_256);
    Instant now = clock.instant();
    X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
    try {
      X509v3CertificateBuilder builder =
          certificateBuilder(
              issuer == null ? name : subjectOf(issuer.certificate),
              now.minus(BACKDATED),
              now.plus(CA_VALIDITY),
              name,
              keys,
              issuer == null ? keys : issuer.keys);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      this.certificate = sign(builder, issuer == null ? keys : issuer.keys);
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot make the CA " + commonName, e);
    }
  }

  /** A new root CA on the system's clock. */
  public static TestCa create() {
    return create(InstantSource.system());
  }

  /**
   * A new root CA.
   *
   * @param clock what validities are relative to
   */
  public static TestCa create(InstantSource clock) {
    return new TestCa(new BouncyCastleProvider(), clock, "certmerge test root", null);
  }

  /** A new intermediate CA below this one; what it issues carries its certificate in the chain. */
  public TestCa intermediate() {
    return new TestCa(provider, clock, "certmerge test intermediate", this);
  }

  /** Issues a P-256 pair for these DNS names. */
  public IssuedPair issue(String firstHost, String... moreHosts) {
    return issue(Request.forHosts(firstHost, moreHosts));
  }

  /**
   * Issues a pair. Asked twice for the same, it issues two: another serial number and another key.
   *
   * @throws IllegalStateException if this JVM lacks what the request needs
   */
  public IssuedPair issue(Request request) {
    try {
      Instant now = clock.instant();
      KeyPair leafKeys = generate(request.algorithm());
      X509Certificate leaf = leaf(request, leafKeys, now);
      PrivateKey written =
          request.wrongKey() ? generate(request.algorithm()).getPrivate() : leafKeys.getPrivate();
      List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
      for (TestCa ca = this; ca.issuer != null; ca = ca.issuer) {
        chain.add(ca.certificate);
      }
      return new IssuedPair(pem(chain), keyPem(written, request.encoding()), leaf, chain);
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot issue " + request, e);
    }
  }

  /** This CA's own certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** This CA's own certificate in PEM. */
  public String certificatePem() {
    return pem(List.of(certificate));
  }

  /**
   * A new key pair's private and public half in PEM, for other things than certificates (PKCS#8 and
   * RFC 5280 form).
   */
  KeyPem freeKey(KeyAlgorithm algorithm) {
    KeyPair pair = generate(algorithm);
    return new KeyPem(
        keyPem(pair.getPrivate(), KeyEncoding.PKCS8),
        pem(new PemObject("PUBLIC KEY", pair.getPublic().getEncoded())));
  }

  /** A key pair in PEM. */
  record KeyPem(String privateKey, String publicKey) {
    /** Never shows the private key. */
    @Override
    public String toString() {
      return publicKey;
    }
  }

  /** For clients: trusts what this CA issued, and nothing else. */
  public X509TrustManager trust() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("ca", certificate);
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return Arrays.stream(factory.getTrustManagers())
          .flatMap(it -> it instanceof X509TrustManager x509 ? Stream.of(x509) : Stream.empty())
          .findFirst()
          .orElseThrow();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot make a trust manager", e);
    }
  }

  /** A new TLS context with {@link #trust}. */
  public SSLContext clientContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a TLS context", e);
    }
  }

  private X509Certificate leaf(Request request, KeyPair leafKeys, Instant now)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    X500NameBuilder subject = new X500NameBuilder();
    if (request.organization() != null) {
      subject.addRDN(BCStyle.O, request.organization());
    }
    subject.addRDN(BCStyle.CN, request.commonName());
    Instant notBefore = request.notBefore();
    Instant notAfter = request.notAfter();
    X509v3CertificateBuilder builder =
        certificateBuilder(
            subjectOf(certificate),
            notBefore == null ? now.minus(BACKDATED) : notBefore,
            notAfter == null ? now.plus(LEAF_VALIDITY) : notAfter,
            subject.build(),
            leafKeys,
            keys);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    int usage = KeyUsage.digitalSignature;
    if (request.algorithm().family.equals("RSA")) {
      usage |= KeyUsage.keyEncipherment;
    }
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
    GeneralName[] names =
        Stream.concat(
                request.dnsNames().stream().map(it -> new GeneralName(GeneralName.dNSName, it)),
                request.ipAddresses().stream()
                    .map(it -> new GeneralName(GeneralName.iPAddress, it)))
            .toArray(GeneralName[]::new);
    if (names.length > 0) {
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    return sign(builder, keys);
  }

  private X509v3CertificateBuilder certificateBuilder(
      X500Name issuerName,
      Instant notBefore,
      Instant notAfter,
      X500Name subject,
      KeyPair subjectKeys,
      KeyPair issuerKeys)
      throws GeneralSecurityException, IOException {
    JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
    return new JcaX509v3CertificateBuilder(
            issuerName,
            new BigInteger(127, random).setBit(126), // positive and 16 bytes long, RFC 5280 4.1.2.2
            Date.from(notBefore),
            Date.from(notAfter),
            subject,
            subjectKeys.getPublic())
        .addExtension(
            Extension.subjectKeyIdentifier,
            false,
            identifiers.createSubjectKeyIdentifier(subjectKeys.getPublic()))
        .addExtension(
            Extension.authorityKeyIdentifier,
            false,
            identifiers.createAuthorityKeyIdentifier(issuerKeys.getPublic()));
  }

  private X509Certificate sign(X509v3CertificateBuilder builder, KeyPair signer)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA")
                    .setProvider(provider)
                    .build(signer.getPrivate())));
  }

  private KeyPair generate(KeyAlgorithm algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm.family, provider);
      switch (algorithm.family) {
        case "RSA" -> generator.initialize(Integer.parseInt(algorithm.parameter), random);
        case "EC" -> generator.initialize(new ECGenParameterSpec(algorithm.parameter), random);
        default -> {
          // The family is the curve.
        }
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot generate a key for " + algorithm, e);
    }
  }

  private static X500Name subjectOf(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  private static String keyPem(PrivateKey key, KeyEncoding encoding) {
    if (encoding == KeyEncoding.TRADITIONAL) {
      return pem(key);
    }
    try {
      // Written anew because Bouncy Castle adds the public key to an EdDSA key, which not every
      // reader takes.
      PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
      PrivateKeyInfo plain =
          new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), info.parsePrivateKey());
      return pem(new PemObject("PRIVATE KEY", plain.getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a key", e);
    }
  }

  private static String pem(List<X509Certificate> chain) {
    StringBuilder all = new StringBuilder();
    chain.forEach(it -> all.append(pem(it)));
    return all.toString();
  }

  private static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object instanceof PemObject it ? it : new JcaMiscPEMGenerator(object));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write PEM", e);
    }
    return text.toString();
  }
}
