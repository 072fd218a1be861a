package net.lecentre.certmerge.conformance;

import static net.lecentre.certmerge.conformance.Certificate.bare;
import static net.lecentre.certmerge.conformance.Certificate.generalizedTime;
import static net.lecentre.certmerge.conformance.Certificate.leaf;
import static net.lecentre.certmerge.conformance.Certificate.utcTime;
import static net.lecentre.certmerge.conformance.Tlv.hex;
import static net.lecentre.certmerge.conformance.Tlv.integer;
import static net.lecentre.certmerge.conformance.Tlv.sequence;
import static net.lecentre.certmerge.conformance.Tlv.set;
import static net.lecentre.certmerge.conformance.Tlv.text;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.lecentre.certmerge.conformance.Keys.Pair;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** What the leaf says: validity, names, extensions, and the rest of its body. */
final class LeafCases {
  private static final Duration DAY = Duration.ofDays(1);
  private static final ASN1ObjectIdentifier TLS_FEATURE =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.24");
  private static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.2.3.4.5.6");

  private LeafCases() {}

  static void addTo(Corpus corpus) {
    validity().forEach((name, leaf) -> corpus.add("validity/" + name, leaf));
    alternativeNames().forEach((name, leaf) -> corpus.add("san/" + name, leaf));
    subjects()
        .forEach(
            (name, subject) -> {
              corpus.add("subject/" + name, leaf().subject(subject));
              corpus.add("subject/" + name + "-no-san", bare().subject(subject));
              corpus.add("issuer/" + name, leaf().issuer(subject));
            });
    extensions().forEach((name, leaf) -> corpus.add("extension/" + name, leaf));
    usages(corpus);
    bodies().forEach((name, leaf) -> corpus.add("body/" + name, leaf));
  }

  private static Map<String, Certificate> validity() {
    Map<String, Certificate> leaves = new TreeMap<>();
    leaves.put("expired", leaf().valid(DAY.multipliedBy(-90), DAY.negated()));
    leaves.put("expired-a-second-ago", leaf().valid(DAY.negated(), Duration.ofSeconds(-1)));
    leaves.put("ends-now", leaf().valid(DAY.negated(), Duration.ZERO));
    leaves.put("begins-now", leaf().valid(Duration.ZERO, DAY));
    leaves.put("begins-in-a-second", leaf().valid(Duration.ofSeconds(1), DAY));
    leaves.put("in-future", leaf().valid(DAY, DAY.multipliedBy(90)));
    leaves.put("inverted", leaf().valid(DAY, DAY.negated()));
    leaves.put("ends-tomorrow", leaf().valid(DAY.negated(), DAY));
    leaves.put("for-ever", leaf().until(generalizedTime("99991231235959Z")));
    leaves.put("since-1950", leaf().from(utcTime("500101000000Z")));
    leaves.put("until-2049", leaf().until(utcTime("491231235959Z")));
    leaves.put("generalized-before-2050", leaf().until(generalizedTime("20261231235959Z")));
    leaves.put("generalized-since-1900", leaf().from(generalizedTime("19000101000000Z")));
    leaves.put("generalized-year-0", leaf().from(generalizedTime("00000101000000Z")));
    leaves.put("utc-no-seconds", leaf().until(utcTime("2612312359Z")));
    leaves.put("utc-offset", leaf().until(utcTime("261231235959+0100")));
    leaves.put("utc-no-zone", leaf().until(utcTime("261231235959")));
    leaves.put("utc-month-13", leaf().until(utcTime("261331235959Z")));
    leaves.put("utc-february-30", leaf().until(utcTime("260230235959Z")));
    leaves.put("utc-leap-day", leaf().until(utcTime("280229000000Z")));
    leaves.put("utc-no-leap-day", leaf().until(utcTime("270229000000Z")));
    leaves.put("utc-hour-24", leaf().until(utcTime("261231240000Z")));
    leaves.put("utc-second-60", leaf().until(utcTime("261231235960Z")));
    leaves.put("utc-letters", leaf().until(utcTime("26123123595xZ")));
    leaves.put("utc-empty", leaf().until(utcTime("")));
    leaves.put("utc-space", leaf().until(utcTime("261231235959Z ")));
    leaves.put("generalized-no-seconds", leaf().until(generalizedTime("202612312359Z")));
    leaves.put("generalized-fraction", leaf().until(generalizedTime("20261231235959.5Z")));
    leaves.put("generalized-offset", leaf().until(generalizedTime("20261231235959+0100")));
    leaves.put("generalized-no-zone", leaf().until(generalizedTime("20261231235959")));
    leaves.put("integer", leaf().until(integer(1)));
    leaves.put("text", leaf().until(text(0x0c, "261231235959Z")));
    return leaves;
  }

