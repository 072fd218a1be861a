package net.lecentre.certmerge.core.inspect;

import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** A distinguished name (RFC 5280 4.1.2.4). */
final class Name {
  private final ASN1Encodable written;
  private final X500Name parsed;
  private Optional<byte[]> der = Optional.empty();

  /** A name as it is written in a certificate, and what {@link X509Reader} made of it. */
  Name(ASN1Encodable written, X500Name parsed) {
    this.written = written;
    this.parsed = parsed;
  }

  RDN[] parts() {
    return parsed.getRDNs();
  }

  /** The first common name, as it is written; {@code ?} when it is no text. */
  Optional<String> commonName() {
    for (RDN rdn : parts()) {
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        if (attribute.getType().equals(BCStyle.CN)) {
          return Optional.of(
              attribute.getValue().toASN1Primitive() instanceof ASN1String string
                  ? string.getString()
                  : "?");
        }
      }
    }
    return Optional.empty();
  }

  /** Escaped and cut, as messages show it. */
  String shown() {
    return Text.shown(parsed);
  }

  /** Byte for byte: CAs copy their own. What has not as many parts is not written out for it. */
  boolean isSame(Name other) {
    return parsed.size() == other.parsed.size() && Arrays.equals(der(), other.der());
  }

  private byte[] der() {
    if (der.isEmpty()) {
      der = Optional.of(Der.encoded(written));
    }
    return der.get();
  }
}
