package net.lecentre.certmerge.operator.documents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;

/** The objects in a file. */
public final class Documents {
  private Documents() {}

  /**
   * Reads the objects of a file; those of a {@code List} one by one.
   *
   * @param bytes YAML or JSON: one object, a list of them, or several documents
   * @return empty when the text is of another kind; the parser's message would quote it
   */
  public static Optional<List<JsonNode>> read(byte[] bytes) {
    // JSON is YAML too, but is read many times as fast as itself.
    return documents(new JsonMapper(), bytes)
        .or(() -> documents(yaml(), bytes))
        .map(found -> found.stream().filter(document -> !isEmpty(document)).toList())
        .filter(found -> found.stream().allMatch(JsonNode::isObject))
        .map(found -> found.stream().flatMap(Documents::items).toList());
  }

  /** What stands after a last line of three hyphens. */
  private static boolean isEmpty(JsonNode document) {
    return document.isNull() || (document.isTextual() && document.asText().isEmpty());
  }

  private static YAMLMapper yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE);
    return new YAMLMapper(YAMLFactory.builder().loaderOptions(options).build());
  }

  private static Optional<List<JsonNode>> documents(ObjectMapper mapper, byte[] bytes) {
    try (MappingIterator<JsonNode> documents = mapper.readerFor(JsonNode.class).readValues(bytes)) {
      return Optional.of(documents.readAll());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Stream<JsonNode> items(JsonNode node) {
    JsonNode items = node.path("items");
    return items.isArray()
        ? StreamSupport.stream(items.spliterator(), false).flatMap(Documents::items)
        : Stream.of(node);
  }
}
