package net.lecentre.certmerge.core.inspect;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.operator.ContentVerifier;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcContentVerifierProviderBuilder;
import org.bouncycastle.operator.bc.BcECContentVerifierProviderBuilder;
import org.bouncycastle.operator.bc.BcEdDSAContentVerifierProviderBuilder;
import org.bouncycastle.operator.bc.BcRSAContentVerifierProviderBuilder;

/**
 * Finds certificates that the one with their issuer's name has not signed (RFC 5280 6.1.3 (a) (1)):
 * what is left behind when a CA changes its key and keeps its name.
 *
 * <p>To verify one ECDSA signature takes longer than all the rest of an inspection. That is why no
 * {@link Rule} does it.
 */
final class ChainSignatures {
  /** Bounds the work for chains that nobody would make in good faith. */
  private static final int MAX_VERIFICATIONS = 12;

  private static final Der DER = new Der(Code.CRT_ASN1);

  private final List<X509> chain;
  private int verifications;

  private ChainSignatures(List<X509> chain) {
    this.chain = chain;
  }

  private enum Verdict {
    SIGNED,
    NOT_SIGNED,
    /** With an algorithm that nobody knows. */
    UNKNOWN_ALGORITHM,
    /** By a key, or with an old algorithm, that cannot be judged here. */
    UNKNOWN
  }

  /**
   * A finding for each certificate whose issuer is there by name and has not signed it.
   *
   * @param chainDer the certificates, leaf first; each was read once without a flaw
   * @param places where each stands
   */
  static List<Finding> findings(List<byte[]> chainDer, List<Place> places) {
    try {
      List<X509> chain = new ArrayList<>();
      for (byte[] der : chainDer) {
        chain.add(X509Reader.read(der, places.get(chain.size())));
      }
      return new ChainSignatures(chain).findings();
    } catch (Flaw flaw) {
      throw new IllegalStateException("a certificate is readable only once", flaw);
    }
  }

  private List<Finding> findings() throws Flaw {
    List<Finding> findings = new ArrayList<>();
    for (X509 certificate : chain) {
      if (!certificate.isSelfIssued()) {
        finding(certificate).ifPresent(findings::add);
      }
    }
    return findings;
  }

  private Optional<Finding> finding(X509 certificate) throws Flaw {
    Optional<Finding> finding = Optional.empty();
    for (X509 issuer : chain) {
      if (!issuer.isNamedAsIssuerOf(certificate)) {
        continue;
      }
      if (verifications == MAX_VERIFICATIONS) {
        return Optional.empty();
      }
      verifications++;
      switch (verdict(certificate, issuer)) {
        case SIGNED -> {
          return Optional.empty();
        }
        case UNKNOWN -> {
          // Told by other rules, where there is something to tell.
        }
        case UNKNOWN_ALGORITHM ->
            finding =
                Optional.of(
                    new Finding(
                        Code.CHAIN_SIGNATURE,
                        certificate.where()
                            + " is signed with an unknown algorithm ("
                            + Text.shown(certificate.signatureAlgorithm().oid())
                            + ")"));
        case NOT_SIGNED ->
            finding =
                Optional.of(
                    new Finding(
                        Code.CHAIN_SIGNATURE,
                        certificate.where()
                            + " is not signed by certificate "
                            + issuer.place().number()
                            + ", which has its issuer's name ("
                            + issuer.subject().shown()
                            + ")"));
      }
    }
    return finding;
  }

  private static Verdict verdict(X509 certificate, X509 issuer) throws Flaw {
    ASN1Sequence parts = DER.sequence(DER.exactly(certificate.der()), "the certificate");
    try {
      Optional<ContentVerifier> verifier =
          verifier(
              PublicKeyReader.read(issuer.publicKeyInfo()),
              AlgorithmIdentifier.getInstance(parts.getObjectAt(1)));
      if (verifier.isEmpty()) {
        return Verdict.UNKNOWN;
      }
      try (OutputStream out = verifier.get().getOutputStream()) {
        out.write(parts.getObjectAt(0).toASN1Primitive().getEncoded(ASN1Encoding.DL));
      }
      byte[] signature = ASN1BitString.getInstance(parts.getObjectAt(2)).getOctets();
      return verifier.get().verify(signature) ? Verdict.SIGNED : Verdict.NOT_SIGNED;
    } catch (Flaw e) {
      return Verdict.UNKNOWN;
    } catch (OperatorCreationException e) {
      return certificate.signatureAlgorithm().isWeak()
          ? Verdict.UNKNOWN
          : Verdict.UNKNOWN_ALGORITHM;
    } catch (IOException | RuntimeException e) {
      // Bouncy Castle's word for a signature that is not even well-formed.
      return Verdict.NOT_SIGNED;
    }
  }

  private static Optional<ContentVerifier> verifier(PublicKey key, AlgorithmIdentifier algorithm)
      throws OperatorCreationException {
    if (key instanceof PublicKey.Rsa rsa
        && rsa.modulus().bitLength() <= PublicKey.Rsa.MAX_BITS
        && rsa.exponent().bitLength() <= PublicKey.Rsa.MAX_EXPONENT_BITS) {
      // "Internal" spares the tests of primality, which take far longer than to verify.
      return verifier(
          new BcRSAContentVerifierProviderBuilder(new DefaultDigestAlgorithmIdentifierFinder()),
          new RSAKeyParameters(false, rsa.modulus(), rsa.exponent(), true),
          algorithm);
    }
    if (key instanceof PublicKey.Ec ec) {
      return verifier(
          new BcECContentVerifierProviderBuilder(new DefaultDigestAlgorithmIdentifierFinder()),
          new ECPublicKeyParameters(ec.point(), new ECDomainParameters(ec.curve().parameters())),
          algorithm);
    }
    if (key instanceof PublicKey.Ed25519 ed25519) {
      return verifier(
          new BcEdDSAContentVerifierProviderBuilder(),
          new Ed25519PublicKeyParameters(ed25519.bytes()),
          algorithm);
    }
    return Optional.empty();
  }

  private static Optional<ContentVerifier> verifier(
      BcContentVerifierProviderBuilder builder,
      AsymmetricKeyParameter key,
      AlgorithmIdentifier algorithm)
      throws OperatorCreationException {
    try {
      return Optional.of(builder.build(key).get(algorithm));
    } catch (RuntimeException e) {
      throw new OperatorCreationException("no such algorithm", e);
    }
  }
}
