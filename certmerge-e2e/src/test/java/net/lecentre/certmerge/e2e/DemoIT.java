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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./demo}, started as a person starts it. */
class DemoIT {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** A background job ignores Ctrl-C and so would all it starts; a terminal's does not. */
  private static final String AS_IN_A_TERMINAL =
      "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
          + " os.execv(sys.argv[1], sys.argv[1:])";

  @TempDir private Path directory = Path.of("");
  private Path files = Path.of("");
  private Path output = Path.of("");
  private List<Process> started = new ArrayList<>();

  @BeforeEach
  void makeRoom() throws IOException {
    files = Files.createDirectory(directory.resolve("files"));
    output = directory.resolve("output");
    started = new ArrayList<>();
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  private Process demo(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("python3", "-c", AS_IN_A_TERMINAL, TOP.resolve("demo").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // Everything that the demo writes goes where the test can see that it is gone again.
    builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + files);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private String said() throws IOException {
    return Files.readString(output);
  }

  private int exitCode(Process demo) throws InterruptedException {
    assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("the demo ended").isTrue();
    return demo.exitValue();
  }

  private void awaitSaying(String text) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(said()).contains(text));
  }

  /** What still runs with files of this demo: its parts all have some on their command lines. */
  private Stream<String> leftovers() {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(files.toString()));
  }

  private void assertNothingIsLeft() {
    await().untilAsserted(() -> assertThat(leftovers()).isEmpty());
    assertThat(files).isEmptyDirectory();
  }

  @Test
  void it_tells_the_whole_road_and_ends_by_itself() throws Exception {
    Process demo = demo();

    assertThat(exitCode(demo)).as(said()).isZero();
    assertThat(said())
        .containsSubsequence(
            "merged: 3 of 4 sources are in Secret istio-system/istio-ingressgateway-certs",
            "held back: istio-system/cert-old.example.com is Excluded, KEY_MISMATCH",
            "served: svc.dev.example.com shows a TLS client serial",
            "renewed: Secret istio-system/cert-svc.dev.example.com",
            "served again: svc.dev.example.com",
            "kept: istio-system/cert-svc.prod.example.com is Kept, KEY_MISMATCH",
            "Envoy was not touched",
            "served again: svc.prod.example.com",
            "What happened")
        .doesNotContain("PRIVATE KEY");
    assertNothingIsLeft();
  }

  @ParameterizedTest(name = "at: {0}")
  @ValueSource(strings = {"many TLS Secrets", "control plane runs", "Envoy listens on"})
  void ctrl_c_leaves_no_process_and_no_file(String moment) throws Exception {
    Process demo = demo();
    awaitSaying(moment);

    new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())).start().waitFor();

    assertThat(exitCode(demo)).isEqualTo(130);
    assertThat(said()).doesNotContain("did not get to its end", "could not end", "Exception");
    assertNothingIsLeft();
  }

  @Test
  void kept_running_it_says_how_to_use_it_and_goes_on() throws Exception {
    Process demo = demo("--keep");

    awaitSaying("kubectl get cmerge -A");
    awaitSaying("openssl s_client -connect");

    assertThat(demo.isAlive()).isTrue();
    new ProcessBuilder("kill", "-TERM", Long.toString(demo.pid())).start().waitFor();
    exitCode(demo);
    assertNothingIsLeft();
  }

  @Test
  void a_wrong_option_is_refused_with_its_name() throws Exception {
    Process demo = demo("--kepp");

    assertThat(exitCode(demo)).isEqualTo(2);
    assertThat(said()).contains("--kepp");
  }
}
