package net.lecentre.certmerge.core.inspect;

import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** What people call keys that are not served. */
final class KeyKinds {
  private static final Map<ASN1ObjectIdentifier, String> NAMES =
      Map.of(
          PKCSObjectIdentifiers.id_RSASSA_PSS, "RSA-PSS",
          X9ObjectIdentifiers.id_dsa, "DSA",
          PKCSObjectIdentifiers.dhKeyAgreement, "Diffie-Hellman",
          X9ObjectIdentifiers.dhpublicnumber, "Diffie-Hellman",
          EdECObjectIdentifiers.id_Ed448, "Ed448",
          EdECObjectIdentifiers.id_X25519, "X25519",
          EdECObjectIdentifiers.id_X448, "X448",
          NISTObjectIdentifiers.id_ml_dsa_44, "ML-DSA-44",
          NISTObjectIdentifiers.id_ml_dsa_65, "ML-DSA-65",
          NISTObjectIdentifiers.id_ml_dsa_87, "ML-DSA-87");

  private KeyKinds() {}

  static String name(ASN1ObjectIdentifier oid) {
    return NAMES.getOrDefault(oid, "of the unknown algorithm " + Text.shown(oid));
  }

  static String curveName(ASN1ObjectIdentifier oid) {
    String name = ECNamedCurveTable.getName(oid);
    return name == null ? "the unknown curve " + Text.shown(oid) : name;
  }
}
