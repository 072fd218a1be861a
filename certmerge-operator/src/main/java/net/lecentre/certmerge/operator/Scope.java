package net.lecentre.certmerge.operator;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import net.lecentre.certmerge.operator.api.CertMergeSpec;
import net.lecentre.certmerge.operator.flags.Durations;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that decide what becomes of a CertMerge. */
class Scope {
  @Option(
      names = "--namespaces",
      split = ",",
      converter = Namespace.class,
      paramLabel = "NAME",
      description = "The namespaces to work in, with commas; default: all.")
  Set<String> namespaces = new LinkedHashSet<>();

  @Option(
      names = "--trusted-namespaces",
      split = ",",
      paramLabel = "NAME",
      description =
          "Namespaces whose CertMerges may read and write in every namespace; '*' is every one."
              + " Default: the operator's own.")
  private @Nullable Set<String> trustedNamespaces;

  @Option(
      names = "--operator-namespace",
      paramLabel = "NAME",
      description = "The operator's own namespace; default: $POD_NAMESPACE, else cert-merge.")
  private @Nullable String operatorNamespace;

  @Option(
      names = "--expiry-warning",
      defaultValue = "168h",
      converter = Durations.class,
      paramLabel = "TIME",
      description = "How long before its end a certificate is reported; default: ${DEFAULT-VALUE}.")
  Duration expiryWarning = Duration.ofDays(7);

  /** The operator's own namespace. */
  String operatorNamespace() {
    return Optional.ofNullable(operatorNamespace)
        .or(() -> Optional.ofNullable(System.getenv("POD_NAMESPACE")))
        .filter(name -> !name.isBlank())
        .orElse("cert-merge");
  }

  /** Whose CertMerges may read and write everywhere. */
  Set<String> trustedNamespaces() {
    return trustedNamespaces == null ? Set.of(operatorNamespace()) : trustedNamespaces;
  }

  /** Reads a namespace's name. */
  static final class Namespace implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (!text.matches(CertMergeSpec.DNS_LABEL)) {
        throw new TypeConversionException("'" + text + "' is not the name of a namespace");
      }
      return text;
    }
  }
}
