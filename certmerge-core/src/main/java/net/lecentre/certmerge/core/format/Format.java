package net.lecentre.certmerge.core.format;

/** A way to lay an entry out as files. */
public enum Format {
  /** {@code <key>.crt} and {@code <key>.key}: see {@link Pair}. */
  PAIR,
  /** {@code <key>.pem}: see {@link CombinedPem}. */
  COMBINED_PEM,
  /** {@code <key>.sds.yaml} and the pair's files: see {@link EnvoySds}. */
  ENVOY_SDS
}
