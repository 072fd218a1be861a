package net.lecentre.certmerge.reloader.decide;

/** What proves that a certificate, served instead of the one on disk, is this very key's. */
public enum Evidence {
  /** Envoy says that it read it from this key's file by configuration, so only at its start. */
  file,
  /** This key's files held it before; Envoy may have got it by SDS. */
  memory,
  /** Nothing: at most it is an older one for the same name. */
  none
}
