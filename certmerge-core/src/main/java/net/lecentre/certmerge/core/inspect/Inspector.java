package net.lecentre.certmerge.core.inspect;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import net.lecentre.certmerge.core.pem.PemWriter;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.util.encoders.Hex;

/** Finds out whether a certificate file and a key file make a pair that a consumer can serve. */
public final class Inspector {
  private Inspector() {}

  /**
   * Inspects a pair, whatever bytes it is made of; never throws for what they hold.
   *
   * @param crt the bytes of {@code tls.crt}
   * @param key the bytes of {@code tls.key}
   * @param acceptance what the consumer loads
   */
  public static Inspection inspect(byte[] crt, byte[] key, Acceptance acceptance) {
    List<Finding> findings = new ArrayList<>();
    Optional<List<X509>> chain = CertificateFile.read(crt, findings);
    Optional<PrivateKey> privateKey = KeyFile.read(key, findings);
    Optional<Candidate> candidate =
        chain.flatMap(certificates -> candidate(certificates, privateKey, findings));
    candidate.ifPresent(
        pair -> acceptance.rules().forEach(rule -> rule.check(pair).forEach(findings::add)));
    findings.sort(Comparator.comparing(Finding::severity));
    boolean rejected = findings.stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
    return rejected
        ? new Rejected(
            findings,
            chain.map(certificates -> leaf(certificates.get(0))),
            places(chain.orElse(List.of())))
        : new Accepted(pair(candidate.orElseThrow()), places(chain.orElseThrow()), findings);
  }

  private static List<Place> places(List<X509> chain) {
    return chain.stream().map(X509::place).toList();
  }

  private static Optional<Candidate> candidate(
      List<X509> chain, Optional<PrivateKey> key, List<Finding> findings) {
    X509 leaf = chain.get(0);
    try {
      return Optional.of(
          new Candidate(
              leaf,
              PublicKeyReader.read(leaf.publicKeyInfo()),
              chain.subList(1, chain.size()),
              AlternativeNames.of(leaf),
              key));
    } catch (Flaw flaw) {
      findings.add(flaw.finding(leaf.where()));
      return Optional.empty();
    }
  }

  private static TlsPair pair(Candidate candidate) {
    PemWriter certificates = new PemWriter();
    List<byte[]> chainDer = new ArrayList<>();
    chainDer.add(candidate.leaf().der());
    candidate.issuers().forEach(issuer -> chainDer.add(issuer.der()));
    chainDer.forEach(der -> certificates.block(CertificateFile.CERTIFICATE, der));
    PrivateKey key = candidate.key().orElseThrow();
    return new TlsPair(
        certificates.toByteArray(),
        new PemWriter().block(key.label(), key.der()).toByteArray(),
        leaf(candidate.leaf()),
        candidate.issuers().stream()
            .map(it -> new Issuer(Text.shown(it.subject()), it.notBefore(), it.notAfter()))
            .toList(),
        chainDer);
  }

  private static Leaf leaf(X509 leaf) {
    return new Leaf(
        Text.shown(leaf.subject()),
        hex(leaf.serial()),
        sha256(leaf.der()),
        leaf.notBefore(),
        leaf.notAfter(),
        AlternativeNames.of(leaf).hosts());
  }

  /** Bouncy Castle's, since a serial number may be as long as the file: toString is quadratic. */
  private static String hex(BigInteger number) {
    String digits = Hex.toHexString(number.abs().toByteArray()).replaceFirst("^0+(?=.)", "");
    return number.signum() < 0 ? "-" + digits : digits;
  }

  private static String sha256(byte[] bytes) {
    SHA256Digest digest = new SHA256Digest();
    digest.update(bytes, 0, bytes.length);
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return Hex.toHexString(hash);
  }
}
