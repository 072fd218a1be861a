package net.lecentre.certmerge.conformance;

import static net.lecentre.certmerge.conformance.Certificate.bare;
import static net.lecentre.certmerge.conformance.Certificate.intermediate;
import static net.lecentre.certmerge.conformance.Certificate.leaf;
import static net.lecentre.certmerge.conformance.Certificate.root;
import static net.lecentre.certmerge.conformance.Corpus.CERTIFICATE;
import static net.lecentre.certmerge.conformance.Corpus.pem;
import static net.lecentre.certmerge.conformance.Tlv.join;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.x509.Extension;

/** What stands beside the leaf in the certificate file. */
final class ChainCases {
  private static final Duration DAY = Duration.ofDays(1);

  private ChainCases() {}

  static void addTo(Corpus corpus) {
    byte[] key = pem(Corpus.PKCS8, Keys.EC.pkcs8());
    files().forEach((name, file) -> corpus.add("chain/" + name, file, key));
  }

  private static Map<String, byte[]> files() {
    byte[] leaf = leaf().der();
    byte[] issuer = intermediate().der();
    byte[] root = root().der();
    byte[] unrelated =
        root().subject("CN=Elsewhere").issuer("CN=Elsewhere").key(Keys.OTHER_EC).der();
    Map<String, byte[]> files = new TreeMap<>();
    files.put("leaf-alone", pem(CERTIFICATE, leaf));
    files.put("leaf-issuer", pem(CERTIFICATE, leaf, issuer));
    files.put("leaf-issuer-root", pem(CERTIFICATE, leaf, issuer, root));
    files.put("leaf-root-issuer", pem(CERTIFICATE, leaf, root, issuer));
    files.put("leaf-root", pem(CERTIFICATE, leaf, root));
    files.put("issuer-first", pem(CERTIFICATE, issuer, leaf));
    files.put("root-first", pem(CERTIFICATE, root, issuer, leaf));
    files.put("leaf-twice", pem(CERTIFICATE, leaf, leaf, issuer));
    files.put("issuer-twice", pem(CERTIFICATE, leaf, issuer, issuer));
    files.put("leaf-last-too", pem(CERTIFICATE, leaf, issuer, leaf));
    files.put("unrelated", pem(CERTIFICATE, leaf, unrelated));
    files.put("unrelated-too", pem(CERTIFICATE, leaf, issuer, unrelated));
    files.put("other-leaf-first", pem(CERTIFICATE, leaf().key(Keys.OTHER_EC).der(), leaf));
    files.put("other-leaf-second", pem(CERTIFICATE, leaf, leaf().key(Keys.OTHER_EC).der()));
    files.put(
        "issuer-expired",
        pem(CERTIFICATE, leaf, intermediate().valid(DAY.multipliedBy(-9), DAY.negated()).der()));
    files.put(
        "issuer-in-future",
        pem(CERTIFICATE, leaf, intermediate().valid(DAY, DAY.multipliedBy(9)).der()));
    files.put(
        "issuer-is-no-ca",
        pem(
            CERTIFICATE,
            leaf,
            bare()
                .issuer("CN=Conformance Root")
                .subject("CN=Conformance Intermediate")
                .key(Keys.CA)
                .der()));
    files.put(
        "issuer-with-rsa-512",
        pem(CERTIFICATE, leaf, intermediate().key(Keys.Rsa.random("issuer", 512, 65537)).der()));
    files.put(
        "issuer-with-unknown-key",
        pem(
            CERTIFICATE,
            leaf,
            intermediate()
                .publicKey(
                    Tlv.sequence(Tlv.sequence(Tlv.hex("06 03 2a 03 04")), Tlv.bits(new byte[9])))
                .der()));
    files.put(
        "issuer-with-broken-key",
        pem(
            CERTIFICATE,
            leaf,
            intermediate()
                .publicKey(
                    Tlv.sequence(
                        Tlv.sequence(
                            Tlv.hex("06 07 2a 86 48 ce 3d 02 01"),
                            Tlv.hex("06 08 2a 86 48 ce 3d 03 01 07")),
                        Tlv.bits(new byte[9])))
                .der()));
    files.put(
        "issuer-without-name",
        pem(CERTIFICATE, leaf, intermediate().subject(Tlv.sequence()).der()));
    files.put(
        "issuer-with-garbage-extension",
        pem(CERTIFICATE, leaf, intermediate().with(Extension.keyUsage, new byte[] {9, 9}).der()));
    files.put("issuer-with-extension-twice", pem(CERTIFICATE, leaf, intermediate().ca().der()));
    files.put(
        "issuer-broken",
        join(pem(CERTIFICATE, leaf), pem(CERTIFICATE, Arrays.copyOf(issuer, issuer.length - 3))));
    files.put("issuer-trailing-byte", pem(CERTIFICATE, leaf, join(issuer, new byte[1])));
    files.put("issuer-empty-block", join(pem(CERTIFICATE, leaf), pem(CERTIFICATE, new byte[0])));
    files.put(
        "issuer-wrongly-signed", pem(CERTIFICATE, leaf, intermediate().wronglySigned().der()));
    files.put("leaf-wrongly-signed", pem(CERTIFICATE, leaf().wronglySigned().der(), issuer));
    files.put("leaf-trailing-byte", pem(CERTIFICATE, join(leaf, new byte[1]), issuer));
    files.put("leaf-self-signed", pem(CERTIFICATE, leaf().issuer("CN=" + Certificate.HOST).der()));
    files.put("leaf-is-ca", pem(CERTIFICATE, leaf().ca().der(), issuer));
    files.put("two-in-one-block", pem(CERTIFICATE, join(leaf, issuer)));
    files.put("none", new byte[0]);
    files.put("blank", Corpus.ascii("\n \n"));
    files.put("der", leaf);
    files.put("text", Corpus.ascii("not a certificate\n"));
    files.put("pkcs7", pem("PKCS7", leaf));
    files.put("request", pem("CERTIFICATE REQUEST", leaf));
    files.put(
        "crl-too", join(pem(CERTIFICATE, leaf, issuer), pem("X509 CRL", new byte[] {0x30, 0})));
    files.put(
        "crl-first", join(pem("X509 CRL", new byte[] {0x30, 0}), pem(CERTIFICATE, leaf, issuer)));
    files.put(
        "dh-parameters-too",
        join(pem(CERTIFICATE, leaf, issuer), pem("DH PARAMETERS", new byte[] {0x30, 0})));
    files.put("x509-label", join(pem("X509 CERTIFICATE", leaf), pem(CERTIFICATE, issuer)));
    files.put("trusted-label", join(pem("TRUSTED CERTIFICATE", leaf), pem(CERTIFICATE, issuer)));
    files.put(
        "trusted-label-with-trust",
        join(
            pem(
                "TRUSTED CERTIFICATE",
                join(leaf, Tlv.sequence(Tlv.sequence(Tlv.hex("06 03 2a 03 04"))))),
            pem(CERTIFICATE, issuer)));
    files.put(
        "trusted-label-with-garbage",
        join(pem("TRUSTED CERTIFICATE", join(leaf, new byte[] {5, 0})), pem(CERTIFICATE, issuer)));
    files.put(
        "issuer-trusted-label", join(pem(CERTIFICATE, leaf), pem("TRUSTED CERTIFICATE", issuer)));
    for (int length : new int[] {3, 9, 10, 11, 30, 63, 64, 65, 99, 100, 101, 110}) {
      files.put("long-" + length, pem(CERTIFICATE, line(leaf, length).toArray(byte[][]::new)));
    }
    List<byte[]> shuffled = line(leaf, 12);
    Collections.reverse(shuffled.subList(1, 12));
    files.put("long-reversed", pem(CERTIFICATE, shuffled.toArray(byte[][]::new)));
    return files;
  }

  /** The leaf and issuers, each with a name of its own. */
  private static List<byte[]> line(byte[] leaf, int length) {
    List<byte[]> line = new ArrayList<>(List.of(leaf, intermediate().issuer("CN=2").der()));
    for (int i = 2; i < length; i++) {
      line.add(intermediate().subject("CN=" + i).issuer("CN=" + (i + 1)).der());
    }
    return line;
  }
}
