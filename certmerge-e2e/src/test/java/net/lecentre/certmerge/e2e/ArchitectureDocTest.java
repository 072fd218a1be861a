package net.lecentre.certmerge.e2e;

import static net.lecentre.certmerge.e2e.Documents.TOP;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the picture of the packages in docs/architecture.md against the code. */
class ArchitectureDocTest {
  private static final Path DOCUMENT = TOP.resolve("docs/architecture.md");
  private static final Pattern PICTURE =
      Pattern.compile("(?ms)^<!-- packages -->\\n.*?(?=^## certmerge-core)");
  private static final List<String> MODULES = List.of("core", "operator", "reloader");

  /** Write it anew with {@code -Dcertmerge.docs.write}. */
  @Test
  void the_picture_of_the_packages_is_that_of_the_imports() throws IOException {
    StringBuilder made = new StringBuilder("<!-- packages -->\n");
    for (String module : MODULES) {
      made.append("\n```mermaid\nflowchart TB\n");
      made.append("  subgraph certmerge-").append(module).append('\n');
      reduced(uses(module))
          .forEach(
              (user, used) ->
                  used.forEach(
                      it ->
                          made.append("    ")
                              .append(user)
                              .append(" --> ")
                              .append(it)
                              .append('\n')));
      made.append("  end\n```\n");
    }
    made.append('\n');
    String text = Files.readString(DOCUMENT);
    if (System.getProperty("certmerge.docs.write") != null) {
      text = PICTURE.matcher(text).replaceFirst(Matcher.quoteReplacement(made.toString()));
      Files.writeString(DOCUMENT, text);
    }

    assertThat(text).contains(made);
  }

  @Test
  void no_package_uses_itself_through_others() throws IOException {
    for (String module : MODULES) {
      Map<String, Set<String>> uses = uses(module);
      assertThat(uses.keySet()).allSatisfy(it -> assertThat(reached(it, uses)).doesNotContain(it));
    }
  }

  /** Which package of a module imports which other one, but for the top one and the API. */
  private static Map<String, Set<String>> uses(String module) throws IOException {
    Path root =
        TOP.resolve("certmerge-" + module + "/src/main/java/net/lecentre/certmerge/" + module);
    Pattern imported =
        Pattern.compile(
            "(?m)^import (?:static )?net\\.lecentre\\.certmerge\\." + module + "\\.([a-z]+)\\.");
    Map<String, Set<String>> uses = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
        String user = root.relativize(file).getName(0).toString();
        if (user.endsWith(".java") || user.equals("api")) {
          continue;
        }
        imported
            .matcher(Files.readString(file))
            .results()
            .map(it -> it.group(1))
            .filter(used -> !used.equals(user) && !used.equals("api"))
            .forEach(used -> uses.computeIfAbsent(user, none -> new TreeSet<>()).add(used));
      }
    }
    return uses;
  }

  /** Without the arrows that others imply. */
  private static Map<String, Set<String>> reduced(Map<String, Set<String>> uses) {
    Map<String, Set<String>> reduced = new TreeMap<>();
    uses.forEach(
        (user, used) -> {
          Set<String> left = new TreeSet<>(used);
          used.forEach(it -> left.removeAll(reached(it, uses)));
          reduced.put(user, left);
        });
    return reduced;
  }

  private static Set<String> reached(String from, Map<String, Set<String>> uses) {
    Set<String> reached = new TreeSet<>();
    for (String next : uses.getOrDefault(from, Set.of())) {
      reached.add(next);
      // A circle would go on for ever; it is found by the package it leads back to.
      if (!next.equals(from)) {
        reached.addAll(reached(next, uses));
      }
    }
    return reached;
  }
}
