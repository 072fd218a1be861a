package net.lecentre.certmerge.faults.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.lecentre.certmerge.faults.ApiProxy;
import net.lecentre.certmerge.faults.History;
import net.lecentre.certmerge.faults.Shop;
import net.lecentre.certmerge.faults.Stage;
import net.lecentre.certmerge.faults.model.Rules.Held;
import net.lecentre.certmerge.faults.model.World.Name;
import net.lecentre.certmerge.faults.model.World.Spec;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.ThrowingRunnable;

/**
 * Plays a history on the operator and on the model at once, and holds each target, its status and
 * every version in between against the model. Between two moments at which all is settled the
 * operator may have looked after any of the steps, so the model follows every such course.
 */
final class Play implements AutoCloseable {
  /** A namespace with a source and a CertMerge that have no part in the history. */
  private static final String FENCE = "model-fence";

  private static final TestCa CA = TestCa.create();

  private final Stage stage = Stage.shared();
  private final KubernetesClient client = stage.controlPlane().client();
  private final Random random = new Random(Stage.seed());
  private final Duration patience;
  private final History history;
  private final World world = new World();

  /** What the target of each CertMerge may hold by now. */
  private final Map<Name, Set<SortedMap<String, Held>>> possible = new HashMap<>();

  /** The same for every moment since all was settled. */
  private final Map<Name, Set<Map<String, String>>> seemly = new HashMap<>();

  private int checked;
  private boolean killed;

  private Play(Duration patience) {
    this.patience = patience;
    for (String namespace : List.of(Rules.OWN, Rules.OTHER, Rules.TRUSTED, FENCE)) {
      Namespace ignored =
          client
              .resource(
                  new NamespaceBuilder()
                      .withNewMetadata()
                      .withName(namespace)
                      .endMetadata()
                      .build())
              .serverSideApply();
    }
    this.history = History.of(client, Rules.OWN);
    stage
        .controlPlane()
        .apply(
            """
            apiVersion: certmerge.lecentre.net/v1alpha1
            kind: CertMerge
            metadata: {name: fence, namespace: %s}
            spec: {name: merged, secretlist: [{name: fence}]}
            """
                .formatted(FENCE));
  }

  /**
   * Plays a history from an empty stage.
   *
   * @param patience how long the operator may take for what follows from some steps
   * @return what went wrong, if anything did
   */
  static Optional<String> of(List<Step> steps, Duration patience) {
    try (Play play = new Play(patience)) {
      for (int i = 0; i < steps.size(); i++) {
        try {
          play.make(steps.get(i));
        } catch (AssertionError e) {
          return Optional.of("after step " + i + ": " + e.getMessage());
        }
      }
      return Optional.empty();
    }
  }

  private void make(Step step) {
    if (step instanceof Step.Put put) {
      world.sources.put(put.name(), put.source());
      put(put);
    } else if (step instanceof Step.Delete delete) {
      world.sources.remove(delete.name());
      client
          .secrets()
          .inNamespace(delete.name().namespace())
          .withName(delete.name().name())
          .delete();
    } else if (step instanceof Step.Merge merge) {
      world.certMerges.put(merge.name(), merge.spec());
      stage.controlPlane().apply(yaml(merge.name(), merge.spec()));
    } else if (step instanceof Step.Unmerge unmerge) {
      world.certMerges.remove(unmerge.name());
      // Kubernetes takes the target along, sooner or later.
      of(unmerge.name()).add(new TreeMap<>());
      certMerges().inNamespace(unmerge.name().namespace()).withName(unmerge.name().name()).delete();
    } else if (step instanceof Step.Meddle meddle) {
      meddle(meddle);
    } else if (step instanceof Step.Suffer suffer) {
      suffer(suffer.fault());
    }
    world.certMerges.keySet().forEach(this::mayHaveLooked);
    if (step instanceof Step.Settle) {
      settle();
    }
  }

  private void put(Step.Put put) {
    Secret secret =
        TestSecrets.tls(
            put.name().namespace(),
            put.name().name(),
            put.source().pair(),
            put.source().labelled() ? Map.of("model", "true") : Map.of());
    if (put.source().consents()) {
      secret
          .getMetadata()
          .setAnnotations(Map.of("certmerge.lecentre.net/allowed-namespaces", Rules.OWN));
    }
    Secret ignored = client.resource(secret).serverSideApply();
  }

