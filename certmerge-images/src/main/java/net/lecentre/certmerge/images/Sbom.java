package net.lecentre.certmerge.images;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What an image is made of: the libraries in its jar, its Debian packages and its Java runtime. */
final class Sbom {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Sbom() {}

  /**
   * Adds to the BOM of a jar what the script {@code base} put together.
   *
   * @param assembled where that is; null for an image on somebody else's base
   */
  static void write(Path ofJar, @Nullable Path assembled, Path output) throws IOException {
    ObjectNode bom = (ObjectNode) JSON.readTree(ofJar.toFile());
    if (assembled != null) {
      ArrayNode components = bom.withArray("/components");
      for (String line : Files.readAllLines(assembled.resolve("packages"))) {
        String[] fields = line.split("\t", -1);
        String purl =
            "pkg:deb/debian/%s@%s?arch=%s"
                .formatted(fields[0], fields[1].replace("~", "%7E").replace("+", "%2B"), fields[2]);
        ObjectNode component = component(components, fields[0], fields[1], purl);
        component.withArray("/hashes").addObject().put("alg", "SHA-256").put("content", fields[3]);
      }
      Runtime.Version java = Runtime.version();
      component(
          components,
          "openjdk",
          java.toString(),
          "pkg:generic/openjdk@" + java.toString().replace("+", "%2B"));
    }
    JSON.writeValue(output.toFile(), bom);
  }

  private static ObjectNode component(
      ArrayNode components, String name, String version, String purl) {
    return components
        .addObject()
        .put("type", "library")
        .put("bom-ref", purl)
        .put("name", name)
        .put("version", version)
        .put("purl", purl);
  }
}
