package net.lecentre.certmerge.reloader.decide;

/** How a key of the mount stands. */
public enum State {
  /** A handshake proved that the certificate on disk is served. */
  Served,
  /** Not yet proved to be served, and still within the grace given to SDS. */
  Pending,
  /** A handshake proved that an older certificate is served. */
  Stale,
  /** The files would not be loaded, or should not be served. */
  Invalid,
  /** No proof either way. */
  Unknown
}
