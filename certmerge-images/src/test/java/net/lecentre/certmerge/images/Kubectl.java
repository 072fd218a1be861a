package net.lecentre.certmerge.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.lecentre.certmerge.testbed.ControlPlane;

/** The real kubectl, with every right. */
record Kubectl(ControlPlane controlPlane) {
  /**
   * Runs it.
   *
   * @return what it printed
   * @throws IllegalStateException if it fails; with what it printed
   */
  String run(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("kubectl", "--kubeconfig=" + controlPlane.adminKubeconfig()));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + " failed:\n" + printed);
      }
      return printed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Applies a manifest. */
  void apply(String yaml, String... options) {
    withFile("apply", "--filename=", yaml, options);
  }

  /** Patches something with what would be in a file. */
  void patch(String yaml, String... options) {
    withFile("patch", "--patch-file=", yaml, options);
  }

  private void withFile(String command, String option, String yaml, String... options) {
    try {
      Path file = Files.createTempFile("manifest", ".yaml");
      try {
        Files.writeString(file, yaml);
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(options));
        arguments.add(option + file);
        run(arguments.toArray(String[]::new));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
