package net.lecentre.certmerge.core.inspect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.lecentre.certmerge.core.pem.PemBlock;
import net.lecentre.certmerge.core.pem.PemBlock.Header;
import net.lecentre.certmerge.core.pem.PemReader;
import net.lecentre.certmerge.core.pem.PemText;
import net.lecentre.certmerge.core.pem.PemText.Damage;
import net.lecentre.certmerge.core.pem.PemWriter;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTF8String;

/** Reads {@code tls.crt}: every certificate in it, or the first error. */
final class CertificateFile {
  /** The label that is written. */
  private static final String CERTIFICATE = "CERTIFICATE";

  private static final String TRUSTED = "TRUSTED CERTIFICATE";
  private static final Set<String> LABELS = Set.of(CERTIFICATE, "X509 CERTIFICATE", TRUSTED);
  private static final PemFile FILE = new PemFile("tls.crt", Code.CRT_MALFORMED);
  private static final Der DER = new Der(Code.CRT_ASN1);

  private CertificateFile() {}

  /**
   * The certificates of a file.
   *
   * @param chain in the order of the file, at least one
   * @param pem the certificates as they are written out
   */
  // Never compared as a record.
  @SuppressWarnings("ArrayRecordComponent")
  record Certificates(List<X509> chain, byte[] pem) {}

  /** The certificates; empty when there is an error. */
  static Optional<Certificates> read(byte[] bytes, List<Finding> findings) {
    PemText text = PemReader.read(bytes);
    text.first(block -> block.label().endsWith("PRIVATE KEY"))
        .ifPresent(
            block ->
                findings.add(
                    FILE.finding(
                        Code.PRIVATE_KEY_IN_CRT,
                        block,
                        "a private key, which does not belong here")));
    Optional<Finding> error = error(text);
    if (error.isPresent()) {
      findings.add(error.get());
      return Optional.empty();
    }
    List<PemBlock> blocks = text.labelled(LABELS);
    List<X509> chain = new ArrayList<>();
    for (PemBlock block : blocks) {
      try {
        chain.add(certificate(block, chain.size() + 1));
      } catch (Flaw flaw) {
        findings.add(flaw.finding(FILE.where(block)));
        return Optional.empty();
      }
    }
    List<PemBlock> usual = text.labelled(Set.of(CERTIFICATE));
    FILE.form(text, usual, block -> !LABELS.contains(block.label()), findings);
    text.first(block -> LABELS.contains(block.label()) && !block.label().equals(CERTIFICATE))
        .ifPresent(
            block ->
                findings.add(
                    FILE.finding(
                        Code.PEM_FORMAT, block, "the label \"" + block.label() + "\" is unusual")));
    boolean written = text.canonical() && usual.size() == text.blocks().size();
    return Optional.of(new Certificates(List.copyOf(chain), written ? bytes.clone() : pem(chain)));
  }

  private static byte[] pem(List<X509> chain) {
    PemWriter pem = new PemWriter();
    chain.forEach(certificate -> pem.block(CERTIFICATE, certificate.der()));
    return pem.toByteArray();
  }

  private static Optional<Finding> error(PemText text) {
    Optional<Damage> damage = text.damage();
    if (damage.isPresent()) {
      return damage.map(FILE::damage);
    }
    if (text.blank()) {
      return Optional.of(FILE.finding(Code.CRT_EMPTY, "the file is empty"));
    }
    if (text.blocks().isEmpty()) {
      return Optional.of(FILE.finding(Code.CRT_NOT_PEM, "there is no PEM block in the file"));
    }
    if (text.labelled(LABELS).isEmpty()) {
      PemBlock first = text.blocks().get(0);
      return Optional.of(
          FILE.finding(
              Code.CRT_NO_CERTIFICATE,
              first,
              "this is a block "
                  + PemBlock.quoted(first.label())
                  + ", and the file holds no CERTIFICATE"));
    }
    return Optional.empty();
  }

  private static X509 certificate(PemBlock block, int number) throws Flaw {
    if (block.header() != Header.NONE) {
      throw new Flaw(
          Code.CRT_MALFORMED, "a blank line or a header stands inside the CERTIFICATE block");
    }
    byte[] der = block.der();
    if (block.label().equals(TRUSTED)) {
      // OpenSSL appends trust settings to the certificate; Envoy reads past them.
      int length = DER.prefix(der).length();
      if (length < der.length) {
        checkTrust(DER.exactly(Arrays.copyOfRange(der, length, der.length)));
        der = Arrays.copyOf(der, length);
      }
    }
    return X509Reader.read(der, new Place(number, block.number(), block.line()));
  }

  /** OpenSSL's X509_CERT_AUX: each part at most once, in this order. */
  private static void checkTrust(ASN1Encodable trust) throws Flaw {
    int last = -1;
    for (ASN1Encodable part : DER.sequence(trust, "the trust settings")) {
      int place =
          isPurposes(part)
              ? 0
              : part instanceof ASN1TaggedObject tagged
                      && tagged.hasContextTag(0)
                      && isRejection(tagged)
                  ? 1
                  : part instanceof ASN1UTF8String ? 2 : part instanceof ASN1OctetString ? 3 : -1;
      if (place <= last) {
        throw DER.flaw("the trust settings after the certificate are damaged");
      }
      last = place;
    }
  }

  private static boolean isRejection(ASN1TaggedObject tagged) {
    try {
      return isPurposes(ASN1Sequence.getInstance(tagged, false));
    } catch (RuntimeException e) {
      return false;
    }
  }

  private static boolean isPurposes(ASN1Encodable part) {
    if (!(part instanceof ASN1Sequence purposes)) {
      return false;
    }
    for (ASN1Encodable purpose : purposes) {
      if (!(purpose instanceof ASN1ObjectIdentifier)) {
        return false;
      }
    }
    return true;
  }
}
