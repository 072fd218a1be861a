package net.lecentre.certmerge.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a user writes. Everything may be missing: {@code spec} checks it and fills in the defaults.
 *
 * @param name the target Secret
 * @param namespace the target's namespace; default: the CertMerge's own
 * @param secretlist sources by name, in this order
 * @param selector sources by label, after the list
 * @param keys how entries are named in the target
 * @param onInvalid what becomes of the last good pair of a source that turns invalid
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CertMergeSpec(
    @Required
        @Size(min = 1, max = 253)
        @Pattern(CertMergeSpec.DNS_SUBDOMAIN)
        @JsonPropertyDescription("The Secret that the sources are merged into.")
        @Nullable String name,
    @Size(max = 63)
        @Pattern(CertMergeSpec.DNS_LABEL_OR_EMPTY)
        @JsonPropertyDescription("The target's namespace; default: the CertMerge's own.")
        @Nullable String namespace,
    @JsonPropertyDescription("Sources by name; the first to name a key has it.")
        @Nullable List<SecretName> secretlist,
    @JsonPropertyDescription("Sources by label, after the list.") @Nullable List<Selector> selector,
    @JsonPropertyDescription(
            "How entries are named: Name gives <secret>.crt and .key, NamespacedName gives"
                + " <namespace>-<secret>.crt and .key. Default: Name.")
        @Nullable Keys keys,
    @JsonPropertyDescription(
            "What becomes of a source that turns invalid: Keep serves its last good pair on, Drop"
                + " takes it out of the target. Default: Keep.")
        @Nullable OnInvalid onInvalid) {
  /** What the API server demands of a Secret's name (RFC 1123 subdomain). */
  public static final String DNS_SUBDOMAIN =
      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

  /** What the API server demands of a namespace's name (RFC 1123 label). */
  public static final String DNS_LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

  /** The same, or nothing, which stands for the default. */
  static final String DNS_LABEL_OR_EMPTY = "^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$";

  /**
   * A source by name.
   *
   * @param name the Secret
   * @param namespace its namespace; default: the CertMerge's own
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SecretName(
      @Required
          @Size(min = 1, max = 253)
          @Pattern(DNS_SUBDOMAIN)
          @JsonPropertyDescription("The source Secret, of type kubernetes.io/tls.")
          @Nullable String name,
      @Size(max = 63)
          @Pattern(DNS_LABEL_OR_EMPTY)
          @JsonPropertyDescription("Its namespace; default: the CertMerge's own.")
          @Nullable String namespace) {}

  /**
   * Sources by label.
   *
   * @param namespace where to look; default: every namespace that consents
   * @param labelselector which Secrets; missing selects none, an empty one selects all
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Selector(
      @Size(max = 63)
          @Pattern(DNS_LABEL_OR_EMPTY)
          @JsonPropertyDescription("Where to look; default: every namespace that consents.")
          @Nullable String namespace,
      @JsonPropertyDescription("Which Secrets; an empty selector selects every TLS Secret.")
          @Nullable LabelSelector labelselector) {}

  /**
   * A {@code metav1.LabelSelector}; operators in any letter case, and those of 2018.
   *
   * @param matchLabels labels that must be there with these values
   * @param matchExpressions requirements that must all hold
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record LabelSelector(
      @JsonPropertyDescription("Labels that a Secret must have, with these values.")
          @Nullable Map<String, String> matchLabels,
      @JsonPropertyDescription("Requirements that must all hold.")
          @Nullable List<Requirement> matchExpressions) {}

  /**
   * One requirement of a label selector.
   *
   * @param key the label
   * @param operator how its value is compared
   * @param values what with
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Requirement(
      @Required @JsonPropertyDescription("The label's key.") @Nullable String key,
      @Required
          @JsonPropertyDescription(
              "In, NotIn, Exists or DoesNotExist, in any letter case; also =, ==, !=, gt, lt and !"
                  + " (the label must be missing).")
          @Nullable String operator,
      @JsonPropertyDescription("The values to compare with; none for Exists and DoesNotExist.")
          @Nullable List<String> values) {}

  /** How entries are named in the target. */
  public enum Keys {
    /** By the Secret's name. */
    @JsonProperty("Name")
    NAME,
    /** By the Secret's namespace and name. */
    @JsonProperty("NamespacedName")
    NAMESPACED_NAME
  }

  /** What becomes of the last good pair of a source that turns invalid. */
  public enum OnInvalid {
    /** It stays served. */
    @JsonProperty("Keep")
    KEEP,
    /** It leaves the target. */
    @JsonProperty("Drop")
    DROP
  }
}
