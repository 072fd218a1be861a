package net.lecentre.certmerge.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The documents of the project, and the commands in them. */
final class Documents {
  static final Path TOP = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern COMMANDS =
      Pattern.compile("(?ms)^([^\\n]*)\\n[ ]*```sh\\n(.*?)^[ ]*```$");
  private static final Pattern MARK = Pattern.compile("\\s*<!-- (run by|needs) (.*) -->");

  private Documents() {}

  /** All of them. */
  static List<Path> all() throws IOException {
    try (Stream<Path> top = Files.list(TOP);
        Stream<Path> docs = Files.list(TOP.resolve("docs"))) {
      return Stream.of(
              top.filter(file -> file.toString().endsWith(".md")),
              docs.filter(file -> file.toString().endsWith(".md")),
              Stream.of(TOP.resolve("examples/embedding/README.md")))
          .flatMap(files -> files)
          .sorted()
          .toList();
    }
  }

  /**
   * A block of commands.
   *
   * @param document where it stands
   * @param runBy the test that runs it; empty when none does
   * @param marked whether a line before it says what runs it or what it needs
   * @param text what people copy
   */
  record Commands(Path document, String runBy, boolean marked, String text) {
    @Override
    public String toString() {
      return TOP.relativize(document) + ": " + text.lines().findFirst().orElse("");
    }
  }

  /** The blocks of commands of all documents. */
  static List<Commands> commands() throws IOException {
    List<Commands> blocks = new ArrayList<>();
    for (Path document : all()) {
      for (MatchResult block : COMMANDS.matcher(Files.readString(document)).results().toList()) {
        var mark = MARK.matcher(block.group(1));
        boolean marked = mark.matches();
        String runBy = marked && mark.group(1).equals("run by") ? mark.group(2) : "";
        blocks.add(new Commands(document, runBy, marked, block.group(2).stripIndent()));
      }
    }
    return blocks;
  }
}
