package net.lecentre.certmerge.operator.page;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.CertMergeSpec;
import net.lecentre.certmerge.operator.api.CertMergeStatus;
import net.lecentre.certmerge.operator.api.CertMergeStatus.Counts;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.status.StatusFactory;
import org.jspecify.annotations.Nullable;

/**
 * Every CertMerge as its status tells it.
 *
 * @param at when it was looked
 * @param certmerges those that are not ready first, then those with problems, then by name
 */
public record StatusView(String at, List<One> certmerges) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Copies the list. */
  public StatusView {
    certmerges = List.copyOf(certmerges);
  }

  /** The view of these CertMerges. */
  public static StatusView of(Stream<CertMerge> found, Instant now) {
    return new StatusView(
        now.toString(),
        found
            .map(One::of)
            .sorted(
                Comparator.comparing(One::rank)
                    .thenComparing(One::namespace)
                    .thenComparing(One::name))
            .toList());
  }

  /** It as JSON. */
  public String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of texts can always be written", e);
    }
  }

  /** It as a page for people. */
  public String html() {
    return StatusPage.of(this);
  }

  /** What a browser may do with the page, as the value of {@code Content-Security-Policy}. */
  public static String policy() {
    return StatusPage.POLICY;
  }

  /**
   * A CertMerge.
   *
   * @param target namespace and name of its target Secret; null when the spec names none
   * @param generation the generation of its spec; the status may be about an earlier one
   * @param status what the operator reports; null when it has not looked yet
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record One(
      String namespace,
      String name,
      @Nullable String target,
      @Nullable Long generation,
      @Nullable CertMergeStatus status) {
    private static final List<String> RANKS = List.of("False", "Unknown", "Problems", "True");

    static One of(CertMerge certMerge) {
      ObjectName self = ObjectName.of(certMerge);
      CertMergeSpec spec = certMerge.getSpec();
      return new One(
          self.namespace(),
          self.name(),
          spec == null || spec.name() == null ? null : target(self, spec),
          certMerge.getMetadata().getGeneration(),
          certMerge.getStatus());
    }

    private static String target(ObjectName self, CertMergeSpec spec) {
      boolean own = spec.namespace() == null || spec.namespace().isEmpty();
      return (own ? self.namespace() : spec.namespace()) + "/" + spec.name();
    }

    /** The condition {@code Ready}; empty when it is not known yet. */
    Optional<Condition> ready() {
      return Optional.ofNullable(status)
          .flatMap(it -> Optional.ofNullable(it.conditions()))
          .flatMap(
              conditions ->
                  conditions.stream()
                      .filter(condition -> StatusFactory.READY.equals(condition.getType()))
                      .findFirst());
    }

    /** The counts, if there are any. */
    Optional<Counts> counts() {
      return Optional.ofNullable(status).flatMap(it -> Optional.ofNullable(it.counts()));
    }

    /** Its entries, those with a problem first; of many not all. */
    List<CertMergeStatus.Entry> entries() {
      return Optional.ofNullable(status)
          .flatMap(it -> Optional.ofNullable(it.entries()))
          .orElse(List.of());
    }

    private int rank() {
      String ready = ready().map(Condition::getStatus).orElse("Unknown");
      boolean problems = counts().filter(counts -> counts.problems() > 0).isPresent();
      return RANKS.indexOf(Objects.equals(ready, "True") && problems ? "Problems" : ready);
    }
  }
}
