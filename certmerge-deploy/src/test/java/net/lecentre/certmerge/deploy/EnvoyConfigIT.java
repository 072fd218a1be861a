package net.lecentre.certmerge.deploy;

import static net.lecentre.certmerge.deploy.Manifests.DEPLOY;
import static net.lecentre.certmerge.deploy.Manifests.documents;
import static net.lecentre.certmerge.deploy.Manifests.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Parts;
import net.lecentre.certmerge.testbed.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Envoy of deploy/envoy, as a real one reads its configuration. */
class EnvoyConfigIT {
  private static final String MOUNT = "/etc/envoy/certs";
  private static final TestCa CA = TestCa.create();

  private static String validate(Path directory, String configuration) throws IOException {
    Path certificates = Files.createDirectory(directory.resolve("certs"));
    for (String name : List.of("api", "shop")) {
      IssuedPair pair = CA.issue(name + ".example.com");
      Files.writeString(certificates.resolve(name + "-tls.crt"), pair.crtPem());
      Files.writeString(certificates.resolve(name + "-tls.key"), pair.keyPem());
      Files.writeString(
          certificates.resolve(name + "-tls.sds.yaml"),
          """
          resources:
          - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
            name: %1$s-tls
            tls_certificate:
              certificate_chain: {filename: %2$s/%1$s-tls.crt}
              private_key: {filename: %2$s/%1$s-tls.key}
              watched_directory: {path: %2$s}
          """
              .formatted(name, certificates));
    }
    Path file = directory.resolve("envoy.yaml");
    Files.writeString(file, configuration.replace(MOUNT, certificates.toString()));
    return Commands.run(
        directory,
        List.of(
            Parts.find().envoy().toString(),
            "--mode",
            "validate",
            "--config-path",
            file.toString()));
  }

  private static String shipped() {
    return text(DEPLOY.resolve("envoy/envoy.yaml"));
  }

  @Test
  void envoy_takes_the_configuration(@TempDir Path directory) throws IOException {
    assertThat(validate(directory, shipped())).contains("OK");
  }

  @Test
  void envoy_would_refuse_a_mistake_in_it(@TempDir Path directory) {
    assertThatThrownBy(
            () ->
                validate(
                    directory, shipped().replace("watched_directory:", "watched_directories:")))
        .hasMessageContaining("watched_directories");
  }

  @Test
  void each_certificate_is_an_entry_of_the_certmerge_beside_it() {
    JsonNode certMerge = documents(text(DEPLOY.resolve("envoy/certmerge.yaml"))).get(0);
    Set<String> entries = new TreeSet<>();
    for (JsonNode source : certMerge.at("/spec/secretlist")) {
      String name = source.get("name").asText();
      entries.add(name);
      assertThat(shipped())
          .contains("path: " + MOUNT + "/" + name + ".sds.yaml")
          .contains("- name: " + name + "\n");
    }

    assertThat(entries).hasSize(2);
    assertThat(certMerge.at("/spec/mountPath").asText()).isEqualTo(MOUNT);
    assertThat(shipped().split("tls_certificate_sds_secret_configs")).hasSize(3);
  }
}
