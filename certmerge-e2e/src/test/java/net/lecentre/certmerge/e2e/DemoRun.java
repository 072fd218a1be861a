package net.lecentre.certmerge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code ./demo}, started as a person starts it. */
final class DemoRun implements AutoCloseable {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /**
   * A background job ignores Ctrl-C and so would all it starts; a terminal's does not, and has a
   * process group of its own.
   */
  private static final String AS_IN_A_TERMINAL =
      "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.setsid();"
          + " os.execv(sys.argv[1], sys.argv[1:])";

  private final Path files;
  private final Path output;
  private final Process process;

  /**
   * Starts it.
   *
   * @param directory an empty one, for what the demo writes and says
   */
  DemoRun(Path directory, String... arguments) throws IOException {
    files = Files.createDirectory(directory.resolve("files"));
    output = directory.resolve("output");
    List<String> command =
        new ArrayList<>(List.of("python3", "-c", AS_IN_A_TERMINAL, TOP.resolve("demo").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // Everything that the demo writes goes where the test can see that it is gone again.
    builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + files);
    process = builder.start();
  }

  String said() throws IOException {
    return Files.readString(output);
  }

  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("the demo ended")
        .isTrue();
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void awaitSaying(String text) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(said()).contains(text));
  }

  /** What a terminal does on Ctrl-C: all that was started from it gets the signal. */
  void ctrlC() throws IOException, InterruptedException {
    kill("INT", "-" + process.pid());
  }

  /** Sends it SIGTERM, and nobody else. */
  void terminate() throws IOException, InterruptedException {
    kill("TERM", Long.toString(process.pid()));
  }

  private static void kill(String signal, String whom) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + signal, "--", whom).start().waitFor()).isZero();
  }

  /** What still runs with files of this demo: its parts all have some on their command lines. */
  private Stream<String> leftovers() {
    return ProcessHandle.allProcesses()
        .map(it -> it.info().commandLine().orElse(""))
        .filter(line -> line.contains(files.toString()));
  }

  void assertNothingIsLeft() {
    await().untilAsserted(() -> assertThat(leftovers()).isEmpty());
    assertThat(files).isEmptyDirectory();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
