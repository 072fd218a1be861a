package net.lecentre.certmerge.core.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FindingsDocTest {
  private static final Path DOC = Path.of("..", "docs", "findings.md");

  @Test
  void the_documentation_lists_every_finding_with_its_severity_and_advice() throws IOException {
    assertThat(Files.readAllLines(DOC).stream().filter(line -> line.startsWith("| `")))
        .containsExactlyElementsOf(Arrays.stream(Code.values()).map(FindingsDocTest::row).toList());
  }

  private static String row(Code code) {
    return "| `" + code.name() + "` | " + code.severity() + " | " + code.advice() + " |";
  }
}
