package net.lecentre.certmerge.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.lecentre.certmerge.testbed.ControlPlane;

/** The real kubectl, with every right. */
final class Kubectl {
  private final Path kubeconfig;

  Kubectl(ControlPlane controlPlane) {
    this.kubeconfig = controlPlane.adminKubeconfig();
  }

  /**
   * Runs it in the top directory.
   *
   * @return what it printed, warnings included
   * @throws IllegalStateException if it fails; with what it printed
   */
  String run(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("kubectl", "--kubeconfig=" + kubeconfig.toAbsolutePath()));
    command.addAll(List.of(arguments));
    return Commands.run(Path.of(".."), command);
  }

  /** The same with a manifest on standard input. */
  String apply(String yaml, String... options) {
    try {
      Path file = Files.createTempFile("manifest", ".yaml");
      try {
        Files.writeString(file, yaml);
        List<String> arguments = new ArrayList<>(List.of("apply", "--filename=" + file));
        arguments.addAll(List.of(options));
        return run(arguments.toArray(String[]::new));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
