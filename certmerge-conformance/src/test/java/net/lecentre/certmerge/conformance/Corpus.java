package net.lecentre.certmerge.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import net.lecentre.certmerge.testbed.EnvoyJudge;

/** Pairs, good, odd and broken: each group of cases adds its own. */
final class Corpus {
  /** The instant that all of it is relative to. */
  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  static final String CERTIFICATE = "CERTIFICATE";
  static final String PKCS8 = "PRIVATE KEY";
  static final String PKCS1 = "RSA PRIVATE KEY";
  static final String SEC1 = "EC PRIVATE KEY";

  private static final byte[] INTERMEDIATE = Certificate.intermediate().der();
  private static final byte[] ROOT = Certificate.root().der();

  private final List<EnvoyJudge.Pair> pairs = new ArrayList<>();

  /**
   * All groups.
   *
   * @param seed what the random damage depends on
   * @param damaged how many pairs are damaged at random places
   */
  static List<EnvoyJudge.Pair> generate(long seed, int damaged) {
    Corpus corpus = new Corpus();
    KeyCases.addTo(corpus);
    KeyFileCases.addTo(corpus);
    ChainCases.addTo(corpus);
    LeafCases.addTo(corpus);
    TextCases.addTo(corpus);
    DamageCases.addTo(corpus, seed, damaged);
    return List.copyOf(corpus.pairs);
  }

  /** The pairs of a directory: {@code pairs/<id>/tls.crt} and {@code tls.key}. */
  static List<EnvoyJudge.Pair> read(Path directory) {
    try (Stream<Path> pairs = Files.list(directory.resolve("pairs"))) {
      return pairs.sorted().map(Corpus::pair).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + directory, e);
    }
  }

  private static EnvoyJudge.Pair pair(Path directory) {
    try {
      return new EnvoyJudge.Pair(
          directory.getFileName().toString(),
          Files.readAllBytes(directory.resolve("tls.crt")),
          Files.readAllBytes(directory.resolve("tls.key")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + directory, e);
    }
  }

  /** A leaf below the usual chain, with the EC key that a leaf has unless it is told otherwise. */
  void add(String id, Certificate leaf) {
    add(id, leaf, Keys.EC);
  }

  /** A leaf below the usual chain, with a key that it is given. */
  void add(String id, Certificate leaf, Keys.Pair keys) {
    add(id, chain(leaf), pem(PKCS8, keys.pkcs8()));
  }

  void add(String id, byte[] crt, byte[] key) {
    pairs.add(new EnvoyJudge.Pair(id, crt, key));
  }

  /** A leaf and the intermediate. */
  static byte[] chain(Certificate leaf) {
    return pem(CERTIFICATE, leaf.der(), INTERMEDIATE);
  }

  static byte[] intermediate() {
    return pem(CERTIFICATE, INTERMEDIATE);
  }

  static byte[] root() {
    return pem(CERTIFICATE, ROOT);
  }

  /** Canonical PEM, one block for each content. */
  static byte[] pem(String label, byte[]... contents) {
    StringBuilder text = new StringBuilder();
    for (byte[] content : contents) {
      text.append("-----BEGIN " + label + "-----\n")
          .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content))
          .append("\n-----END " + label + "-----\n");
    }
    return ascii(text.toString());
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
