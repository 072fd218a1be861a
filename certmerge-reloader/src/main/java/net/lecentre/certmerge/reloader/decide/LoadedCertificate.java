package net.lecentre.certmerge.reloader.decide;

/**
 * A certificate that Envoy says it has loaded: a leaf or a trusted one. It may be one that only
 * draining connections still use.
 *
 * @param serialHex its serial in lower-case hexadecimal without leading zeros
 * @param path the file that it was loaded from, or {@code <inline>} when it did not come from a
 *     file of the configuration, as with SDS
 */
public record LoadedCertificate(String serialHex, String path) {
  private static final String INLINE = "<inline>";

  /** Whether Envoy's own configuration names the certificate file of this key. */
  boolean isFileOf(KeyObservation key) {
    return fromConfiguredFile() && path.endsWith("/" + key.certificateFile());
  }

  /** Whether Envoy's own configuration names a file for it, which Envoy reads only once. */
  public boolean fromConfiguredFile() {
    return !path.equals(INLINE) && !path.isEmpty();
  }
}
