package net.lecentre.certmerge.core.inspect;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import net.lecentre.certmerge.core.inspect.CertificateFile.Certificates;
import org.bouncycastle.util.encoders.Hex;

/**
 * Finds out whether a certificate file and a key file make a pair that a consumer can serve.
 *
 * <pre>{@code
 * Inspection inspection = Inspector.inspect(crt, key, Acceptance.envoy());
 * List<String> told =
 *     inspection.findingsAt(now, Duration.ofDays(7)).stream()
 *         .map(finding -> finding.severity() + " " + finding.code() + ": " + finding.message())
 *         .toList();
 * boolean good = inspection.acceptedAt(now);
 * }</pre>
 */
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
    Optional<Certificates> certificates = CertificateFile.read(crt, findings);
    Optional<List<X509>> chain = certificates.map(Certificates::chain);
    Optional<KeyFile.Placed> privateKey = KeyFile.read(key, findings);
    Optional<Candidate> candidate = chain.flatMap(it -> candidate(it, privateKey, findings));
    if (candidate.isPresent()) {
      for (Rule rule : acceptance.rules()) {
        findings.addAll(rule.check(candidate.get()));
      }
    }
    findings.sort(Comparator.comparing(Finding::severity));
    boolean rejected = !findings.isEmpty() && findings.get(0).severity() == Severity.ERROR;
    return rejected
        ? new Rejected(
            findings,
            chain.map(
                it ->
                    leaf(
                        it.get(0),
                        candidate
                            .map(Candidate::names)
                            .orElseGet(() -> AlternativeNames.of(it.get(0))))),
            places(chain.orElse(List.of())))
        : new Accepted(
            pair(candidate.orElseThrow(), certificates.orElseThrow().pem()),
            places(chain.orElseThrow()),
            findings);
  }

  private static List<Place> places(List<X509> chain) {
    List<Place> places = new ArrayList<>();
    chain.forEach(certificate -> places.add(certificate.place()));
    return places;
  }

  private static Optional<Candidate> candidate(
      List<X509> chain, Optional<KeyFile.Placed> key, List<Finding> findings) {
    X509 leaf = chain.get(0);
    try {
      return Optional.of(
          new Candidate(
              Chain.of(chain),
              PublicKeyReader.read(leaf.publicKeyInfo()),
              AlternativeNames.of(leaf),
              key));
    } catch (Flaw flaw) {
      findings.add(flaw.finding(leaf.where()));
      return Optional.empty();
    }
  }

  private static TlsPair pair(Candidate candidate, byte[] certificatePem) {
    List<byte[]> chainDer = new ArrayList<>();
    for (X509 certificate : candidate.chain().all()) {
      chainDer.add(certificate.der());
    }
    List<Issuer> issuers = new ArrayList<>();
    for (X509 issuer : candidate.issuers()) {
      issuers.add(new Issuer(issuer.subject().shown(), issuer.notBefore(), issuer.notAfter()));
    }
    return new TlsPair(
        certificatePem,
        candidate.key().orElseThrow().pem(),
        leaf(candidate.leaf(), candidate.names()),
        issuers,
        chainDer);
  }

  private static Leaf leaf(X509 leaf, AlternativeNames names) {
    return new Leaf(
        leaf.subject().shown(),
        hex(leaf.serial()),
        sha256(leaf.der()),
        leaf.notBefore(),
        leaf.notAfter(),
        names.hosts());
  }

  /** Bouncy Castle's, since a serial number may be as long as the file: toString is quadratic. */
  private static String hex(BigInteger number) {
    String digits = Hex.toHexString(number.abs().toByteArray());
    int first = 0;
    while (first < digits.length() - 1 && digits.charAt(first) == '0') {
      first++;
    }
    return (number.signum() < 0 ? "-" : "") + digits.substring(first);
  }

  /** The lower-case hex digest of some bytes, one after the other. */
  static String sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return Hex.toHexString(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
