package net.lecentre.certmerge.core.inspect;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * A leaf's names (RFC 5280 4.2.1.6, RFC 9525).
 *
 * @param present whether the leaf has the extension at all
 * @param dns its DNS names as written
 * @param addressSizes how many bytes each of its IP addresses has
 * @param uris how many URIs it has
 * @param commonName the subject's first common name as written
 */
record AlternativeNames(
    boolean present,
    List<String> dns,
    List<Integer> addressSizes,
    int uris,
    Optional<String> commonName) {

  static AlternativeNames of(X509 leaf) {
    List<String> dns = new ArrayList<>();
    List<Integer> addressSizes = new ArrayList<>();
    int uris = 0;
    List<X509.Extension> extensions = leaf.all(Extension.subjectAlternativeName);
    // BoringSSL gives no names at all when there are two such extensions.
    if (extensions.size() == 1) {
      for (GeneralName name : names(extensions.get(0))) {
        ASN1Encodable value = name.getName();
        if (name.getTagNo() == GeneralName.dNSName) {
          dns.add(ASN1IA5String.getInstance(value).getString());
        } else if (name.getTagNo() == GeneralName.iPAddress) {
          addressSizes.add(ASN1OctetString.getInstance(value).getOctetsLength());
        } else if (name.getTagNo() == GeneralName.uniformResourceIdentifier) {
          uris++;
        }
      }
    }
    return new AlternativeNames(
        !extensions.isEmpty(), dns, addressSizes, uris, leaf.subject().commonName());
  }

  private static GeneralName[] names(X509.Extension extension) {
    try {
      return GeneralNames.getInstance(extension.element()).getNames();
    } catch (Flaw | RuntimeException e) {
      // LeafRules.extensionsAreReadable reports it.
      return new GeneralName[0];
    }
  }

  /** The names that a client could ask for: those of the extension, else the common name. */
  List<String> hosts() {
    List<String> candidates = present ? dns : commonName.stream().toList();
    Set<String> hosts = new LinkedHashSet<>(candidates);
    hosts.removeIf(name -> !isHost(name));
    return List.copyOf(hosts);
  }

  /** The DNS names that no client could ask for. */
  List<String> malformed() {
    return dns.stream().filter(name -> !isHost(name)).toList();
  }

  /** Labels of letters, digits, hyphens and underscores; a wildcard may stand for the first. */
  private static boolean isHost(String name) {
    if (name.isEmpty() || name.length() > 253) {
      return false;
    }
    int start = 0;
    boolean numeric = true;
    while (start <= name.length()) {
      int dot = name.indexOf('.', start);
      int end = dot < 0 ? name.length() : dot;
      boolean wildcard = start == 0 && dot == 1 && name.charAt(0) == '*';
      if (!wildcard && (end == start || end - start > 63 || !isLabel(name, start, end))) {
        return false;
      }
      numeric &= Text.isNumber(name, start, end);
      start = end + 1;
    }
    return !numeric;
  }

  private static boolean isLabel(String name, int start, int end) {
    for (int i = start; i < end; i++) {
      char c = name.charAt(i);
      if (!Text.isLetterOrDigit(c) && c != '-' && c != '_') {
        return false;
      }
    }
    return true;
  }
}