  private static String yaml(Name name, Spec spec) {
    String listed =
        spec.listed().stream()
            .map(it -> "{name: %s, namespace: %s}".formatted(it.name(), it.namespace()))
            .collect(Collectors.joining(", "));
    String selected =
        spec.selected().stream()
            .map(
                it ->
                    "{%slabelselector: {matchLabels: {model: 'true'}}}"
                        .formatted(it.map(n -> "namespace: " + n + ", ").orElse("")))
            .collect(Collectors.joining(", "));
    return """
    apiVersion: certmerge.lecentre.net/v1alpha1
    kind: CertMerge
    metadata: {name: %s, namespace: %s}
    spec:
      name: %s
      namespace: %s
      secretlist: [%s]
      selector: [%s]
      keys: %s
      onInvalid: %s
      deletedSourceGracePeriod: %s
      maxRemovals: %s
      suspend: %s
    """
        .formatted(
            name.name(),
            name.namespace(),
            target(name),
            Rules.OWN,
            listed,
            selected,
            spec.byNamespace() ? "NamespacedName" : "Name",
            spec.drop() ? "Drop" : "Keep",
            spec.grace() ? "24h" : "0s",
            spec.mostRemovals().map(String::valueOf).orElse("100%"),
            spec.suspend());
  }

  private static String target(Name certMerge) {
    return "merged-" + certMerge.name();
  }

  private MixedOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      certMerges() {
    return client.genericKubernetesResources("certmerge.lecentre.net/v1alpha1", "CertMerge");
  }

