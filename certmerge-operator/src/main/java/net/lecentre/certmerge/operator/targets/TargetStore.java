package net.lecentre.certmerge.operator.targets;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.operator.api.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes targets at the API server. What it last read or wrote it remembers, until the
 * watch tells that somebody else changed it; should that come late, a write fails with a conflict,
 * because it names the version that it was planned for.
 */
public final class TargetStore {
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final KubernetesClient client;
  private final Map<ObjectName, Secret> latest = new ConcurrentHashMap<>();
  private final Map<ObjectName, Held> held = new ConcurrentHashMap<>();

  /** The names in {@link #latest} by the owner that the Secret is marked with. */
  private final Map<String, Set<ObjectName>> owned = new ConcurrentHashMap<>();

  /** The versions that came of our own writes and that the watch has not told of yet. */
  private final Map<ObjectName, Set<String>> written = new ConcurrentHashMap<>();

  /** What the watch told last that was news: an answer from before that is not remembered. */
  private final Map<ObjectName, String> news = new ConcurrentHashMap<>();

  /** Works through a client. */
  public TargetStore(KubernetesClient client) {
    this.client = client;
  }

  /**
   * What a version of a Secret holds: to find out takes a hundred times as long as all the rest.
   */
  private record Held(String resourceVersion, SortedMap<String, TlsPair> pairs) {}

  /** A target as it was last seen. */
  public Optional<Secret> read(ObjectName name) {
    Optional<Secret> known = known(name);
    if (known.isPresent()) {
      return known;
    }
    String before = news.get(name);
    Optional<Secret> found = ask(name);
    found.ifPresent(secret -> remember(secret, before));
    return found;
  }

  private Optional<Secret> known(ObjectName name) {
    return Optional.ofNullable(latest.get(name));
  }

  private Optional<Secret> ask(ObjectName name) {
    return Optional.ofNullable(
        client.secrets().inNamespace(name.namespace()).withName(name.name()).get());
  }

  /** Those of the remembered targets that bear the mark of a CertMerge. */
  public Stream<ObjectName> ownedBy(ObjectName certMerge) {
    return owned.getOrDefault(certMerge.toString(), Set.of()).stream()
        .filter(name -> known(name).filter(it -> Ownership.bearsMarkOf(certMerge, it)).isPresent());
  }

  /** The pairs that a Secret holds, by key. */
  public SortedMap<String, TlsPair> pairs(Secret secret) {
    String version = secret.getMetadata().getResourceVersion();
    return held.compute(
            ObjectName.of(secret),
            (name, known) ->
                known != null && known.resourceVersion().equals(version)
                    ? known
                    : new Held(version, LastGood.pairs(secret)))
        .pairs();
  }

  /**
   * Takes note of what the watch saw.
   *
   * @return whether somebody else has changed the Secret
   */
  public synchronized boolean isNews(Secret seen) {
    ObjectName name = ObjectName.of(seen);
    String version = version(seen);
    Secret known = latest.get(name);
    if (known != null && version(known).equals(version)) {
      // The watch has caught up: what it did not tell of it never will.
      written.remove(name);
      return false;
    }
    Set<String> ours = written.get(name);
    if (ours != null && ours.remove(version)) {
      return false;
    }
    news.put(name, version);
    forget(name);
    return true;
  }

  /** What others did to Secrets last, in a form that changes whenever they do more. */
  public String news(Collection<ObjectName> names) {
    return names.stream()
        .sorted()
        .map(name -> name + " " + news.getOrDefault(name, ""))
        .collect(Collectors.joining("\n"));
  }

  /** Takes note of a deletion that the watch saw. */
  public synchronized void gone(Secret seen) {
    ObjectName name = ObjectName.of(seen);
    news.put(name, "deleted at " + version(seen));
    written.remove(name);
    forget(name);
  }

  /**
   * Remembers an answer, unless the watch has told of another version since it was asked for.
   *
   * @param before the last news when it was asked for
   */
  private synchronized boolean remember(Secret answer, @Nullable String before) {
    ObjectName name = ObjectName.of(answer);
    String now = news.get(name);
    boolean current = Objects.equals(now, before) || version(answer).equals(now);
    forget(name);
    if (current) {
      latest.put(name, answer);
      owned
          .computeIfAbsent(TargetSecret.owner(answer), owner -> ConcurrentHashMap.newKeySet())
          .add(name);
    }
    return current;
  }

  private synchronized void wrote(Secret answer) {
    Set<String> ignored =
        written.compute(
            ObjectName.of(answer),
            (name, known) -> {
              Set<String> versions = known == null ? ConcurrentHashMap.newKeySet() : known;
              versions.add(version(answer));
              return versions;
            });
  }

  private static String version(Secret secret) {
    return secret.getMetadata().getResourceVersion();
  }

