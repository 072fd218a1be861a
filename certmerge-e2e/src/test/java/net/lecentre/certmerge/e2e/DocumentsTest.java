package net.lecentre.certmerge.e2e;

import static net.lecentre.certmerge.e2e.Documents.TOP;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents name is there. Addresses elsewhere are read, and not asked for. */
class DocumentsTest {
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]*)(?:#([^)]*))?\\)");
  private static final Pattern ADDRESS = Pattern.compile("]\\((https?:[^)]*)\\)");

  /** But for what kubectl calls a Deployment. */
  private static final Pattern DEPLOY =
      Pattern.compile("\\bdeploy/(?!certmerge-operator)[\\w./-]*\\w");

  private static final Pattern MODULES = Pattern.compile("-pl ([\\w,/-]+)");
  private static final Pattern TESTS = Pattern.compile("-D(?:it\\.)?test=([\\w,]+)");
  private static final Pattern METHOD =
      Pattern.compile("`(?:\\w+\\.)?([A-Z][a-z]\\w*(?:Test|IT))(?:\\.(\\w+))?`");

  static List<Path> documents() throws IOException {
    return Documents.all();
  }

  static List<Documents.Commands> commands() throws IOException {
    return Documents.commands();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_link_leads_to_a_file_and_a_heading_of_it(Path document) throws IOException {
    for (MatchResult link : LINK.matcher(prose(document)).results().toList()) {
      Path target =
          link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1)).normalize();
      assertThat(target).as(link.group()).exists();
      if (link.group(2) != null) {
        assertThat(headings(target)).as(link.group()).contains(link.group(2));
      }
    }
  }

  private static String prose(Path document) throws IOException {
    return Files.readString(document).replaceAll("(?ms)^[ ]*```.*?^[ ]*```$", "");
  }

  /** As the usual sites make them: lower case, spaces as hyphens, nothing else but letters. */
  private static Set<String> headings(Path document) throws IOException {
    return prose(document)
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_address_elsewhere_is_one(Path document) throws IOException {
    assertThat(ADDRESS.matcher(Files.readString(document)).results())
        .allSatisfy(
            link -> {
              URI address = URI.create(link.group(1));
              assertThat(address.getScheme()).isEqualTo("https");
              assertThat(address.getHost()).contains(".");
            });
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_file_of_deploy_that_is_named_is_there(Path document) throws IOException {
    assertThat(DEPLOY.matcher(Files.readString(document)).results())
        .allSatisfy(named -> assertThat(TOP.resolve(named.group())).exists());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void a_block_of_commands_says_what_runs_it_or_what_it_needs(Documents.Commands commands) {
    assertThat(commands.marked()).as(commands.toString()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void what_runs_a_block_of_commands_is_there(Documents.Commands commands) throws IOException {
    if (commands.runBy().equals(".ci/run")) {
      String command = commands.text().lines().findFirst().orElseThrow().strip();
      // The example is a module of the build.
      assertThat(command).startsWith("mvn verify");
      assertThat(Files.readString(TOP.resolve(".ci/run"))).contains("mvn --batch-mode verify");
    } else if (!commands.runBy().isEmpty()) {
      assertThat(tests().keySet()).contains(commands.runBy());
    }
  }

  @Test
  void every_module_in_a_maven_command_is_there() throws IOException {
    assertThat(named(MODULES)).isNotEmpty().allSatisfy(it -> assertThat(TOP.resolve(it)).exists());
  }

  @Test
  void every_test_in_a_maven_command_is_there() throws IOException {
    assertThat(named(TESTS).filter(name -> !name.equals("none")))
        .isNotEmpty()
        .isSubsetOf(tests().keySet());
  }

  private static Stream<String> named(Pattern pattern) throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path document : Documents.all()) {
      all.append(Files.readString(document));
    }
    return pattern.matcher(all).results().flatMap(it -> Stream.of(it.group(1).split(",", -1)));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_test_that_is_named_is_there(Path document) throws IOException {
    var tests = tests();
    for (MatchResult named : METHOD.matcher(Files.readString(document)).results().toList()) {
      assertThat(tests.keySet()).as(named.group()).contains(named.group(1));
      if (named.group(2) != null) {
        assertThat(tests.get(named.group(1)))
            .as(named.group())
            .contains("void " + named.group(2) + "(");
      }
    }
  }

  /** The text of each test by its name; of two of one name, both. */
  private static Map<String, String> tests() throws IOException {
    Map<String, String> tests = new TreeMap<>();
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(TOP, "certmerge-*")) {
      for (Path module : modules) {
        add(tests, module.resolve("src/test/java"));
      }
    }
    return tests;
  }

  private static void add(Map<String, String> tests, Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(it -> it.toString().matches(".*(Test|IT)\\.java")).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        tests.merge(name, Files.readString(file), String::concat);
      }
    }
  }
}
