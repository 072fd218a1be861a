package net.lecentre.certmerge.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The bytes of a certificate file and of its key file. */
// Never compared as a record.
@SuppressWarnings("ArrayRecordComponent")
record PairFiles(byte[] crt, byte[] key) {
  /** The pairs of a directory: {@code rsa}, {@code ec}, or {@code mixed}, one of each in turn. */
  static List<PairFiles> read(Path directory, String kind) throws IOException {
    if (!kind.equals("mixed")) {
      return readKind(directory, kind);
    }
    List<PairFiles> rsa = readKind(directory, "rsa");
    List<PairFiles> ec = readKind(directory, "ec");
    List<PairFiles> mixed = new ArrayList<>();
    for (int i = 0; i < Math.min(rsa.size(), ec.size()); i++) {
      mixed.add(rsa.get(i));
      mixed.add(ec.get(i));
    }
    return mixed;
  }

  private static List<PairFiles> readKind(Path directory, String kind) throws IOException {
    List<PairFiles> pairs = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path crt : files.filter(it -> isCrt(it, kind)).sorted().toList()) {
        Path key = crt.resolveSibling(crt.getFileName().toString().replace(".crt", ".key"));
        pairs.add(new PairFiles(Files.readAllBytes(crt), Files.readAllBytes(key)));
      }
    }
    return pairs;
  }

  private static boolean isCrt(Path file, String kind) {
    String name = file.getFileName().toString();
    return name.startsWith(kind + "-") && name.endsWith(".crt");
  }
}
