package net.lecentre.certmerge.operator.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** Names TLS Secrets and the target Secret they are merged into. */
@NullUnmarked // The client creates it empty and fills it in.
@Group(CertMerge.GROUP)
@Version(CertMerge.VERSION)
@Kind("CertMerge")
@Plural("certmerges")
@Singular("certmerge")
@ShortNames("cmerge")
@AdditionalPrinterColumn(
    name = "Ready",
    type = AdditionalPrinterColumn.Type.STRING,
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
    name = "Target",
    type = AdditionalPrinterColumn.Type.STRING,
    jsonPath = ".spec.name")
@AdditionalPrinterColumn(
    name = "Merged",
    type = AdditionalPrinterColumn.Type.INTEGER,
    jsonPath = ".status.counts.merged")
@AdditionalPrinterColumn(
    name = "Problems",
    type = AdditionalPrinterColumn.Type.INTEGER,
    jsonPath = ".status.counts.problems")
@AdditionalPrinterColumn(
    name = "Next expiry",
    type = AdditionalPrinterColumn.Type.STRING,
    jsonPath = ".status.nextExpiry")
@AdditionalPrinterColumn(
    name = "Age",
    type = AdditionalPrinterColumn.Type.DATE,
    jsonPath = ".metadata.creationTimestamp")
public class CertMerge extends CustomResource<CertMergeSpec, CertMergeStatus>
    implements Namespaced {
  /** The API group. */
  public static final String GROUP = "certmerge.lecentre.net";

  /** The version that is served and stored. */
  public static final String VERSION = "v1alpha1";

  private static final String OWN = GROUP + "/";

  /** On a CertMerge: the name of a held removal that may go on all the same. */
  public static final String RELEASE_ANNOTATION = GROUP + "/release";

  /** Those annotations of an object that are certmerge's own. */
  public static Map<String, String> own(@Nullable Map<String, String> annotations) {
    return Objects.requireNonNullElse(annotations, Map.<String, String>of()).entrySet().stream()
        .filter(annotation -> annotation.getKey().startsWith(OWN))
        .collect(
            Collectors.toUnmodifiableMap(
                annotation -> annotation.getKey().intern(), Map.Entry::getValue));
  }

  /** The name of the held removal that may go on. */
  public Optional<String> released() {
    return Optional.ofNullable(getMetadata().getAnnotations())
        .map(annotations -> annotations.get(RELEASE_ANNOTATION))
        .map(String::strip);
  }

  @Override
  protected CertMergeSpec initSpec() {
    return null;
  }

  @Override
  protected CertMergeStatus initStatus() {
    return null;
  }
}