  /** Forgets what is remembered of a Secret, so that it is read anew. */
  private synchronized void forget(ObjectName name) {
    Secret known = latest.remove(name);
    if (known != null) {
      owned.computeIfPresent(
          TargetSecret.owner(known),
          (owner, names) -> {
            names.remove(name);
            return names.isEmpty() ? null : names;
          });
    }
    held.remove(name);
  }

  /**
   * Carries a write out. A write that comes too late fails with a conflict and is planned anew.
   *
   * @param pairs what the Secret holds afterwards
   */
  public void write(TargetWrite write, SortedMap<String, TlsPair> pairs, String manager) {
    if (write instanceof TargetWrite.Create create) {
      guarded(ObjectName.of(create.secret()), pairs, () -> create(create.secret(), manager));
    } else if (write instanceof TargetWrite.Revalue revalue) {
      guarded(revalue.target(), pairs, () -> revalue(revalue, manager));
    } else if (write instanceof TargetWrite.Change change) {
      guarded(ObjectName.of(change.secret()), pairs, () -> change(change, manager));
    }
  }

  private Secret create(Secret secret, String manager) {
    // Not applied: that would merge into whatever somebody else created meanwhile.
    String answer =
        client.raw(
            "/api/v1/namespaces/"
                + secret.getMetadata().getNamespace()
                + "/secrets?fieldManager="
                + manager,
            "POST",
            secret);
    if (answer == null) {
      String message = "there is no namespace " + secret.getMetadata().getNamespace();
      throw new KubernetesClientException(message, NOT_FOUND, null);
    }
    return client.getKubernetesSerialization().unmarshal(answer, Secret.class);
  }

  private void guarded(
      ObjectName name, SortedMap<String, TlsPair> pairs, Supplier<Secret> writing) {
    String before = news.get(name);
    try {
      Secret answer = writing.get();
      wrote(answer);
      if (remember(answer, before)) {
        held.put(name, new Held(version(answer), pairs));
      }
    } catch (KubernetesClientException e) {
      forget(name);
      throw e;
    }
  }

  private Secret revalue(TargetWrite.Revalue revalue, String manager) {
    Secret patch =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(revalue.target().namespace())
            .withName(revalue.target().name())
            .withResourceVersion(revalue.resourceVersion())
            .withAnnotations(revalue.annotations())
            .endMetadata()
            .withData(revalue.data())
            .build();
    PatchContext asOurs =
        new PatchContext.Builder()
            // Half of what a merge patch costs the API server, which goes through JSON with that.
            .withPatchType(PatchType.STRATEGIC_MERGE)
            .withFieldManager(manager)
            .build();
    try {
      return client.resource(patch).patch(asOurs);
    } catch (KubernetesClientException e) {
      // Deleted since it was read: as much a change as any other.
      throw e.getCode() == NOT_FOUND
          ? new KubernetesClientException("the target was deleted meanwhile", CONFLICT, null)
          : e;
    }
  }

  private Secret change(TargetWrite.Change change, String manager) {
    Secret secret = change.secret();
    if (change.claim().needed()) {
      Secret claimed = claim(secret, change.claim());
      wrote(claimed);
      secret.getMetadata().setResourceVersion(claimed.getMetadata().getResourceVersion());
    }
    return client.resource(secret).fieldManager(manager).forceConflicts().serverSideApply();
  }

  private Secret claim(Secret secret, TargetWrite.Claim claim) {
    ArrayNode patch = JSON.createArrayNode();
    patch
        .addObject()
        .put("op", "replace")
        .put("path", "/metadata/resourceVersion")
        .put("value", secret.getMetadata().getResourceVersion());
    patch
        .addObject()
        .put("op", "add")
        .put("path", "/metadata/managedFields")
        .set("value", JSON.valueToTree(claim.managedFields()));
    patch
        .addObject()
        .put("op", "add")
        .put("path", "/metadata/ownerReferences")
        .set("value", JSON.valueToTree(claim.ownerReferences()));
    return client.resource(secret).patch(PatchContext.of(PatchType.JSON), patch.toString());
  }

  /**
   * Deletes a target, if it still belongs to a CertMerge. A copy bears the same mark, but nothing
   * that the CertMerge wrote: that is left alone.
   *
   * @param manager the CertMerge's field manager
   */
  public void delete(ObjectName name, ObjectName owner, String manager) {
    forget(name);
    ask(name)
        .filter(secret -> Ownership.bearsMarkOf(owner, secret))
        .filter(secret -> Ownership.wasWrittenBy(manager, secret))
        .ifPresent(
            secret -> {
              List<?> ignored =
                  client
                      .resource(secret)
                      .lockResourceVersion(secret.getMetadata().getResourceVersion())
                      .delete();
            });
  }
}