  private static Map<String, Certificate> alternativeNames() {
    Map<String, Certificate> leaves = new TreeMap<>();
    leaves.put("none", bare().version(new byte[0]));
    leaves.put("none-and-no-subject", bare().version(new byte[0]).subject(sequence()));
    leaves.put("alone", leaf().subject(sequence()));
    leaves.put("empty-list", bare().names());
    leaves.put("empty-list-and-no-subject", bare().names().subject(sequence()));
    leaves.put("empty-value", bare().with(Extension.subjectAlternativeName, new byte[0]));
    leaves.put("garbage", bare().with(Extension.subjectAlternativeName, new byte[] {1, 2, 3}));
    leaves.put(
        "trailing-byte", bare().with(Extension.subjectAlternativeName, hex("30 03 82 01 61 00")));
    leaves.put("twice", leaf().hosts("b.example.com"));
    leaves.put(
        "critical",
        bare().critical(Extension.subjectAlternativeName, sequence(text(0x82, "a.example.com"))));
    leaves.put("wildcard", bare().hosts("*.example.com"));
    leaves.put("wildcard-alone", bare().hosts("*"));
    leaves.put("wildcard-inside", bare().hosts("a*b.example.com", "a.*.com"));
    leaves.put("punycode", bare().hosts("xn--bcher-kva.example.com"));
    leaves.put("latin-1", bare().hosts("b\u00fccher.example.com"));
    leaves.put("empty-name", bare().hosts(""));
    leaves.put("empty-name-too", bare().hosts("a.example.com", ""));
    leaves.put("empty-name-and-no-subject", bare().hosts("").subject(sequence()));
    leaves.put("nul", bare().hosts("a.example.com\0.evil.example"));
    leaves.put("newline", bare().hosts("a.example.com\nb"));
    leaves.put("space", bare().hosts("a b"));
    leaves.put("trailing-dot", bare().hosts("a.example.com."));
    leaves.put("underscore", bare().hosts("_a.example.com"));
    leaves.put("upper-case", bare().hosts("A.Example.COM"));
    leaves.put("same-name-twice", bare().hosts("a.example.com", "a.example.com"));
    leaves.put("long-label", bare().hosts("a".repeat(64) + ".example.com"));
    leaves.put("long-name", bare().hosts("a.".repeat(200) + "com"));
    leaves.put(
        "1000-names",
        bare()
            .hosts(
                IntStream.range(0, 1000).mapToObj(i -> i + ".example.com").toArray(String[]::new)));
    leaves.put("ipv4", bare().names(Tlv.of(0x87, new byte[] {127, 0, 0, 1})));
    leaves.put("ipv6", bare().names(Tlv.of(0x87, new byte[16])));
    for (int size : new int[] {0, 3, 5, 8, 32}) {
      leaves.put("ip-of-" + size, bare().names(Tlv.of(0x87, new byte[size])));
      leaves.put(
          "ip-of-" + size + "-no-subject",
          bare().names(Tlv.of(0x87, new byte[size])).subject(sequence()));
    }
    leaves.put("ip-as-host", bare().hosts("127.0.0.1"));
    leaves.put("uri", bare().names(text(0x86, "spiffe://example.com/a")));
    leaves.put(
        "uri-and-no-subject",
        bare().names(text(0x86, "spiffe://example.com/a")).subject(sequence()));
    leaves.put("uri-broken", bare().names(text(0x86, "not a uri")));
    leaves.put("uri-latin-1", bare().names(text(0x86, "http://b\u00fccher")));
    leaves.put("mail", bare().names(text(0x81, "a@example.com")));
    leaves.put(
        "mail-and-no-subject", bare().names(text(0x81, "a@example.com")).subject(sequence()));
    leaves.put("registered-id", bare().names(Tlv.of(0x88, new byte[] {42, 3, 4})));
    leaves.put("registered-id-broken", bare().names(Tlv.of(0x88, new byte[] {42, (byte) 0x83})));
    leaves.put("directory-name", bare().names(Tlv.of(0xa4, Tlv.bytes(new X500Name("CN=a")))));
    leaves.put("directory-name-empty", bare().names(Tlv.of(0xa4, sequence())));
    leaves.put("directory-name-broken", bare().names(Tlv.of(0xa4, new byte[] {5, 0})));
    leaves.put(
        "other-name",
        bare().names(Tlv.of(0xa0, Tlv.bytes(UNKNOWN), Tlv.of(0xa0, text(0x0c, "a")))));
    leaves.put("other-name-broken", bare().names(Tlv.of(0xa0, Tlv.bytes(UNKNOWN))));
    leaves.put(
        "other-name-not-utf8",
        bare().names(Tlv.of(0xa0, Tlv.bytes(UNKNOWN), Tlv.of(0xa0, text(0x0c, "\u00ff")))));
    leaves.put("x400", bare().names(Tlv.of(0xa3, sequence())));
    leaves.put("edi-party", bare().names(Tlv.of(0xa5, Tlv.of(0xa1, text(0x0c, "a")))));
    leaves.put("unknown-kind", bare().names(text(0x89, "a")));
    leaves.put("universal-kind", bare().names(text(0x0c, "a.example.com")));
    leaves.put("constructed-host", bare().names(Tlv.of(0xa2, text(0x16, "a.example.com"))));
    return leaves;
  }

