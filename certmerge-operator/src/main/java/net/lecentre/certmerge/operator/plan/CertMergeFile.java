package net.lecentre.certmerge.operator.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeSpec;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.documents.Documents;

/** The CertMerges of a file, as they would be in a cluster once it was applied. */
public final class CertMergeFile {
  private static final ObjectMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private CertMergeFile() {}

  /** A file that holds no CertMerge. */
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    /** Says what is wrong with it. */
    public Unreadable(String message) {
      super(message);
    }
  }

  /**
   * Reads the CertMerges of a file; other objects in it are passed over.
   *
   * @param name what messages call the file
   * @param text YAML or JSON
   * @param namespace that of a CertMerge which names none
   */
  public static List<CertMerge> read(
      String name, InputStream text, String namespace, KubernetesSerialization serialization)
      throws Unreadable, IOException {
    List<CertMerge> found = new ArrayList<>();
    Documents.Extent extent =
        Documents.each(
            text,
            object -> {
              if (isCertMerge(object)) {
                found.add(read(name, object, namespace, serialization));
              }
            });
    if (!(extent instanceof Documents.Extent.Whole)) {
      throw new Unreadable(name + ": this is neither YAML nor JSON of objects, or is damaged");
    }
    if (found.isEmpty()) {
      throw new Unreadable(name + ": there is no CertMerge in it");
    }
    return found;
  }

  private static boolean isCertMerge(JsonNode object) {
    return object.path("kind").asText().equals("CertMerge")
        && object.path("apiVersion").asText().startsWith(CertMerge.GROUP + "/");
  }

  private static CertMerge read(
      String name, JsonNode document, String namespace, KubernetesSerialization serialization)
      throws Unreadable {
    String called = document.path("metadata").path("name").asText();
    if (called.isEmpty()) {
      throw new Unreadable(name + ": a CertMerge has no metadata.name");
    }
    try {
      // As kubectl does: a field that does not exist is a mistake.
      STRICT.treeToValue(document.path("spec"), CertMergeSpec.class);
    } catch (JsonProcessingException e) {
      throw new Unreadable(
          name + ": CertMerge " + called + " cannot be understood: " + Fields.problem("spec", e));
    }
    CertMerge certMerge = serialization.convertValue(document, CertMerge.class);
    ObjectMeta metadata = certMerge.getMetadata();
    metadata.setNamespace(Objects.requireNonNullElse(metadata.getNamespace(), namespace));
    return certMerge;
  }

  /**
   * The CertMerges of a cluster after a file was applied to it.
   *
   * @param present those of the cluster
   * @param applied those of the file, changed to what the cluster would make of them
   */
  public static List<CertMerge> apply(
      List<CertMerge> present, List<CertMerge> applied, Instant now) {
    Map<ObjectName, CertMerge> all = new HashMap<>();
    present.forEach(certMerge -> all.put(ObjectName.of(certMerge), certMerge));
    for (CertMerge certMerge : applied) {
      ObjectName name = ObjectName.of(certMerge);
      adopt(certMerge.getMetadata(), Optional.ofNullable(all.get(name)), now);
      all.put(name, certMerge);
    }
    return List.copyOf(all.values());
  }

  private static void adopt(ObjectMeta metadata, Optional<CertMerge> present, Instant now) {
    Optional<ObjectMeta> known = present.map(CertMerge::getMetadata);
    metadata.setUid(known.map(ObjectMeta::getUid).orElse("not-yet-created"));
    metadata.setGeneration(known.map(ObjectMeta::getGeneration).orElse(0L) + 1);
    metadata.setCreationTimestamp(
        known
            .map(ObjectMeta::getCreationTimestamp)
            .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString()));
    Map<String, String> annotations = new HashMap<>();
    known.map(ObjectMeta::getAnnotations).ifPresent(annotations::putAll);
    Optional.ofNullable(metadata.getAnnotations()).ifPresent(annotations::putAll);
    metadata.setAnnotations(annotations);
  }
}
