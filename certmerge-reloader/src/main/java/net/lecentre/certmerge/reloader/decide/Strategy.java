package net.lecentre.certmerge.reloader.decide;

/** What may be done about a certificate that Envoy does not pick up. */
public enum Strategy {
  /**
   * Restart Envoy only where it says itself that the outdated certificate was read from this key's
   * file by configuration, which it never reads again.
   */
  auto,
  /** Only look and report. */
  verify,
  /** Restart Envoy whatever its configuration is. */
  restart
}