  private static Map<String, byte[]> subjects() {
    Map<String, byte[]> names = new TreeMap<>();
    names.put("empty", sequence());
    names.put("empty-cn", name(text(0x0c, "")));
    names.put("empty-cn-then-another", sequence(rdn(text(0x0c, "")), rdn(text(0x0c, "a"))));
    names.put("cn-then-empty-cn", sequence(rdn(text(0x0c, "a")), rdn(text(0x0c, ""))));
    names.put("organization-alone", Tlv.bytes(new X500Name("O=Example")));
    names.put("utf8", name(Tlv.of(0x0c, "B\u00fccher".getBytes(StandardCharsets.UTF_8))));
    names.put("utf8-broken", name(text(0x0c, "B\u00fccher")));
    names.put("utf8-overlong", name(Tlv.of(0x0c, hex("c0 80"))));
    names.put("utf8-surrogate", name(Tlv.of(0x0c, hex("ed a0 80"))));
    names.put("utf8-noncharacter", name(Tlv.of(0x0c, hex("ef bf be"))));
    names.put("utf8-nul", name(Tlv.of(0x0c, hex("61 00 62"))));
    names.put("printable", name(text(0x13, "app.example.com")));
    names.put("printable-with-star", name(text(0x13, "*.example.com")));
    names.put("ia5", name(text(0x16, "app.example.com")));
    names.put("ia5-latin-1", name(text(0x16, "B\u00fccher")));
    names.put("numeric", name(text(0x12, "123")));
    names.put("numeric-with-letters", name(text(0x12, "abc")));
    names.put("t61", name(text(0x14, "B\u00fccher")));
    names.put("videotex", name(text(0x15, "a")));
    names.put("graphic", name(text(0x19, "a")));
    names.put("visible", name(text(0x1a, "a")));
    names.put("general", name(text(0x1b, "a")));
    names.put("universal", name(Tlv.of(0x1c, hex("00 00 00 61"))));
    names.put("universal-broken", name(Tlv.of(0x1c, hex("00 00 61"))));
    names.put("bmp", name(Tlv.of(0x1e, hex("00 61"))));
    names.put("bmp-odd", name(Tlv.of(0x1e, hex("00 61 00"))));
    names.put("bmp-surrogates", name(Tlv.of(0x1e, hex("d8 3d de 00"))));
    names.put("octets", name(Tlv.octets(new byte[] {65})));
    names.put("bits", name(Tlv.bits(new byte[] {65})));
    names.put("integer", name(integer(1)));
    names.put("boolean", name(Tlv.TRUE));
    names.put("null", name(Tlv.NULL));
    names.put("sequence", name(sequence()));
    names.put("context-tag", name(text(0x80, "a")));
    names.put("empty-rdn", sequence(set()));
    names.put(
        "two-in-one-rdn", sequence(set(attribute(text(0x0c, "a")), attribute(text(0x0c, "b")))));
    names.put(
        "unsorted-rdn", sequence(set(attribute(text(0x0c, "b")), attribute(text(0x0c, "a")))));
    names.put("attribute-without-value", sequence(set(sequence(Tlv.bytes(BCStyle.CN)))));
    names.put(
        "attribute-with-two-values",
        sequence(set(sequence(Tlv.bytes(BCStyle.CN), text(0x0c, "a"), text(0x0c, "b")))));
    names.put("rdn-as-sequence", sequence(sequence(attribute(text(0x0c, "a")))));
    names.put("as-set", set(set(attribute(text(0x0c, "a")))));
    names.put("cn-of-65", name(text(0x0c, "a".repeat(65))));
    names.put("cn-of-10000", name(text(0x0c, "a".repeat(10_000))));
    names.put("control-characters", name(text(0x0c, "a\n\u0007")));
    return names;
  }

