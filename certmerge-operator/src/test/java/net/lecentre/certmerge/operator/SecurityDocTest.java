package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds docs/security.md against the tests that it names. */
class SecurityDocTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "security.md");
  private static final Pattern TEST =
      Pattern.compile("`((?:[a-z]+\\.)?[A-Z]\\w*(?:Test|IT))\\.(\\w+)`");

  private record Named(String type, String method) {}

  private static List<String> rows() throws IOException {
    return Files.readAllLines(DOCUMENT).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| |"))
        .toList();
  }

  static Stream<Named> tests() throws IOException {
    return TEST.matcher(Files.readString(DOCUMENT))
        .results()
        .map(found -> new Named(found.group(1), found.group(2)));
  }

  @ParameterizedTest
  @MethodSource("tests")
  void a_test_that_is_named_exists(Named test) throws ClassNotFoundException {
    String name = getClass().getPackageName() + "." + test.type();
    // Not initialized: that would start a control plane.
    Class<?> type = Class.forName(name, false, getClass().getClassLoader());

    assertThat(Arrays.stream(type.getDeclaredMethods()))
        .anyMatch(
            method ->
                method.getName().equals(test.method())
                    && (method.isAnnotationPresent(Test.class)
                        || method.isAnnotationPresent(ParameterizedTest.class)));
  }

  @Test
  void every_line_names_a_test() throws IOException {
    assertThat(rows())
        .isNotEmpty()
        .allSatisfy(row -> assertThat(TEST.matcher(row).find()).as(row).isTrue());
  }
}
