package net.lecentre.certmerge.testbed;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A JVM of its own, told to end by SIGTERM while it is still starting a part. */
class JvmEndIT {
  @TempDir private Path directory = Path.of("");
  private @Nullable Process jvm;

  @AfterEach
  void end() {
    if (jvm != null) {
      jvm.destroyForcibly();
    }
  }

  @ParameterizedTest(name = "{0} at {1}")
  @CsvSource({
    "CONTROL_PLANE, admin.kubeconfig",
    "CONTROL_PLANE, etcd.log",
    "CONTROL_PLANE, kube-apiserver.log",
    "CONTROL_PLANE, kube-controller-manager.log",
    "ENVOY, bootstrap.json",
    "ENVOY, envoy.log",
  })
  void a_jvm_that_ends_while_starting_a_part_leaves_no_process_and_no_file(Part part, String moment)
      throws Exception {
    Path files = Files.createDirectory(directory.resolve("files"));
    Path output = directory.resolve("output");
    jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + files,
                "-cp",
                System.getProperty("java.class.path"),
                StartingMain.class.getName(),
                part.name())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    await().atMost(60, SECONDS).ignoreExceptions().until(() -> isThere(files, moment));

    jvm.destroy();

    assertThat(jvm.waitFor(60, SECONDS)).as("the JVM ended").isTrue();
    assertThat(jvm.exitValue()).as(Files.readString(output)).isEqualTo(143);
    assertThat(Files.readString(output)).doesNotContain("could not end");
    assertThat(files).isEmptyDirectory();
    assertThat(
            ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(files.toString())))
        .isEmpty();
  }

  private static boolean isThere(Path files, String name) throws IOException {
    try (Stream<Path> all = Files.walk(files)) {
      return all.anyMatch(it -> it.endsWith(name));
    }
  }

  /** What is being started. */
  enum Part {
    CONTROL_PLANE,
    ENVOY
  }

  /** A JVM that starts a part, to be ended. */
  static final class StartingMain {
    private StartingMain() {}

    public static void main(String[] arguments) throws InterruptedException {
      switch (Part.valueOf(arguments[0])) {
        case CONTROL_PLANE -> ControlPlane.start();
        case ENVOY -> startEnvoy();
      }
      Thread.currentThread().join();
    }

    private static void startEnvoy() {
      Path files = TempDirectory.create("certificates").path();
      IssuedPair pair = TestCa.create().issue(Request.forHosts("a.example.com"));
      try {
        Files.writeString(files.resolve("a.crt"), pair.crtPem());
        Files.writeString(files.resolve("a.key"), pair.keyPem());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      EnvoyProcess.start(
          EnvoyConfig.of(
              EnvoyConfig.Source.STATIC, EnvoyConfig.Host.in(files, "a.example.com", "a")));
    }
  }
}
