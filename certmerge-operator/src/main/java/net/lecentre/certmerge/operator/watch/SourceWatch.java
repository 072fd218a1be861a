package net.lecentre.certmerge.operator.watch;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Consent;
import net.lecentre.certmerge.operator.sources.SourceLookup;
import net.lecentre.certmerge.operator.sources.TlsSecret;
import net.lecentre.certmerge.operator.spec.LabelMatch;
import net.lecentre.certmerge.operator.targets.TargetSecret;

/**
 * Watches the Secrets of type {@code kubernetes.io/tls}: its cache holds those alone, and the
 * content of those that are merged.
 */
public final class SourceWatch extends SecretWatch implements SourceLookup {
  /** An index of the Secrets by each of their labels. */
  private static final String LABEL = "label";

  private final KubernetesClient client;
  private final Consent consent;
  private final Function<String, Map<String, String>> namespaceLabels;
  private final Runnable changes;
  private final Contents contents;

  /** A single thread: a thousand renewals are not to have a thousand. */
  private final ExecutorService inspecting =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          work -> {
            Thread thread = new Thread(work, "inspecting");
            thread.setDaemon(true);
            return thread;
          },
          // Once stopped, what is needed is inspected when it is.
          new ThreadPoolExecutor.DiscardPolicy());

  /**
   * Prepares the watch in some namespaces; none: everywhere.
   *
   * @param consent who may read a Secret; a change of it wakes nobody else
   * @param namespaceLabels the labels of a namespace
   * @param changes is run before the change of a source wakes somebody
   */
  public SourceWatch(
      KubernetesClient client,
      Set<String> namespaces,
      Interests interests,
      Consent consent,
      Function<String, Map<String, String>> namespaceLabels,
      Runnable changes,
      InstantSource clock) {
    super(
        "sources",
        client,
        namespaces,
        interests,
        clock,
        secrets -> secrets.withField("type", TlsSecret.TYPE),
        Map.of(LABEL, SourceWatch::labelTexts));
    this.client = client;
    this.consent = consent;
    this.namespaceLabels = namespaceLabels;
    this.changes = changes;
    this.contents =
        new Contents(this::read, secret -> concerned(secret).findAny().isPresent(), inspecting);
  }

  private Optional<Secret> read(ObjectName name) {
    return Optional.ofNullable(
        client.secrets().inNamespace(name.namespace()).withName(name.name()).get());
  }

  @Override
  public void stop() {
    super.stop();
    inspecting.shutdownNow();
  }

  @Override
  void changed(Secret whole) {
    contents.changed(whole);
  }

  @Override
  void waking() {
    changes.run();
  }

  @Override
  public Map<String, String> labelsOf(String namespace) {
    return namespaceLabels.apply(namespace);
  }

  @Override
  Stream<ObjectName> concerned(Secret secret) {
    Map<String, Boolean> readers = new HashMap<>();
    return interests()
        .inSource(
            ObjectName.of(secret),
            labels(secret),
            reader -> readers.computeIfAbsent(reader, one -> mayRead(one, secret)));
  }

  /** As long as nobody knows who consents, whoever asks for a Secret is woken, and told so. */
  private boolean mayRead(String reader, Secret secret) {
    try {
      return consent.allowsSource(reader, ObjectName.of(secret), annotations(secret));
    } catch (KubernetesClientException unknown) {
      return true;
    }
  }

  @Override
  public void onDelete(Secret secret, boolean finalStateUnknown) {
    contents.forget(ObjectName.of(secret));
    super.onDelete(secret, finalStateUnknown);
  }

  @Override
  public Optional<TlsSecret> tls(ObjectName name) {
    return informers().stream()
        .map(informer -> informer.getIndexer().getByKey(name.toString()))
        .filter(Objects::nonNull)
        .findFirst()
        .map(secret -> tlsSecret(secret, () -> contents.inspection(secret)));
  }

  /** Asks the API server: the cache holds TLS Secrets alone. */
  @Override
  public Found other(ObjectName name) {
    return read(name).map(this::found).orElseGet(Found.Nothing::new);
  }

  private Found found(Secret secret) {
    if (TlsSecret.TYPE.equals(secret.getType())) {
      return new Found.Tls(tlsSecret(secret, () -> contents.inspectionOf(secret)));
    }
    return new Found.Other(secret.getType(), TargetSecret.isManaged(secret));
  }

  @Override
  public Stream<TlsSecret> in(Optional<String> namespace, LabelMatch labels) {
    Stream<Secret> secrets =
        labels
            .oneOf()
            .map(
                label ->
                    label.values().stream()
                        .distinct()
                        .flatMap(value -> indexed(LABEL, labelText(label.key(), value)))
                        .filter(secret -> namespace.map(one -> isIn(one, secret)).orElse(true)))
            .orElseGet(
                () ->
                    namespace.map(one -> indexed(Cache.NAMESPACE_INDEX, one)).orElseGet(this::all));
    return secrets.map(secret -> tlsSecret(secret, () -> contents.inspection(secret)));
  }

  private static boolean isIn(String namespace, Secret secret) {
    return namespace.equals(secret.getMetadata().getNamespace());
  }

  private static List<String> labelTexts(Secret secret) {
    return labels(secret).entrySet().stream()
        .map(label -> labelText(label.getKey(), label.getValue()))
        .toList();
  }

  /** Neither a label nor its value has an equals sign. */
  private static String labelText(String key, String value) {
    return key + "=" + value;
  }

  private static TlsSecret tlsSecret(Secret secret, Supplier<Inspection> inspected) {
    return new TlsSecret(ObjectName.of(secret), labels(secret), annotations(secret), inspected);
  }

  private static Map<String, String> annotations(Secret secret) {
    return Objects.requireNonNullElse(secret.getMetadata().getAnnotations(), Map.of());
  }

  private static Map<String, String> labels(Secret secret) {
    return Objects.requireNonNullElse(secret.getMetadata().getLabels(), Map.of());
  }
}
