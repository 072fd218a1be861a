package net.lecentre.certmerge.testbed;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
  @TempDir Path dir;

  @Test
  void the_exit_code_and_the_output_are_the_childs_own() throws Exception {
    try (ChildProcess child = sh("echo to out; echo to err >&2; exit 7")) {
      assertThat(child.onExit().get(10, SECONDS)).isEqualTo(7);
      assertThat(child.exitCode()).hasValue(7);
      assertThat(child.log()).isEqualTo("to out\nto err\n");
    }
  }

  @Test
  void closing_ends_a_child_gently() throws Exception {
    ChildProcess child =
        sh("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
    await().until(() -> child.log().contains("ready"));

    child.close();

    assertThat(child.isAlive()).isFalse();
    assertThat(child.log()).isEqualTo("ready\nbye\n");
  }

  @Test
  void closing_ends_a_child_that_ignores_being_told() {
    ChildProcess child = sh("trap '' TERM; echo $$; while :; do sleep 0.05; done");
    await().until(() -> child.log().endsWith("\n"));
    long pid = Long.parseLong(child.log().strip());

    child.close();

    assertThat(ProcessHandle.of(pid)).isEmpty();
  }

  @Test
  void a_signal_reaches_the_child_itself() {
    try (ChildProcess child =
        sh("trap 'echo heard' USR1; echo ready; while :; do sleep 0.05; done")) {
      await().until(() -> child.log().contains("ready"));

      child.signal("USR1");

      await().until(() -> child.log().endsWith("heard\n"));
      assertThat(child.isAlive()).isTrue();
    }
  }

  @Test
  void a_killed_child_has_no_chance_to_do_anything_more() {
    ChildProcess child = sh("trap 'echo bye' TERM; echo ready; while :; do sleep 0.05; done");
    await().until(() -> child.log().contains("ready"));

    child.kill();

    assertThat(child.exitCode()).hasValue(128 + 9);
    assertThat(child.log()).isEqualTo("ready\n");
  }

  @Test
  void the_child_of_a_killed_jvm_ends_too() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ParentMain.class.getName(),
                dir.resolve("log").toString())
            .inheritIO()
            .start();
    await()
        .atMost(30, SECONDS)
        .until(
            () ->
                Files.exists(dir.resolve("log"))
                    && Files.readString(dir.resolve("log")).endsWith("\n"));
    long pid = Long.parseLong(Files.readString(dir.resolve("log")).strip());
    assertThat(ProcessHandle.of(pid)).isPresent();

    jvm.destroyForcibly();

    await().atMost(10, SECONDS).until(() -> ProcessHandle.of(pid).isEmpty());
  }

  /** A JVM with a child, to be killed. */
  static final class ParentMain {
    private ParentMain() {}

    public static void main(String[] arguments) throws Exception {
      ChildProcess child =
          ChildProcess.start(
              "child",
              List.of("/bin/sh", "-c", "echo $$; while :; do sleep 0.05; done"),
              Map.of(),
              Path.of(arguments[0]));
      child.onExit().get();
    }
  }

  private ChildProcess sh(String script) {
    return ChildProcess.start(
        "child", List.of("/bin/sh", "-c", script), Map.of(), dir.resolve("log"));
  }
}
