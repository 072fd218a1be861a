package net.lecentre.certmerge.operator.plan;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.consent.Grant;
import net.lecentre.certmerge.operator.consent.GrantKind;
import net.lecentre.certmerge.operator.consent.Grants;
import net.lecentre.certmerge.operator.sources.SourceLookup;
import net.lecentre.certmerge.operator.sources.TlsSecret;
import net.lecentre.certmerge.operator.spec.LabelMatch;
import net.lecentre.certmerge.operator.targets.Ownership;
import net.lecentre.certmerge.operator.targets.TargetLookup;
import net.lecentre.certmerge.operator.targets.TargetSecret;
import net.lecentre.certmerge.operator.targets.TargetStore;
import org.jspecify.annotations.Nullable;

/** A cluster as it is now: each thing is asked for once, and nothing is written. */
public final class ClusterView implements SourceLookup, TargetLookup, Grants {
  private static final byte[] MISSING = {};

  private final KubernetesClient client;
  private final Set<String> namespaces;
  private final TargetStore targets;
  private final Map<ObjectName, Optional<Secret>> secrets = new HashMap<>();
  private final Map<Optional<String>, List<TlsSecret>> lists = new HashMap<>();
  private @Nullable List<Grant> grants;

  /** Looks through a client at some namespaces; none: at all. */
  public ClusterView(KubernetesClient client, Set<String> namespaces) {
    this.client = client;
    this.namespaces = Set.copyOf(namespaces);
    this.targets = new TargetStore(client);
  }

  /** All CertMerges. */
  public List<CertMerge> certMerges() {
    var all = client.resources(CertMerge.class);
    return namespaces.isEmpty()
        ? all.inAnyNamespace().list().getItems()
        : namespaces.stream()
            .flatMap(name -> all.inNamespace(name).list().getItems().stream())
            .toList();
  }

  @Override
  public Optional<TlsSecret> tls(ObjectName name) {
    return secret(name)
        .filter(secret -> TlsSecret.TYPE.equals(secret.getType()))
        .map(ClusterView::tlsSecret);
  }

  @Override
  public Found other(ObjectName name) {
    return secret(name)
        .<Found>map(
            secret ->
                TlsSecret.TYPE.equals(secret.getType())
                    ? new Found.Tls(tlsSecret(secret))
                    : new Found.Other(secret.getType(), TargetSecret.isManaged(secret)))
        .orElseGet(Found.Nothing::new);
  }

  private Optional<Secret> secret(ObjectName name) {
    return secrets.computeIfAbsent(
        name,
        asked ->
            Optional.ofNullable(
                client.secrets().inNamespace(asked.namespace()).withName(asked.name()).get()));
  }

  @Override
  public Stream<TlsSecret> in(Optional<String> namespace, LabelMatch labels) {
    return lists
        .computeIfAbsent(
            namespace,
            asked ->
                scopes(asked)
                    .flatMap(
                        scope -> scope.withField("type", TlsSecret.TYPE).list().getItems().stream())
                    .map(ClusterView::tlsSecret)
                    .toList())
        .stream();
  }

  private Stream<FilterWatchListDeletable<Secret, SecretList, Resource<Secret>>> scopes(
      Optional<String> namespace) {
    if (namespace.isEmpty() && namespaces.isEmpty()) {
      return Stream.of(client.secrets().inAnyNamespace());
    }
    return namespace
        .map(Stream::of)
        .orElseGet(namespaces::stream)
        .filter(name -> namespaces.isEmpty() || namespaces.contains(name))
        .map(name -> client.secrets().inNamespace(name));
  }

  private static TlsSecret tlsSecret(Secret secret) {
    return new TlsSecret(
        ObjectName.of(secret),
        Objects.requireNonNullElse(secret.getMetadata().getLabels(), Map.of()),
        Objects.requireNonNullElse(secret.getMetadata().getAnnotations(), Map.of()),
        () ->
            Inspector.inspect(
                value(secret, "tls.crt"), value(secret, "tls.key"), Acceptance.envoy()));
  }

  private static byte[] value(Secret secret, String key) {
    String text = secret.getData() == null ? null : secret.getData().get(key);
    return text == null ? MISSING : Base64.getDecoder().decode(text);
  }

  @Override
  public Map<String, String> labelsOf(String namespace) {
    Namespace found = client.namespaces().withName(namespace).get();
    return found == null || found.getMetadata().getLabels() == null
        ? Map.of()
        : found.getMetadata().getLabels();
  }

  @Override
  public Optional<Secret> read(ObjectName name) {
    return targets.read(name);
  }

  @Override
  public Stream<ObjectName> ownedBy(ObjectName certMerge) {
    return marked(certMerge).map(ObjectName::of);
  }

  @Override
  public Stream<ObjectName> writtenFor(ObjectName certMerge, String manager) {
    return marked(certMerge)
        .filter(secret -> Ownership.wasWrittenBy(manager, secret))
        .map(ObjectName::of);
  }

  private Stream<Secret> marked(ObjectName certMerge) {
    return scopes(Optional.empty())
        .flatMap(
            scope ->
                scope
                    .withLabel(TargetSecret.CREATOR_LABEL, TargetSecret.CREATOR)
                    .list()
                    .getItems()
                    .stream())
        .filter(secret -> Ownership.bearsMarkOf(certMerge, secret));
  }

  @Override
  public SortedMap<String, TlsPair> pairs(Secret secret) {
    return targets.pairs(secret);
  }

  @Override
  public boolean allow(String certMergeNamespace, ObjectName source) {
    List<Grant> known = grants;
    if (known == null) {
      known = GrantKind.servedBy(client).map(this::list).orElse(List.of());
      grants = known;
    }
    return known.stream().anyMatch(grant -> grant.allows(certMergeNamespace, source));
  }

  private List<Grant> list(ResourceDefinitionContext kind) {
    var all = client.genericKubernetesResources(kind);
    Stream<GenericKubernetesResource> found =
        namespaces.isEmpty()
            ? all.inAnyNamespace().list().getItems().stream()
            : namespaces.stream().flatMap(name -> all.inNamespace(name).list().getItems().stream());
    return found.map(Grant::of).toList();
  }
}
