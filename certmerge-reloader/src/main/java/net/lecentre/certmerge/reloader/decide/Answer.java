package net.lecentre.certmerge.reloader.decide;

/**
 * What one listener showed for one host.
 *
 * @param host the DNS name as the certificate has it, a wildcard included
 * @param endpoint the listener, as {@code host:port}
 * @param shown what it showed
 */
public record Answer(String host, String endpoint, Shown shown) {

  /** What a TLS client was shown. */
  public sealed interface Shown {}

  /** The certificates of the server, captured in the handshake. */
  public record Presented(Chain chain) implements Shown {}

  /**
   * No certificate was seen, which proves nothing.
   *
   * @param reason why, as a clause
   */
  public record NoProof(String reason) implements Shown {}
}
