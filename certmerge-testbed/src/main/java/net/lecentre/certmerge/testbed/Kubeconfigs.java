package net.lecentre.certmerge.testbed;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.AuthInfoBuilder;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;

/** Writes kubeconfig files for one API server, readable by their owner alone. */
record Kubeconfigs(String server, String caPem) {

  Path write(Path file, String user, IssuedPair certificate) {
    return write(
        file,
        user,
        new AuthInfoBuilder()
            .withClientCertificateData(base64(certificate.crtPem()))
            .withClientKeyData(base64(certificate.keyPem()))
            .build());
  }

  Path write(Path file, String user, String token) {
    return write(file, user, new AuthInfoBuilder().withToken(token).build());
  }

  private Path write(Path file, String user, AuthInfo credentials) {
    String yaml =
        Serialization.asYaml(
            new ConfigBuilder()
                .withApiVersion("v1")
                .withKind("Config")
                .addNewCluster()
                .withName("certmerge-testbed")
                .withNewCluster()
                .withServer(server)
                .withCertificateAuthorityData(base64(caPem))
                .endCluster()
                .endCluster()
                .addNewUser()
                .withName(user)
                .withUser(credentials)
                .endUser()
                .addNewContext()
                .withName("certmerge-testbed")
                .withNewContext()
                .withCluster("certmerge-testbed")
                .withUser(user)
                .endContext()
                .endContext()
                .withCurrentContext("certmerge-testbed")
                .build());
    return writePrivate(file, yaml);
  }

  /** Writes a file that only its owner may read. */
  static Path writePrivate(Path file, String content) {
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
