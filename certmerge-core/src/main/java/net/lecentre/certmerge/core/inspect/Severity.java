package net.lecentre.certmerge.core.inspect;

/** What a finding means for its pair. */
public enum Severity {
  /** The pair cannot be served, or should never replace a good one. */
  ERROR,
  /** The pair is merged, and the finding reported. */
  WARNING,
  /** Only listed. */
  INFO
}
