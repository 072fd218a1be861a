package net.lecentre.certmerge.conformance;

import java.security.SecureRandom;
import java.util.Random;

/** The same numbers for the same seed, where cryptography asks for its own kind of random. */
final class SeededRandom extends SecureRandom {
  private final transient Random source;

  SeededRandom(long seed) {
    this.source = new Random(seed);
  }

  @Override
  public void nextBytes(byte[] bytes) {
    source.nextBytes(bytes);
  }
}
