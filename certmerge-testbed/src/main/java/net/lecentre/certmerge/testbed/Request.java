package net.lecentre.certmerge.testbed;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link TestCa} is asked to issue. Immutable; start with {@link #forHosts} and change what
 * matters.
 *
 * @param commonName the subject's common name, not empty
 * @param organization the subject's organization, or null for none (Kubernetes takes it as the
 *     group)
 * @param dnsNames the DNS names among the subject alternative names; may be empty
 * @param ipAddresses the IP addresses among the subject alternative names; may be empty
 * @param algorithm the kind of key
 * @param encoding how the key is written
 * @param notBefore start of the validity, or null for an hour ago
 * @param notAfter end of the validity, or null for 90 days from now
 * @param wrongKey whether the pair gets a key that is not the certificate's
 */
public record Request(
    String commonName,
    @Nullable String organization,
    List<String> dnsNames,
    List<String> ipAddresses,
    KeyAlgorithm algorithm,
    KeyEncoding encoding,
    @Nullable Instant notBefore,
    @Nullable Instant notAfter,
    boolean wrongKey) {

  /** Copies the lists. */
  public Request {
    dnsNames = List.copyOf(dnsNames);
    ipAddresses = List.copyOf(ipAddresses);
  }

  /**
   * A server certificate for these DNS names, the first also as common name, with a P-256 key in
   * PKCS#8.
   */
  public static Request forHosts(String first, String... more) {
    List<String> names = new java.util.ArrayList<>(List.of(more));
    names.add(0, first);
    return new Request(
        first, null, names, List.of(), KeyAlgorithm.P_256, KeyEncoding.PKCS8, null, null, false);
  }

  /** A certificate without subject alternative names. */
  public static Request forCommonName(String commonName) {
    return new Request(
        commonName,
        null,
        List.of(),
        List.of(),
        KeyAlgorithm.P_256,
        KeyEncoding.PKCS8,
        null,
        null,
        false);
  }

  /** The same with another subject organization. */
  public Request organization(String value) {
    return new Request(
        commonName,
        value,
        dnsNames,
        ipAddresses,
        algorithm,
        encoding,
        notBefore,
        notAfter,
        wrongKey);
  }

  /** The same with these IP addresses as subject alternative names. */
  public Request ipAddresses(String... values) {
    return new Request(
        commonName,
        organization,
        dnsNames,
        List.of(values),
        algorithm,
        encoding,
        notBefore,
        notAfter,
        wrongKey);
  }

  /** The same with another kind of key. */
  public Request algorithm(KeyAlgorithm value) {
    return new Request(
        commonName,
        organization,
        dnsNames,
        ipAddresses,
        value,
        encoding,
        notBefore,
        notAfter,
        wrongKey);
  }

  /** The same with the key written in another way. */
  public Request encoding(KeyEncoding value) {
    return new Request(
        commonName,
        organization,
        dnsNames,
        ipAddresses,
        algorithm,
        value,
        notBefore,
        notAfter,
        wrongKey);
  }

  /** The same with another validity. */
  public Request valid(Instant from, Instant to) {
    return new Request(
        commonName, organization, dnsNames, ipAddresses, algorithm, encoding, from, to, wrongKey);
  }

  /** The same, broken: the key will not be the certificate's. */
  public Request withWrongKey() {
    return new Request(
        commonName,
        organization,
        dnsNames,
        ipAddresses,
        algorithm,
        encoding,
        notBefore,
        notAfter,
        true);
  }
}
