package net.lecentre.certmerge.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
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
 * @param formats which files each entry has in the target
 * @param mountPath where the gateway mounts the target
 * @param shards upper bound of target Secrets
 * @param onInvalid what becomes of the last good pair of a source that turns invalid
 * @param deletedSourceGracePeriod how long a deleted or deselected source stays merged
 * @param maxRemovals how many entries, or how many percent, may leave at once
 * @param adopt whether a Secret that certmerge did not make may be taken over
 * @param deletionPolicy what becomes of the target when the CertMerge goes
 * @param refreshPods pods that mount the target
 * @param suspend whether nothing is written for now
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
    @Size(max = 10_000) @JsonPropertyDescription("Sources by name; the first to name a key has it.")
        @Nullable List<SecretName> secretlist,
    @Size(max = 100)
        @ValidationRule(
            value =
                "self.map(s, "
                    + CertMergeSpec.LABELS
                    + " + "
                    + CertMergeSpec.NAMESPACE_LABELS
                    + ").sum() <= 1000",
            message = CertMergeSpec.TOO_MANY_LABELS)
        @JsonPropertyDescription(
            "Sources by label, after the list; with at most 1,000 labels, expressions and values in"
                + " all of them.")
        @Nullable List<Selector> selector,
    @JsonPropertyDescription(
            "How entries are named: Name gives <secret>.crt and .key, NamespacedName gives"
                + " <namespace>-<secret>.crt and .key. Default: Name.")
        @Nullable Keys keys,
    @JsonPropertyDescription(
            "What becomes of a source that turns invalid: Keep serves its last good pair on, Drop"
                + " takes it out of the target. Default: Keep.")
        @Nullable OnInvalid onInvalid,
    @Size(min = 1, max = 3)
        @ValidationRule(
            value = "self.all(one, self.exists_one(other, other == one))",
            message = "formats names one of them twice")
        @JsonPropertyDescription(
            "Which files an entry has: Pair gives .crt and .key, CombinedPEM <key>.pem with key, leaf"
                + " and chain (HAProxy), EnvoySDS .crt, .key and <key>.sds.yaml (Envoy's file SDS)."
                + " Default: [Pair].")
        @Nullable List<Format> formats,
    @Size(max = 1024)
        @Pattern(CertMergeSpec.ABSOLUTE_PATH)
        @JsonPropertyDescription(
            "Where the gateway mounts the target; EnvoySDS writes file names under it. Default:"
                + " /etc/istio/ingressgateway-certs.")
        @Nullable String mountPath,
    @Min(1)
        @Max(CertMergeSpec.MOST_SHARDS)
        @JsonPropertyDescription(
            "Upper bound of target Secrets: what does not fit in <name> goes to <name>-1, <name>-2"
                + " and so on. Default: 1.")
        @Nullable Integer shards,
    @Size(max = 64)
        @Pattern(CertMergeSpec.DURATION)
        @JsonPropertyDescription(
            "How long a deleted or deselected source stays merged, as 30m, 72h or PT72H. Default: 0s.")
        @Nullable String deletedSourceGracePeriod,
    @ValidationRule(
            value =
                "type(self) == int ? self >= 0 : string(self).matches('^((100|[0-9]{1,2})%|[0-9]{1,9})$')",
            message = "maxRemovals is a number of entries, as 5, or a share of them, as 20%")
        @JsonPropertyDescription(
            "How many entries, or how many percent of them, may leave the target at once; a change"
                + " that would remove more is held back and reported. Default: 100%.")
        @Nullable IntOrString maxRemovals,
    @JsonPropertyDescription(
            "Whether an existing Secret that certmerge did not make may be taken over. Default: false.")
        @Nullable Boolean adopt,
    @JsonPropertyDescription("What becomes of the target when the CertMerge goes. Default: Delete.")
        @Nullable DeletionPolicy deletionPolicy,
    @Size(max = 16)
        @ValidationRule(
            value = "self.map(s, " + CertMergeSpec.LABELS + ").sum() <= 1000",
            message = CertMergeSpec.TOO_MANY_LABELS)
        @JsonPropertyDescription(
            "Pods that mount the target: annotated after each write, so that their kubelet projects"
                + " the new files at once.")
        @Nullable List<Pods> refreshPods,
    @JsonPropertyDescription("Whether nothing is written for now. Default: false.")
        @Nullable Boolean suspend) {
  /** What the API server demands of a Secret's name (RFC 1123 subdomain). */
  public static final String DNS_SUBDOMAIN =
      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

  /** What the API server demands of a namespace's name (RFC 1123 label). */
  public static final String DNS_LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

  /** What can be written into Envoy's configuration without quoting. */
  static final String ABSOLUTE_PATH = "^/[ !#-&(-\\[\\]-~]*$";

  /** As Go writes durations, and ISO-8601. */
  static final String DURATION = "^(0|([0-9]+(ns|us|µs|ms|s|m|h|d))+|P[0-9DTHMS.]+)$";

  /** More Secrets than a gateway can sensibly mount. */
  public static final int MOST_SHARDS = 100;

  /**
   * How much a selector {@code s} compares with. The operator has all of it in its memory, and goes
   * through it at each change of a Secret.
   */
  static final String LABELS =
      "(has(s.labelselector) && has(s.labelselector.matchLabels)"
          + " ? size(s.labelselector.matchLabels) : 0)"
          + " + (has(s.labelselector) && has(s.labelselector.matchExpressions)"
          + " ? s.labelselector.matchExpressions.map(e, has(e.values) ? size(e.values) + 1 : 1).sum()"
          + " : 0)";

  static final String NAMESPACE_LABELS =
      "(has(s.namespaceSelector) && has(s.namespaceSelector.matchLabels)"
          + " ? size(s.namespaceSelector.matchLabels) : 0)"
          + " + (has(s.namespaceSelector) && has(s.namespaceSelector.matchExpressions)"
          + " ? s.namespaceSelector.matchExpressions"
          + ".map(e, has(e.values) ? size(e.values) + 1 : 1).sum()"
          + " : 0)";

  static final String TOO_MANY_LABELS =
      "more than 1,000 labels, expressions and values; give the Secrets or pods one label instead";

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
   * @param namespaceSelector where to look, by the labels of namespaces; instead of a namespace
   * @param labelselector which Secrets; missing selects none, an empty one selects all
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "!has(self.namespaceSelector) || !has(self.__namespace__) || self.__namespace__ == ''",
      message = "a selector has a namespace or a namespaceSelector, not both")
  public record Selector(
      @Size(max = 63)
          @Pattern(DNS_LABEL_OR_EMPTY)
          @JsonPropertyDescription("Where to look; default: every namespace that consents.")
          @Nullable String namespace,
      @JsonPropertyDescription(
              "Where to look, by the labels of namespaces: every one so labelled that consents.")
          @Nullable LabelSelector namespaceSelector,
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
      @Size(max = 100) @JsonPropertyDescription("Requirements that must all hold.")
          @Nullable List<Requirement> matchExpressions) {}

  /**
   * One requirement of a label selector.
   *
   * @param key the label
   * @param operator how its value is compared
   * @param values what with
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "self.operator.trim().lowerAscii() in"
              + " ['in','notin','exists','doesnotexist','=','==','!=','gt','lt','!']",
      message = "operator is not one of In, NotIn, Exists, DoesNotExist, =, ==, !=, gt, lt, !")
  public record Requirement(
      @Required @Size(max = 317) @JsonPropertyDescription("The label's key.") @Nullable String key,
      @Required
          @Size(max = 20)
          @JsonPropertyDescription(
              "In, NotIn, Exists or DoesNotExist, in any letter case; also =, ==, !=, gt, lt and !"
                  + " (the label must be missing).")
          @Nullable String operator,
      @JsonPropertyDescription("The values to compare with; none for Exists and DoesNotExist.")
          @Nullable List<String> values) {
    /** A spec is read again with each status: what it compares with is in memory once. */
    public Requirement {
      key = Once.text(key);
      operator = Once.text(operator);
      values = Once.texts(values);
    }
  }

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

  /** Which files an entry has. */
  public enum Format {
    /** {@code <key>.crt} and {@code <key>.key}. */
    @JsonProperty("Pair")
    PAIR,
    /** {@code <key>.pem}: key, leaf, chain. */
    @JsonProperty("CombinedPEM")
    COMBINED_PEM,
    /** {@code <key>.sds.yaml} beside the pair's files. */
    @JsonProperty("EnvoySDS")
    ENVOY_SDS
  }

  /** What becomes of the target when the CertMerge goes. */
  public enum DeletionPolicy {
    /** It goes too. */
    @JsonProperty("Delete")
    DELETE,
    /** It stays as it is. */
    @JsonProperty("Retain")
    RETAIN
  }

  /**
   * Pods by label.
   *
   * @param namespace where they are; default: the target's namespace
   * @param labelselector which pods; missing selects none, an empty one selects all
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Pods(
      @Size(max = 63)
          @Pattern(DNS_LABEL_OR_EMPTY)
          @JsonPropertyDescription("Where the pods are; default: the target's namespace.")
          @Nullable String namespace,
      @JsonPropertyDescription("Which pods; an empty selector selects every pod there.")
          @Nullable LabelSelector labelselector) {}
}
