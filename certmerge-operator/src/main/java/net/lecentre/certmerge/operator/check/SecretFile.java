package net.lecentre.certmerge.operator.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.lecentre.certmerge.core.format.Pair;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.operator.check.FoundPair.Unreadable;
import net.lecentre.certmerge.operator.documents.Documents;
import net.lecentre.certmerge.operator.sources.TlsSecret;
import net.lecentre.certmerge.operator.targets.TargetSecret;

/** Pairs in Secrets, as {@code kubectl get secret -o yaml} or {@code -o json} prints them. */
final class SecretFile {
  private static final byte[] MISSING = {};

  private SecretFile() {}

  /**
   * Tells the pairs of all TLS Secrets in a text, and of the Secrets that certmerge made.
   *
   * @param name what messages and paths call the text
   * @param text YAML or JSON; one Secret, a list, or several documents
   * @param found takes each pair as soon as it is read
   */
  static void read(String name, InputStream text, Consumer<FoundPair> found)
      throws Unreadable, IOException {
    Documents.Extent extent = Documents.each(text, object -> tell(name, object, found));
    if (extent instanceof Documents.Extent.Foreign) {
      throw new Unreadable(
          name
              + ": this is neither YAML nor JSON of Secrets; give a directory with certificates and"
              + " keys, or what kubectl get secret -o yaml prints");
    }
    if (extent instanceof Documents.Extent.Broken broken) {
      throw new Unreadable(
          name
              + ": the text is damaged, or ends, after "
              + broken.objects()
              + " objects; get it anew");
    }
  }

  private static void tell(String name, JsonNode node, Consumer<FoundPair> found)
      throws Unreadable {
    if (node.path("kind").asText().equals("Secret")) {
      JsonNode metadata = node.path("metadata");
      String secret =
          metadata.path("namespace").asText("default") + "/" + metadata.path("name").asText();
      String path = name + ":" + secret;
      String creator = metadata.path("labels").path(TargetSecret.CREATOR_LABEL).asText();
      if (node.path("type").asText().equals(TlsSecret.TYPE)) {
        Map<String, byte[]> files = files(path, node);
        found.accept(
            FoundPair.of(
                path,
                files.getOrDefault("tls.crt", MISSING),
                files.getOrDefault("tls.key", MISSING)));
      } else if (creator.equals(TargetSecret.CREATOR)) {
        Pair.inspect(files(path, node), Acceptance.envoy())
            .forEach(
                (key, inspection) -> found.accept(new FoundPair(path + "/" + key, inspection)));
      }
    }
  }

  private static Map<String, byte[]> files(String path, JsonNode secret) throws Unreadable {
    Map<String, byte[]> files = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : secret.path("data").properties()) {
      try {
        files.put(entry.getKey(), Base64.getDecoder().decode(entry.getValue().asText()));
      } catch (IllegalArgumentException e) {
        throw new Unreadable(path + ": data[" + entry.getKey() + "] is not base64");
      }
    }
    for (Map.Entry<String, JsonNode> entry : secret.path("stringData").properties()) {
      files.put(entry.getKey(), entry.getValue().asText().getBytes(StandardCharsets.UTF_8));
    }
    return files;
  }
}
