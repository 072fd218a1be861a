package net.lecentre.certmerge.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/** The chart, rendered by Helm itself. */
final class Chart {
  static final Path DIRECTORY = Manifests.DEPLOY.resolve("chart");

  private Chart() {}

  /**
   * What {@code helm template certmerge deploy/chart --namespace cert-merge --values …} prints.
   *
   * @throws IllegalStateException if Helm refuses; with what it says
   */
  static Map<String, JsonNode> render(String values) {
    return withValues(
        values,
        file ->
            Manifests.byName(
                new Helm(DIRECTORY)
                    .template()
                    .withName("certmerge")
                    .withNamespace("cert-merge")
                    .withKubeVersion("1.32.0")
                    .withValuesFile(file)
                    .call()));
  }

  private static <T> T withValues(String values, Function<Path, T> action) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        Files.writeString(file, values);
        return action.apply(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
