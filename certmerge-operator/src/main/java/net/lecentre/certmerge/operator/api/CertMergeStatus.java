package net.lecentre.certmerge.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
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
      int sources, int merged, int kept, int excluded, int problems, int targetBytes) {}

  /**
   * What became of one source.
   *
   * @param key its key in the target
   * @param source namespace and name
   * @param state Merged, Kept or Excluded
   * @param reason a finding's code or another reason; null when merged
   * @param message what is wrong and what to do; null when merged
   * @param notAfter when the pair in the target expires, RFC 3339; null when excluded
   * @param dnsNames the DNS names of that pair's leaf, the first 2 KiB of them; null when excluded
   * @param sha256 digest of that leaf's DER, lower-case hex; null when excluded
   * @param since when the source got into this state for this reason, RFC 3339; null when merged
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Entry(
      String key,
      String source,
      String state,
      @Nullable String reason,
      @Nullable String message,
      @Nullable String notAfter,
      @Nullable List<String> dnsNames,
      @Nullable String sha256,
      @Nullable String since) {}
}
