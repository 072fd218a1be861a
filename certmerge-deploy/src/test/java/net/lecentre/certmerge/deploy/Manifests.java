package net.lecentre.certmerge.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Kubernetes objects as they are written, not as a model of them says. */
final class Manifests {
  static final Path DEPLOY = Path.of("..", "deploy");

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private Manifests() {}

  /** The objects of a YAML text, by kind, namespace and name, each once. */
  static Map<String, JsonNode> byName(String yaml) {
    Map<String, JsonNode> objects = new TreeMap<>();
    for (JsonNode object : documents(yaml)) {
      assertThat(objects.put(name(object), object)).as("another %s", name(object)).isNull();
    }
    return objects;
  }

  static Map<String, JsonNode> byName(Stream<Path> files) {
    return byName(String.join("\n---\n", files.map(Manifests::text).toList()));
  }

  static List<JsonNode> documents(String yaml) {
    try {
      return YAML
          .readerFor(new TypeReference<JsonNode>() {})
          .<JsonNode>readValues(yaml)
          .readAll()
          .stream()
          .filter(JsonNode::isObject)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(yaml, e);
    }
  }

  static String name(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    return object.path("kind").asText()
        + " "
        + (metadata.has("namespace") ? metadata.path("namespace").asText() + "/" : "")
        + metadata.path("name").asText();
  }

  /** As {@code kubectl apply --namespace} does. */
  static JsonNode inNamespace(JsonNode object, String namespace) {
    ObjectNode copy = object.deepCopy();
    ((ObjectNode) copy.get("metadata")).put("namespace", namespace);
    return copy;
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The YAML files of a directory of deploy/, without those below it. */
  static List<Path> files(String directory) {
    try (Stream<Path> files = Files.list(DEPLOY.resolve(directory))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.endsWith("kustomization.yaml"))
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
