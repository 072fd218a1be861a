package net.lecentre.certmerge.operator.targets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.lecentre.certmerge.core.merge.MergePlan;
import org.jspecify.annotations.Nullable;

/**
 * Which source each key of a Secret came from, and since when that is gone. It is written on the
 * Secret itself, so that after a restart a pair is kept only for the source that it belongs to, and
 * for no longer than it should.
 *
 * @param origins by key
 */
record Provenance(SortedMap<String, Origin> origins) {
  static final String ANNOTATION = "certmerge.lecentre.net/sources";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * Where a key came from.
   *
   * @param source the source's name
   * @param goneSince when the source was first seen to be gone; empty while it is there
   */
  record Origin(String source, Optional<Instant> goneSince) {
    /** Names hold no blanks, so one can part them from the time. */
    private static Origin read(String text) {
      String[] parts = text.split(" ", 2);
      return new Origin(parts[0], parts.length == 2 ? instant(parts[1]) : Optional.empty());
    }

    private static Optional<Instant> instant(String text) {
      try {
        return Optional.of(Instant.parse(text));
      } catch (DateTimeParseException damaged) {
        return Optional.empty();
      }
    }

    private String text() {
      return goneSince.map(instant -> source + " " + instant).orElse(source);
    }
  }

  /** That of one shard of a plan. */
  static Provenance of(MergePlan plan, int shard) {
    SortedMap<String, Origin> origins = new TreeMap<>();
    Set<String> keys = plan.shards().get(shard).pairs().keySet();
    plan.written()
        .filter(entry -> keys.contains(entry.key()))
        .forEach(entry -> origins.put(entry.key(), new Origin(entry.source(), entry.goneSince())));
    return new Provenance(origins);
  }

  /** Reads the annotation; a missing or damaged one, as on targets of 2018, names no source. */
  static Provenance read(String text) {
    SortedMap<String, Origin> origins = new TreeMap<>();
    if (!text.isEmpty()) {
      try {
        @Nullable Map<String, @Nullable String> texts =
            JSON.readValue(text, new TypeReference<Map<String, @Nullable String>>() {});
        if (texts != null) {
          texts.forEach(
              (key, origin) -> {
                if (origin != null) {
                  origins.put(key, Origin.read(origin));
                }
              });
        }
      } catch (JsonProcessingException damaged) {
        return new Provenance(new TreeMap<>());
      }
    }
    return new Provenance(origins);
  }

  Optional<Origin> of(String key) {
    return Optional.ofNullable(origins.get(key));
  }

  String text() {
    SortedMap<String, String> texts = new TreeMap<>();
    origins.forEach((key, origin) -> texts.put(key, origin.text()));
    try {
      return JSON.writeValueAsString(texts);
    } catch (JsonProcessingException impossibleForStrings) {
      throw new IllegalStateException(impossibleForStrings);
    }
  }
}
