package net.lecentre.certmerge.e2e;

import static net.lecentre.certmerge.e2e.Documents.TOP;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands of the documents that need no cluster, run as they stand there. */
class CommandsIT {
  @TempDir private Path directory = Path.of("");

  /** Where they are run: a checkout that is built, with the jar beside it. */
  private String run(String text, int exitCode) throws IOException, InterruptedException {
    for (String part : new String[] {"certmerge-operator", "examples"}) {
      Files.createSymbolicLink(directory.resolve(part), TOP.resolve(part));
    }
    Files.createSymbolicLink(
        directory.resolve("certmerge-operator.jar"),
        TOP.resolve("certmerge-operator/target/certmerge-operator.jar"));
    Path output = directory.resolve("output");
    Process bash =
        new ProcessBuilder("bash", "-c", text)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(bash.waitFor(1, TimeUnit.MINUTES)).as("it ended").isTrue();
    } finally {
      bash.destroyForcibly();
    }
    assertThat(bash.exitValue()).as(Files.readString(output)).isEqualTo(exitCode);
    return Files.readString(output);
  }

  private static String commands(String document) throws IOException {
    return Documents.commands().stream()
        .filter(block -> block.document().equals(TOP.resolve(document)))
        .filter(block -> block.runBy().equals("CommandsIT"))
        .map(Documents.Commands::text)
        .reduce("", String::concat);
  }

  @Test
  void the_readme_checks_the_sample_certificates() throws Exception {
    String text = commands("README.md");
    // The build that runs this has built it.
    String build = text.lines().filter(line -> line.startsWith("mvn ")).findFirst().orElseThrow();

    String said = run(text.replace(build, "true"), 1);

    assertThat(build).isEqualTo("mvn -q -DskipTests package -pl certmerge-operator -am");
    assertThat(said).contains("examples/embedding/sources/shop", "REFUSED", "accepted, 1 refused");
  }

  @Test
  void the_shell_completes_commands_and_options() throws Exception {
    String complete =
        commands("docs/operations.md")
            + """
            COMP_WORDS=(certmerge-operator check --exp) COMP_CWORD=2 COMP_LINE='certmerge-operator check --exp'
            _complete_certmerge-operator
            echo "${COMPREPLY[@]}"
            """;

    assertThat(run(complete, 0)).contains("--expiry-warning");
  }
}
