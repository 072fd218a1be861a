package net.lecentre.certmerge.core.merge;

/** What becomes of a source's last good pair when the source turns invalid. */
public enum OnInvalid {
  /** It stays in the target. */
  KEEP,
  /** It leaves the target. */
  DROP
}
