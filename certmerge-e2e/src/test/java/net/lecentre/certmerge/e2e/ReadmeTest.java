package net.lecentre.certmerge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadmeTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();

  private static String text(String file) throws IOException {
    return Files.readString(TOP.resolve(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "deploy/examples/certmerge.yaml",
        "deploy/cert-manager/certificates.yaml",
        "deploy/istio/gateways.yaml"
      })
  void an_example_in_the_readme_is_the_file_that_is_shipped(String file) throws IOException {
    assertThat(text("README.md")).contains(withoutComment(text(file)));
  }

  private static String withoutComment(String yaml) {
    return yaml.lines()
        .dropWhile(line -> line.startsWith("#"))
        .reduce("", (all, line) -> all + line + "\n");
  }

  @Test
  void ci_runs_the_test_command_of_the_readme() throws IOException {
    assertThat(text("README.md")).contains("mvn verify");
    assertThat(text(".ci/run")).contains("mvn --batch-mode verify");
  }
}
