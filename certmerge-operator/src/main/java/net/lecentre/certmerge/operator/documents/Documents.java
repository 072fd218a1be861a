package net.lecentre.certmerge.operator.documents;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.BufferedInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import org.yaml.snakeyaml.LoaderOptions;

/** The objects in a file, one at a time: a cluster has more Secrets than fit into memory. */
public final class Documents {
  /** What is read of a text to tell JSON from YAML; both may begin with a brace. */
  private static final int ENOUGH = 1 << 16;

  private static final ObjectMapper JSON = new JsonMapper();

  private Documents() {}

  /** How far a text could be read. */
  public sealed interface Extent {
    /**
     * To its end.
     *
     * @param objects how many there are
     */
    record Whole(int objects) implements Extent {}

    /**
     * It ends in the middle of an object, or is damaged.
     *
     * @param objects how many come before
     */
    record Broken(int objects) implements Extent {}

    /** It is of another kind. The parser's message would quote it. */
    record Foreign() implements Extent {}
  }

  /**
   * Takes an object.
   *
   * @param <E> what may be wrong with it
   */
  @FunctionalInterface
  public interface Visitor<E extends Exception> {
    /** Takes an object. */
    void visit(JsonNode object) throws E;
  }

  /**
   * Reads the objects of a text; those of a {@code List} one by one.
   *
   * @param text YAML or JSON: one object, a list of them, or several documents
   * @param visitor takes each as soon as it is read
   * @throws IOException when the text cannot be read
   */
  public static <E extends Exception> Extent each(InputStream text, Visitor<E> visitor)
      throws IOException, E {
    BufferedInputStream in = new BufferedInputStream(text, ENOUGH);
    in.mark(ENOUGH);
    // JSON is YAML too, but is read many times as fast as itself.
    Extent json = new Reading<>(visitor).read(JSON.getFactory(), in);
    if (!(json instanceof Extent.Foreign)) {
      return json;
    }
    try {
      in.reset();
    } catch (IOException tooFar) {
      return json;
    }
    return new Reading<>(visitor).read(yaml(), in);
  }

  private static YAMLFactory yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE);
    return YAMLFactory.builder().loaderOptions(options).build();
  }

  private static final class Reading<E extends Exception> {
    private final Visitor<E> visitor;
    private int objects;

    Reading(Visitor<E> visitor) {
      this.visitor = visitor;
    }

    Extent read(JsonFactory factory, InputStream in) throws IOException, E {
      try (JsonParser parser = factory.createParser(in)) {
        parser.setCodec(JSON);
        // Whoever opened the text closes it.
        parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
        while (parser.nextToken() != null) {
          if (parser.currentToken() == JsonToken.START_OBJECT) {
            object(parser);
          } else if (!isEmpty(parser)) {
            return broken();
          }
        }
        return new Extent.Whole(objects);
      } catch (JsonProcessingException | CharConversionException e) {
        return broken();
      }
    }

    private Extent broken() {
      return objects == 0 ? new Extent.Foreign() : new Extent.Broken(objects);
    }

    /** What stands after a last line of three hyphens. */
    private static boolean isEmpty(JsonParser parser) throws IOException {
      return parser.currentToken() == JsonToken.VALUE_NULL
          || (parser.currentToken() == JsonToken.VALUE_STRING && parser.getText().isEmpty());
    }

    private void object(JsonParser parser) throws IOException, E {
      ObjectNode object = JSON.createObjectNode();
      boolean list = false;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        if (parser.nextToken() == JsonToken.START_ARRAY && field.equals("items")) {
          list = true;
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == null) {
              return;
            }
            visit(JSON.readTree(parser));
          }
        } else {
          object.set(field, JSON.<JsonNode>readTree(parser));
        }
      }
      if (!list) {
        visit(object);
      }
    }

    private void visit(JsonNode node) throws E {
      JsonNode items = node.path("items");
      if (items.isArray()) {
        for (JsonNode item : items) {
          visit(item);
        }
      } else {
        objects++;
        visitor.visit(node);
      }
    }
  }
}
