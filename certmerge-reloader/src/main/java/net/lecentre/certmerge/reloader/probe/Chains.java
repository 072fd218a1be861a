package net.lecentre.certmerge.reloader.probe;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import net.lecentre.certmerge.core.inspect.Leaf;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.reloader.decide.Chain;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.Time;
import org.jspecify.annotations.Nullable;

/** Makes comparable chains of certificates. */
public final class Chains {
  private static final int EXTENSIONS = 3;

  /** As Bouncy Castle tells both kinds of times. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss[.SSS]'GMT'xxx", Locale.ROOT);

  private Chains() {}

  /** The chain of a pair on disk. */
  public static Chain of(TlsPair pair) {
    return new Chain(pair.leaf(), pair.chainDer().stream().map(Chains::sha256).toList());
  }

  /** The kind of key that the leaf of a pair on disk has. */
  public static KeyKind kindOf(TlsPair pair) {
    return KeyKind.of(pair.chainDer().get(0));
  }

  /**
   * The chain that a server presented, leaf first. What of the leaf cannot be read is left out: it
   * is told to people, and compared by its bytes. One that was expected is that one.
   */
  static Chain of(List<byte[]> certificates, @Nullable Chain expected) {
    List<String> digests = certificates.stream().map(Chains::sha256).toList();
    if (expected != null && expected.sha256().equals(digests)) {
      return expected;
    }
    return new Chain(leaf(certificates.get(0), digests.get(0)), digests);
  }

  private static Leaf leaf(byte[] der, String digest) {
    ASN1Sequence certificate = ASN1Sequence.getInstance(der);
    ASN1Sequence body = ASN1Sequence.getInstance(certificate.getObjectAt(0));
    int first = body.getObjectAt(0) instanceof ASN1TaggedObject ? 1 : 0;
    return new Leaf(
        readable(() -> X500Name.getInstance(body.getObjectAt(first + 4)).toString(), ""),
        readable(() -> serial(body.getObjectAt(first)), ""),
        digest,
        readable(() -> validity(body, first, 0), Instant.EPOCH),
        readable(() -> validity(body, first, 1), Instant.EPOCH),
        readable(() -> dnsNames(body), List.of()));
  }

  private static <T> T readable(Supplier<T> value, T otherwise) {
    try {
      return value.get();
    } catch (IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | DateTimeException e) {
      return otherwise;
    }
  }

  private static String serial(ASN1Encodable serial) {
    return new BigInteger(1, ASN1Integer.getInstance(serial).getValue().toByteArray()).toString(16);
  }

  private static Instant validity(ASN1Sequence body, int first, int end) {
    ASN1Sequence both = ASN1Sequence.getInstance(body.getObjectAt(first + 3));
    // Not getDate(): that is by a calendar and its locales, megabytes of memory.
    String time = Time.getInstance(both.getObjectAt(end)).getTime();
    return OffsetDateTime.parse(time, TIME).toInstant();
  }

  private static List<String> dnsNames(ASN1Sequence body) {
    for (ASN1Encodable element : body) {
      if (element instanceof ASN1TaggedObject tagged && tagged.getTagNo() == EXTENSIONS) {
        return dnsNamesIn(ASN1Sequence.getInstance(tagged, true));
      }
    }
    return List.of();
  }

  private static List<String> dnsNamesIn(ASN1Sequence extensions) {
    for (ASN1Encodable element : extensions) {
      ASN1Sequence extension = ASN1Sequence.getInstance(element);
      if (extension.getObjectAt(0).equals(Extension.subjectAlternativeName)) {
        byte[] value =
            ASN1OctetString.getInstance(extension.getObjectAt(extension.size() - 1)).getOctets();
        return Arrays.stream(GeneralNames.getInstance(value).getNames())
            .filter(name -> name.getTagNo() == GeneralName.dNSName)
            .map(name -> String.valueOf(name.getName()))
            .toList();
      }
    }
    return List.of();
  }

  private static String sha256(byte[] der) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
