package net.lecentre.certmerge.core.inspect;

/**
 * Where a certificate stands in {@code tls.crt}.
 *
 * @param number its place among the file's certificates, from 1
 * @param block its place among the file's PEM blocks, from 1
 * @param line the line its block begins at, from 1
 */
record Place(int number, int block, int line) {
  /** How messages begin. */
  @Override
  public String toString() {
    return "tls.crt: block " + block + ", line " + line + ": certificate " + number;
  }
}
