package net.lecentre.certmerge.faults.supply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The libraries of the operator, the reloader and their tests are those of supply/lock.tsv. */
class SupplyTest {
  private static final Path REPOSITORY = Path.of(System.getProperty("certmerge.repository"));
  private static final Path LOCK = Path.of("..", "supply", "lock.tsv");

  /** In the words of their authors; a library needs one of them. */
  private static final List<String> LICENCES =
      List.of("Apache", "MIT", "BSD", "Bouncy Castle Licence", "EPL", "Eclipse Public License");

  /** What the list says of a file. */
  private record Locked(String sha256, String licence) {}

  private final Map<String, Locked> locked = locked();
  private final Map<String, Path> libraries = libraries();

  private static Map<String, Locked> locked() {
    Map<String, Locked> locked = new HashMap<>();
    try {
      for (String line : Files.readAllLines(LOCK)) {
        String[] columns = line.split("\t", -1);
        locked.put(columns[0], new Locked(columns[1], columns[2]));
      }
    } catch (IOException e) {
      throw new AssertionError("write it with supply/lock", e);
    }
    return locked;
  }

  /** The jars on the class path that were fetched, by their path in the repository. */
  private static Map<String, Path> libraries() {
    Map<String, Path> libraries = new TreeMap<>();
    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(file -> file.startsWith(REPOSITORY))
        .forEach(file -> libraries.put(REPOSITORY.relativize(file).toString(), file));
    return libraries;
  }

  @Test
  void every_library_is_the_one_that_was_locked() throws Exception {
    Map<String, String> actual = new TreeMap<>();
    Map<String, String> listed = new TreeMap<>();
    for (Map.Entry<String, Path> library : libraries.entrySet()) {
      actual.put(library.getKey(), sha256(library.getValue()));
      Locked known = locked.get(library.getKey());
      listed.put(library.getKey(), known == null ? "not listed: run supply/lock" : known.sha256());
    }

    assertThat(actual).hasSizeGreaterThan(50).isEqualTo(listed);
  }

  @Test
  void every_library_has_a_licence_that_is_allowed() {
    assertThat(libraries.keySet())
        .allSatisfy(
            library -> {
              Locked known = locked.get(library);
              assertThat(known).as("the row of %s", library).isNotNull();
              assertThat(LICENCES)
                  .as("%s of %s", known.licence(), library)
                  .anyMatch(known.licence()::contains);
            });
  }

  private static String sha256(Path file) throws IOException, GeneralSecurityException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