  private static byte[] name(byte[] commonName) {
    return sequence(rdn(commonName));
  }

  private static byte[] rdn(byte[] commonName) {
    return set(attribute(commonName));
  }

  private static byte[] attribute(byte[] commonName) {
    return sequence(Tlv.bytes(BCStyle.CN), commonName);
  }

  private static Map<String, Certificate> extensions() {
    Map<String, Certificate> leaves = new TreeMap<>();
    leaves.put("must-staple", leaf().with(TLS_FEATURE, sequence(integer(5))));
    leaves.put("must-staple-critical", leaf().critical(TLS_FEATURE, sequence(integer(5))));
    leaves.put("must-staple-v2", leaf().with(TLS_FEATURE, sequence(integer(17))));
    leaves.put("must-staple-both", leaf().with(TLS_FEATURE, sequence(integer(17), integer(5))));
    leaves.put("must-staple-empty", leaf().with(TLS_FEATURE, sequence()));
    leaves.put("must-staple-garbage", leaf().with(TLS_FEATURE, hex("02 01 05")));
    leaves.put("must-staple-not-der", leaf().with(TLS_FEATURE, hex("30 04 02 02 00 05")));
    leaves.put("must-staple-trailing", leaf().with(TLS_FEATURE, hex("30 03 02 01 05 00")));
    leaves.put("unknown", leaf().with(UNKNOWN, new byte[] {1}));
    leaves.put("unknown-critical", leaf().critical(UNKNOWN, new byte[] {1}));
    leaves.put("unknown-twice", leaf().with(UNKNOWN, new byte[] {1}).with(UNKNOWN, new byte[] {1}));
    leaves.put(
        "key-usage-twice",
        leaf().usage(KeyUsage.digitalSignature).usage(KeyUsage.digitalSignature));
    leaves.put(
        "key-usage-twice-bad-first",
        leaf().usage(KeyUsage.keyAgreement).usage(KeyUsage.digitalSignature));
    leaves.put(
        "key-usage-twice-bad-second",
        leaf().usage(KeyUsage.digitalSignature).usage(KeyUsage.keyAgreement));
    leaves.put("key-usage-not-minimal", leaf().with(Extension.keyUsage, hex("03 02 00 80")));
    leaves.put("key-usage-stray-bits", leaf().with(Extension.keyUsage, hex("03 02 07 ff")));
    leaves.put("key-usage-wide", leaf().with(Extension.keyUsage, hex("03 04 00 80 00 01")));
    leaves.put("key-usage-no-bits", leaf().with(Extension.keyUsage, hex("03 01 00")));
    leaves.put("key-usage-unused-8", leaf().with(Extension.keyUsage, hex("03 02 08 80")));
    leaves.put(
        "basic-constraints-no-ca",
        leaf().with(Extension.basicConstraints, new BasicConstraints(false)));
    leaves.put(
        "basic-constraints-false-written",
        leaf().with(Extension.basicConstraints, hex("30 03 01 01 00")));
    leaves.put(
        "basic-constraints-true-as-1",
        leaf().with(Extension.basicConstraints, hex("30 03 01 01 01")));
    leaves.put(
        "basic-constraints-length",
        leaf().with(Extension.basicConstraints, new BasicConstraints(0)));
    leaves.put(
        "basic-constraints-length-no-ca",
        leaf().with(Extension.basicConstraints, hex("30 03 02 01 00")));
    leaves.put(
        "basic-constraints-length-huge",
        leaf()
            .with(
                Extension.basicConstraints,
                sequence(Tlv.TRUE, integer(BigInteger.ONE.shiftLeft(80)))));
    leaves.put(
        "basic-constraints-length-negative",
        leaf().with(Extension.basicConstraints, sequence(Tlv.TRUE, integer(-1))));
    leaves.put(
        "extended-server",
        leaf()
            .with(Extension.extendedKeyUsage, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)));
    leaves.put(
        "extended-client",
        leaf()
            .with(Extension.extendedKeyUsage, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)));
    leaves.put(
        "extended-any",
        leaf()
            .with(
                Extension.extendedKeyUsage,
                new ExtendedKeyUsage(KeyPurposeId.anyExtendedKeyUsage)));
    leaves.put("extended-empty", leaf().with(Extension.extendedKeyUsage, sequence()));
    leaves.put(
        "name-constraints",
        leaf()
            .with(
                Extension.nameConstraints,
                sequence(Tlv.of(0xa0, sequence(text(0x82, "example.com"))))));
    leaves.put("name-constraints-empty", leaf().with(Extension.nameConstraints, sequence()));
    for (Map.Entry<String, ASN1ObjectIdentifier> known : KNOWN.entrySet()) {
      leaves.put(known.getKey() + "-garbage", leaf().with(known.getValue(), new byte[] {1, 2, 3}));
      leaves.put(known.getKey() + "-empty", leaf().with(known.getValue(), new byte[0]));
      leaves.put(known.getKey() + "-null", leaf().with(known.getValue(), Tlv.NULL));
      leaves.put(known.getKey() + "-indefinite", leaf().with(known.getValue(), hex("30 80 00 00")));
    }
    leaves.put(
        "critical-false-written",
        leaf().extension(sequence(Tlv.bytes(UNKNOWN), hex("01 01 00"), Tlv.octets(new byte[1]))));
    leaves.put(
        "critical-as-1",
        leaf().extension(sequence(Tlv.bytes(UNKNOWN), hex("01 01 01"), Tlv.octets(new byte[1]))));
    leaves.put("without-value", leaf().extension(sequence(Tlv.bytes(UNKNOWN))));
    leaves.put(
        "with-element-more",
        leaf()
            .extension(sequence(Tlv.bytes(UNKNOWN), Tlv.TRUE, Tlv.octets(new byte[1]), Tlv.NULL)));
    leaves.put(
        "with-value-as-bits",
        leaf().extension(sequence(Tlv.bytes(UNKNOWN), Tlv.bits(new byte[1]))));
    leaves.put(
        "with-broken-oid", leaf().extension(sequence(hex("06 02 2a 83"), Tlv.octets(new byte[1]))));
    leaves.put(
        "with-padded-oid",
        leaf().extension(sequence(hex("06 03 2a 80 03"), Tlv.octets(new byte[1]))));
    leaves.put("with-empty-oid", leaf().extension(sequence(hex("06 00"), Tlv.octets(new byte[1]))));
    leaves.put(
        "with-long-length",
        leaf()
            .extension(
                Tlv.join(
                    hex("30 81 06"), Tlv.bytes(new ASN1ObjectIdentifier("1.2")), hex("04 01 00"))));
    leaves.put("empty-list", bare().emptyExtensions());
    leaves.put(
        "100",
        IntStream.range(0, 100)
            .boxed()
            .reduce(
                leaf(), (leaf, i) -> leaf.with(UNKNOWN.branch("" + i), new byte[1]), (a, b) -> a));
    return leaves;
  }

  private static final Map<String, ASN1ObjectIdentifier> KNOWN =
      Map.of(
          "key-usage", Extension.keyUsage,
          "basic-constraints", Extension.basicConstraints,
          "extended", Extension.extendedKeyUsage,
          "subject-key", Extension.subjectKeyIdentifier,
          "authority-key", Extension.authorityKeyIdentifier,
          "name-constraints", Extension.nameConstraints,
          "policies", Extension.certificatePolicies,
          "authority-info", Extension.authorityInfoAccess,
          "crl", Extension.cRLDistributionPoints,
          "issuer-name", Extension.issuerAlternativeName);

  /** Each key usage with each kind of key. */
  private static void usages(Corpus corpus) {
    Map<String, Pair> keys =
        new TreeMap<>(Map.of("rsa", Keys.RSA, "ec", Keys.EC, "ed25519", Keys.ED25519));
    Map<String, Integer> usages = new TreeMap<>();
    usages.put("none", 0);
    usages.put("signature", KeyUsage.digitalSignature);
    usages.put("signature-and-encipherment", KeyUsage.digitalSignature | KeyUsage.keyEncipherment);
    usages.put("encipherment", KeyUsage.keyEncipherment);
    usages.put("agreement", KeyUsage.keyAgreement);
    usages.put("non-repudiation", KeyUsage.nonRepudiation);
    usages.put("cert-sign", KeyUsage.keyCertSign);
    usages.put("decipher-only", KeyUsage.decipherOnly);
    usages.put("decipher-only-and-signature", KeyUsage.decipherOnly | KeyUsage.digitalSignature);
    usages.forEach(
        (usage, bits) ->
            keys.forEach(
                (kind, pair) ->
                    corpus.add("usage/" + usage + "-" + kind, leaf().key(pair).usage(bits), pair)));
  }

  private static Map<String, Certificate> bodies() {
    byte[] sha1 = sequence(hex("06 07 2a 86 48 ce 3d 04 01"));
    byte[] md5 = sequence(hex("06 09 2a 86 48 86 f7 0d 01 01 04"), Tlv.NULL);
    Map<String, Certificate> leaves = new TreeMap<>();
    leaves.put("good", leaf());
    leaves.put("serial-0", leaf().serial(integer(0)));
    leaves.put("serial-negative", leaf().serial(integer(-5)));
    leaves.put("serial-20-bytes", leaf().serial(Certificate.serial("7f".repeat(20))));
    leaves.put("serial-21-bytes", leaf().serial(Certificate.serial("7f".repeat(21))));
    leaves.put("serial-1000-bytes", leaf().serial(Certificate.serial("7f".repeat(1000))));
    leaves.put("serial-padded", leaf().serial(hex("02 02 00 05")));
    leaves.put("serial-empty", leaf().serial(hex("02 00")));
    leaves.put("serial-text", leaf().serial(text(0x0c, "1")));
    leaves.put("version-1", bare().version(new byte[0]));
    leaves.put("version-1-written", bare().version(Tlv.of(0xa0, integer(0))));
    leaves.put("version-1-with-extensions", leaf().version(new byte[0]));
    leaves.put("version-2", bare().version(Tlv.of(0xa0, integer(1))));
    leaves.put("version-2-with-extensions", leaf().version(Tlv.of(0xa0, integer(1))));
    leaves.put(
        "version-2-with-identifiers",
        bare()
            .version(Tlv.of(0xa0, integer(1)))
            .uniqueIdentifiers(hex("81 02 00 01"), hex("82 02 00 01")));
    leaves.put("version-3-without-extensions", bare());
    leaves.put("version-3-with-identifiers", leaf().uniqueIdentifiers(hex("81 02 00 01")));
    leaves.put("version-3-with-identifier-bits", leaf().uniqueIdentifiers(hex("81 02 01 02")));
    leaves.put(
        "version-3-with-identifiers-swapped",
        leaf().uniqueIdentifiers(hex("82 02 00 01"), hex("81 02 00 01")));
    leaves.put("version-4", leaf().version(Tlv.of(0xa0, integer(3))));
    leaves.put("version-negative", leaf().version(Tlv.of(0xa0, integer(-1))));
    leaves.put("sha1", leaf().algorithm(sha1));
    leaves.put("md5", leaf().algorithm(md5));
    leaves.put("algorithm-unknown", leaf().algorithm(sequence(Tlv.bytes(UNKNOWN))));
    leaves.put(
        "algorithm-with-null",
        leaf().algorithm(sequence(hex("06 08 2a 86 48 ce 3d 04 03 02"), Tlv.NULL)));
    leaves.put("algorithm-empty", leaf().algorithm(sequence()));
    leaves.put(
        "algorithm-pss", leaf().algorithm(sequence(hex("06 09 2a 86 48 86 f7 0d 01 01 0a"))));
    leaves.put(
        "algorithm-pss-empty",
        leaf().algorithm(sequence(hex("06 09 2a 86 48 86 f7 0d 01 01 0a"), sequence())));
    leaves.put("algorithms-differ", leaf().outerAlgorithm(sha1));
    leaves.put(
        "algorithms-differ-in-parameters",
        leaf().outerAlgorithm(sequence(hex("06 08 2a 86 48 ce 3d 04 03 02"), Tlv.NULL)));
    return leaves;
  }
}
