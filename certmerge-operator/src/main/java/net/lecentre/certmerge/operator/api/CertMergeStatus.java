package net.lecentre.certmerge.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the operator reports.
 *
 * @param observedGeneration the generation of the spec that this is about
 * @param conditions {@code Ready} and {@code SourcesHealthy}
 * @param counts how many sources ended where
 * @param nextExpiry when the first merged certificate expires, RFC 3339
 * @param entries what became of each source: not merged ones first, then by key
 * @param uptodate whether the target holds what the sources say
 * @param version digest of the target's data
 * @param items the merged sources
 * @param updatedTimestamp when the target was last written, RFC 3339
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CertMergeStatus(
    @JsonPropertyDescription("The generation of the spec that this status is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("Ready and SourcesHealthy.") @Nullable List<Condition> conditions,
    @JsonPropertyDescription("How many sources ended where.") @Nullable Counts counts,
    @JsonPropertyDescription("When the first certificate in the target expires.")
        @Nullable String nextExpiry,
    @JsonPropertyDescription(
            "What became of each source: those with a problem first, then by key; at most 200.")
        @Nullable List<Entry> entries,
    @JsonPropertyDescription("Whether the target holds what the sources say.")
        @Nullable Boolean uptodate,
    @JsonPropertyDescription("Digest of the target's data.") @Nullable String version,
    @JsonPropertyDescription("The sources in the target.") @Nullable List<String> items,
    @JsonPropertyDescription("When the target was last written.")
        @Nullable String updatedTimestamp) {

  /**
   * How many sources ended where.
   *
   * @param sources all of them
   * @param merged in the target as they are now
   * @param kept in the target with an earlier good pair
   * @param excluded not in the target
   * @param problems kept and excluded together
   * @param targetBytes the size of the target's values
   */
  public record Counts(
      @JsonPropertyDescription("All of them.") int sources,
      @JsonPropertyDescription("In the target as they are now.") int merged,
      @JsonPropertyDescription("In the target with an earlier good pair.") int kept,
      @JsonPropertyDescription("Not in the target.") int excluded,
      @JsonPropertyDescription("Kept and excluded together.") int problems,
      @JsonPropertyDescription("How many bytes the values of the target have.") int targetBytes) {}

  /**
   * What became of one source.
   *
   * @param key its key in the target
   * @param source namespace and name
   * @param state Merged, Kept or Excluded
   * @param reason a finding's code or another reason; null when merged
   * @param message what is wrong and what to do; null when merged
   * @param notAfter when the pair in the target expires, RFC 3339; null when excluded
   * @param dnsNames the DNS names of that pair's leaf, at most 100; null when excluded
   * @param sha256 digest of that leaf's DER, lower-case hex; null when excluded
   * @param since when the source got into this state for this reason, RFC 3339; null when merged
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Entry(
      @JsonPropertyDescription("Its key in the target.") String key,
      @JsonPropertyDescription("Namespace and name of the Secret.") String source,
      @JsonPropertyDescription("Merged, Kept or Excluded.") String state,
      @JsonPropertyDescription("A finding's code or another reason; none when merged.")
          @Nullable String reason,
      @JsonPropertyDescription("What is wrong and what to do; none when merged.")
          @Nullable String message,
      @JsonPropertyDescription("When the pair in the target expires; none when excluded.")
          @Nullable String notAfter,
      @JsonPropertyDescription("The DNS names of its leaf, at most 100; none when excluded.")
          @Nullable List<String> dnsNames,
      @JsonPropertyDescription(
              "Digest of its leaf's DER in lower-case hex digits; none when excluded.")
          @Nullable String sha256,
      @JsonPropertyDescription(
              "When the source got into this state for this reason; none when merged.")
          @Nullable String since) {
    /**
     * Of the same sources thousands of CertMerges say the same: it is in memory once. Who may write
     * a status may leave anything out.
     */
    public Entry {
      key = Objects.requireNonNullElse(Once.text(key), "");
      source = Objects.requireNonNullElse(Once.text(source), "");
      state = Objects.requireNonNullElse(Once.text(state), "");
      reason = Once.text(reason);
      message = Once.text(message);
      notAfter = Once.text(notAfter);
      dnsNames = Once.texts(dnsNames);
      sha256 = Once.text(sha256);
      since = Once.text(since);
    }

    /** The same with other names. */
    public Entry withDnsNames(List<String> names) {
      return new Entry(
          key, source, state, reason, message, notAfter, List.copyOf(names), sha256, since);
    }
  }
}