  private void meddle(Step.Meddle meddle) {
    Spec spec = world.certMerges.get(meddle.certMerge());
    if (spec == null || spec.suspend()) {
      // Nobody would put it right.
      return;
    }
    var target = client.secrets().inNamespace(Rules.OWN).withName(target(meddle.certMerge()));
    Set<SortedMap<String, Held>> left = new LinkedHashSet<>();
    if (meddle.delete()) {
      target.delete();
      left.add(new TreeMap<>());
    } else {
      try {
        Secret ignored =
            target.patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"data\":{\"%s.crt\":\"bWluZQ==\"}}".formatted(meddle.key()));
      } catch (KubernetesClientException thereIsNone) {
        return;
      }
      for (SortedMap<String, Held> one : of(meddle.certMerge())) {
        SortedMap<String, Held> without = new TreeMap<>(one);
        without.remove(meddle.key());
        left.add(without);
      }
    }
    possible.put(meddle.certMerge(), left);
    left.forEach(it -> seemly(meddle.certMerge()).add(files(it)));
  }

  private void suffer(Step.Fault fault) {
    ApiProxy proxy = stage.proxy();
    switch (fault) {
      case ERRORS ->
          proxy.play(
              (call, passOn) -> chance() ? ApiProxy.answer(500 + random.nextInt(4)) : passOn.get());
      case LOST_ANSWERS ->
          proxy.play(
              (call, passOn) -> {
                var answer = passOn.get();
                return call.writes() && chance() ? ApiProxy.cut() : answer;
              });
      case CUT_WATCHES -> proxy.cutWatches();
      case EXPIRED_WATCHES -> proxy.expireWatches();
      case KILLED -> {
        if (!killed) {
          stage.operator().kill();
        }
        killed = true;
      }
    }
  }

  private boolean chance() {
    return random.nextInt(10) < 3;
  }

  private Set<SortedMap<String, Held>> of(Name certMerge) {
    return possible.computeIfAbsent(
        certMerge, name -> new LinkedHashSet<>(List.of(new TreeMap<>())));
  }

  private Set<Map<String, String>> seemly(Name certMerge) {
    return seemly.computeIfAbsent(certMerge, name -> new HashSet<>());
  }

  /** The operator may have looked at the world as it is now, or will do so later. */
  private void mayHaveLooked(Name certMerge) {
    Set<SortedMap<String, Held>> all = of(certMerge);
    for (SortedMap<String, Held> held : List.copyOf(all)) {
      all.add(Rules.of(world, certMerge, held).target());
    }
    all.forEach(it -> seemly(certMerge).add(files(it)));
  }

  private void settle() {
    stage.proxy().behave();
    if (killed) {
      killed = false;
      stage.operator().again();
    }
    awaitThatAllWasSeen();
    for (Name certMerge : List.copyOf(possible.keySet())) {
      if (world.certMerges.containsKey(certMerge)) {
        settle(certMerge);
      } else if (certMerge.namespace().equals(Rules.TRUSTED)) {
        await(() -> assertThat(read(certMerge)).as("target of %s", certMerge).isEmpty());
        possible.remove(certMerge);
      }
    }
    checkHistory();
    seemly.clear();
  }

  /**
   * A target may be right by chance, while the operator has yet to see what was done and undone.
   * Secrets come to it in their order, so when it has merged one more, it has seen all.
   */
  private void awaitThatAllWasSeen() {
    IssuedPair pair = CA.issue("fence.example.com");
    Secret ignored =
        client.resource(TestSecrets.tls(FENCE, "fence", pair, Map.of())).serverSideApply();
    await(
        () -> {
          Secret merged = client.secrets().inNamespace(FENCE).withName("merged").get();
          assertThat(merged).as("the target that shows what was seen").isNotNull();
          assertThat(Shop.files(merged).get("fence.crt")).isEqualTo(pair.crtPem());
        });
    await(
        () ->
            assertThat(stage.operator().metrics().lines())
                .contains("certmerge_reconciliations_running 0.0"));
  }

  private void settle(Name certMerge) {
    List<Rules.Result> results =
        of(certMerge).stream().map(held -> Rules.of(world, certMerge, held)).distinct().toList();
    List<Rules.Result> actual = new ArrayList<>();
    await(
        () -> {
          Map<String, String> files = read(certMerge);
          GenericKubernetesResource object =
              certMerges().inNamespace(certMerge.namespace()).withName(certMerge.name()).get();
          SortedMap<String, String> entries = entries(object);
          String ready = String.valueOf(object.<Object>get("status", "conditions", 0, "reason"));
          actual.clear();
          results.stream()
              .filter(it -> files(it.target()).equals(files))
              .filter(it -> it.ready().equals(ready))
              .filter(it -> ready.equals("Suspended") || it.entries().equals(entries))
              .forEach(actual::add);
          assertThat(actual)
              .as(
                  "%s of %s: %s with %s and %s; the model says %s",
                  ready,
                  certMerge,
                  told(files),
                  entries,
                  object.<Object>get("status", "counts"),
                  told(results))
              .isNotEmpty();
        });
    possible.put(certMerge, new LinkedHashSet<>(List.of(actual.get(0).target())));
    seemly(certMerge).add(files(actual.get(0).target()));
  }

  private static SortedMap<String, String> entries(GenericKubernetesResource certMerge) {
    SortedMap<String, String> entries = new TreeMap<>();
    List<Map<String, Object>> listed = certMerge.get("status", "entries");
    if (listed != null) {
      listed.forEach(
          it ->
              entries.put(it.get("key") + " " + it.get("source"), String.valueOf(it.get("state"))));
    }
    return entries;
  }

  private Map<String, String> read(Name certMerge) {
    Secret secret = client.secrets().inNamespace(Rules.OWN).withName(target(certMerge)).get();
    return secret == null ? Map.of() : Shop.files(secret);
  }

  private static Map<String, String> files(SortedMap<String, Held> target) {
    Map<String, String> files = new TreeMap<>();
    target.forEach(
        (key, held) -> {
          files.put(key + ".crt", held.pair().crtPem());
          files.put(key + ".key", held.pair().keyPem());
        });
    return files;
  }

  /** Names of files with a few characters of each, none of a key. */
  private static String told(Map<String, String> files) {
    return files.entrySet().stream()
        .filter(it -> it.getKey().endsWith(".crt"))
        .map(it -> it.getKey() + "#" + Integer.toHexString(it.getValue().hashCode()))
        .toList()
        .toString();
  }

  private static String told(List<Rules.Result> results) {
    return results.stream()
        .map(it -> it.ready() + ": " + told(files(it.target())) + " with " + it.entries())
        .toList()
        .toString();
  }

  private void await(ThrowingRunnable assertion) {
    try {
      Awaitility.await()
          .atMost(patience)
          .pollInterval(Duration.ofMillis(10))
          .pollDelay(Duration.ZERO)
          .ignoreExceptionsInstanceOf(IOException.class)
          .untilAsserted(assertion);
    } catch (ConditionTimeoutException e) {
      // Its cause says nothing when an answer was still awaited.
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** Every version of every target since the last time. */
  private void checkHistory() {
    Secret marker = client.resource(marker()).serverSideApply();
    List<History.Version> versions = history.upTo(marker);
    for (History.Version version : versions.subList(checked, versions.size())) {
      for (Name certMerge : possible.keySet()) {
        if (!version.name().equals(target(certMerge)) || !world.certMerges.containsKey(certMerge)) {
          continue;
        }
        Map<String, String> files = version.deleted() ? Map.of() : Shop.files(version.secret());
        assertThat(files.containsValue("mine") || seemly(certMerge).contains(files))
            .as(
                "%s with %s is one of %s",
                version, told(files), seemly(certMerge).stream().map(Play::told).toList())
            .isTrue();
      }
    }
    checked = versions.size();
  }

  /** A Secret that changes each time, to know how far the history has come. */
  private Secret marker() {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(Rules.OWN)
        .withName("marker")
        .endMetadata()
        .withType("Opaque")
        .withStringData(Map.of("at", Long.toString(System.nanoTime())))
        .build();
  }

  @Override
  public void close() {
    stage.proxy().behave();
    if (killed) {
      stage.operator().again();
    }
    List.of(Rules.OWN, Rules.TRUSTED)
        .forEach(namespace -> certMerges().inNamespace(namespace).delete());
    Awaitility.await()
        .atMost(Duration.ofMinutes(5))
        .until(() -> certMerges().inNamespace(Rules.TRUSTED).list().getItems().isEmpty());
    List.of(Rules.OWN, Rules.OTHER)
        .forEach(namespace -> client.secrets().inNamespace(namespace).delete());
    history.close();
  }
}
