package net.lecentre.certmerge.testbed;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Makes Secrets as cert-manager does. */
public final class TestSecrets {
  private TestSecrets() {}

  /** A Secret of type {@code kubernetes.io/tls} with a pair; it is not created anywhere yet. */
  public static Secret tls(
      String namespace, String name, IssuedPair pair, Map<String, String> labels) {
    return tls(namespace, name, pair.crtPem(), pair.keyPem(), labels);
  }

  /**
   * A Secret of type {@code kubernetes.io/tls} with any text in {@code tls.crt} and {@code
   * tls.key}.
   */
  public static Secret tls(
      String namespace, String name, String crtPem, String keyPem, Map<String, String> labels) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .withLabels(labels)
        .endMetadata()
        .withType("kubernetes.io/tls")
        .addToData("tls.crt", base64(crtPem))
        .addToData("tls.key", base64(keyPem))
        .build();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
