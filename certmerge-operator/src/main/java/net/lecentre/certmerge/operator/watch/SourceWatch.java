package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.sources.SourceLookup;
import net.lecentre.certmerge.operator.sources.TlsSecret;
import net.lecentre.certmerge.operator.targets.TargetSecret;

/** Watches the Secrets of type {@code kubernetes.io/tls}; its cache holds those alone. */
public final class SourceWatch extends SecretWatch implements SourceLookup {
  private static final byte[] MISSING = {};

  private final KubernetesClient client;
  private final Function<String, Map<String, String>> namespaceLabels;
  private final Map<ObjectName, Memo> inspections = new ConcurrentHashMap<>();

  /**
   * Prepares the watch in some namespaces; none: everywhere.
   *
   * @param namespaceLabels the labels of a namespace
   */
  public SourceWatch(
      KubernetesClient client,
      Set<String> namespaces,
      Interests interests,
      Function<String, Map<String, String>> namespaceLabels,
      InstantSource clock) {
    super(
        "sources",
        client,
        namespaces,
        interests,
        clock,
        secrets -> secrets.withField("type", TlsSecret.TYPE));
    this.client = client;
    this.namespaceLabels = namespaceLabels;
  }

  @Override
  public Map<String, String> labelsOf(String namespace) {
    return namespaceLabels.apply(namespace);
  }

  @Override
  Stream<ObjectName> concerned(Secret secret) {
    return interests().inSource(ObjectName.of(secret), labels(secret));
  }

  @Override
  public void onDelete(Secret secret, boolean finalStateUnknown) {
    inspections.remove(ObjectName.of(secret));
    super.onDelete(secret, finalStateUnknown);
  }

  @Override
  public Optional<TlsSecret> tls(ObjectName name) {
    return informers().stream()
        .map(informer -> informer.getIndexer().getByKey(name.toString()))
        .filter(Objects::nonNull)
        .findFirst()
        .map(this::tlsSecret);
  }

  /** Asks the API server: the cache holds TLS Secrets alone. */
  @Override
  public Found other(ObjectName name) {
    Secret secret = client.secrets().inNamespace(name.namespace()).withName(name.name()).get();
    return secret == null ? new Found.Nothing() : found(secret);
  }

  private Found found(Secret secret) {
    if (TlsSecret.TYPE.equals(secret.getType())) {
      return new Found.Tls(tlsSecret(secret));
    }
    return new Found.Other(secret.getType(), TargetSecret.isManaged(secret));
  }

  @Override
  public Stream<TlsSecret> in(Optional<String> namespace) {
    return namespace
        .map(
            one ->
                informers().stream()
                    .flatMap(
                        informer ->
                            informer.getIndexer().byIndex(Cache.NAMESPACE_INDEX, one).stream()))
        .orElseGet(this::all)
        .map(this::tlsSecret);
  }

  private TlsSecret tlsSecret(Secret secret) {
    return new TlsSecret(
        ObjectName.of(secret),
        labels(secret),
        Objects.requireNonNullElse(secret.getMetadata().getAnnotations(), Map.of()),
        () -> inspect(secret));
  }

  /** Parsing and checking a pair costs a hundred times what a look at its version does. */
  private Inspection inspect(Secret secret) {
    String version = secret.getMetadata().getResourceVersion();
    return inspections
        .compute(
            ObjectName.of(secret),
            (name, memo) ->
                memo != null && memo.resourceVersion().equals(version)
                    ? memo
                    : new Memo(
                        version,
                        Inspector.inspect(
                            value(secret, "tls.crt"),
                            value(secret, "tls.key"),
                            Acceptance.envoy())))
        .inspection();
  }

  private static byte[] value(Secret secret, String key) {
    Map<String, String> data = secret.getData();
    String text = data == null ? null : data.get(key);
    return text == null ? MISSING : Base64.getDecoder().decode(text);
  }

  private static Map<String, String> labels(Secret secret) {
    return Objects.requireNonNullElse(secret.getMetadata().getLabels(), Map.of());
  }

  private record Memo(String resourceVersion, Inspection inspection) {}
}
