package net.lecentre.certmerge.operator.targets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import net.lecentre.certmerge.core.merge.MergePlan;
import org.jspecify.annotations.Nullable;

/**
 * Which source each key of a target came from. It is written on the target itself, so that after a
 * restart a pair is kept only for the source that it belongs to.
 *
 * @param sources by key
 */
record Provenance(SortedMap<String, String> sources) {
  static final String ANNOTATION = "certmerge.lecentre.net/sources";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static Provenance of(MergePlan plan) {
    SortedMap<String, String> sources = new TreeMap<>();
    plan.written().forEach(entry -> sources.put(entry.key(), entry.source()));
    return new Provenance(sources);
  }

  /** Reads the annotation; a missing or damaged one, as on targets of 2018, names no source. */
  static Provenance read(String text) {
    if (text.isEmpty()) {
      return new Provenance(new TreeMap<>());
    }
    try {
      @Nullable Map<String, String> sources =
          JSON.readValue(text, new TypeReference<Map<String, String>>() {});
      return new Provenance(sources == null ? new TreeMap<>() : new TreeMap<>(sources));
    } catch (JsonProcessingException damaged) {
      return new Provenance(new TreeMap<>());
    }
  }

  Optional<String> of(String key) {
    return Optional.ofNullable(sources.get(key));
  }

  String text() {
    try {
      return JSON.writeValueAsString(sources);
    } catch (JsonProcessingException impossibleForStrings) {
      throw new IllegalStateException(impossibleForStrings);
    }
  }
}
