package net.lecentre.certmerge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/**
 * A namespace with sources and the CertMerge {@code all}, which selects them for the Secret {@code
 * merged}. Whatever happens, {@link #check} holds every version that the target ever had against
 * what the sources said by then.
 */
public final class Shop implements AutoCloseable {
  /** The name of the target. */
  public static final String TARGET = "merged";

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Map<String, String> SELECTED = Map.of("certmerge", "true");
  private static final TestCa CA = TestCa.create();

  private final ControlPlane controlPlane;
  private final String namespace;
  private final History history;

  /** What each source holds, or held last when it was good. */
  private final Map<String, IssuedPair> good = new TreeMap<>();

  private int changes;

  private Shop(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    this.namespace = controlPlane.newNamespace("shop");
    this.history = History.of(client(), namespace);
  }

  /** Opens one with some sources and waits until they are merged. */
  public static Shop open(ControlPlane controlPlane, int sources) {
    Shop shop = withSources(controlPlane, sources);
    shop.merge("");
    shop.eventuallyRight();
    return shop;
  }

  /** Opens one with some sources and without a CertMerge. */
  public static Shop withSources(ControlPlane controlPlane, int sources) {
    Shop shop = new Shop(controlPlane);
    for (int i = 0; i < sources; i++) {
      shop.renew("source-" + i);
    }
    return shop;
  }

  /**
   * Creates or changes the CertMerge.
   *
   * @param more further fields of its spec, each with a comma before it
   */
  public void merge(String more) {
    controlPlane.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: all, namespace: %s}
        spec: {name: %s, selector: [{labelselector: {matchLabels: {certmerge: "true"}}}]%s}
        """
            .formatted(namespace, TARGET, more));
  }

  private KubernetesClient client() {
    return controlPlane.client();
  }

  /** Its namespace. */
  public String namespace() {
    return namespace;
  }

  /** How often a source was changed. */
  public int changes() {
    return changes;
  }

  /** Creates a source, or renews its certificate. */
  public void renew(String name) {
    IssuedPair pair = CA.issue(name + ".example.com");
    good.put(name, pair);
    put(name, pair);
  }

  /** Renews a certificate at an issuer whose clock is ahead: it starts in a while. */
  public void renewAhead(String name, Duration ahead) {
    Instant start = Instant.now().plus(ahead);
    Request request = Request.forHosts(name + ".example.com");
    IssuedPair pair = CA.issue(request.valid(start, start.plus(Duration.ofDays(1))));
    good.put(name, pair);
    put(name, pair);
  }

  /**
   * Puts a certificate of an issuer whose clock is behind: it is over. The good one has to stay.
   */
  public void renewBehind(String name) {
    Instant end = Instant.now().minus(Duration.ofHours(1));
    Request request = Request.forHosts(name + ".example.com");
    put(name, CA.issue(request.valid(end.minus(Duration.ofDays(1)), end)));
  }

  /** Puts a pair into a source that nobody should serve: the good one has to stay. */
  public void spoil(String name) {
    put(name, CA.issue(Request.forHosts(name + ".example.com").withWrongKey()));
  }

  private void put(String name, IssuedPair pair) {
    changes++;
    Secret ignored =
        client().resource(TestSecrets.tls(namespace, name, pair, SELECTED)).serverSideApply();
  }

  /** Deletes a source: it has to leave. */
  public void remove(String name) {
    changes++;
    good.remove(name);
    client().secrets().inNamespace(namespace).withName(name).delete();
  }

  /** Renews the first, spoils the second, removes the third of at least four, and adds one. */
  public void change(int round) {
    renew("source-0");
    spoil("source-1");
    remove("source-2");
    renew("source-3");
    renew("late-" + round);
    renew("source-0");
  }

  /** Waits until the target holds what the sources say, and the status tells so. */
  public void eventuallyRight() {
    eventually(this::isRight);
    eventually(() -> assertThat(ready()).isEqualTo("Merged"));
  }

  private void isRight() {
    Map<String, String> expected = new TreeMap<>();
    good.forEach(
        (name, pair) -> {
          expected.put(name + ".crt", pair.crtPem());
          expected.put(name + ".key", pair.keyPem());
        });
    Map<String, String> files = files(target());
    // Not compared as a whole, because a failure would show keys.
    assertThat(files.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (file, content) ->
            assertThat(content.equals(files.get(file))).as("%s is right", file).isTrue());
  }

  /** Whether the target holds the good pair that a source had last. */
  public boolean holds(String name) {
    Map<String, String> files = files(target());
    IssuedPair pair = Objects.requireNonNull(good.get(name));
    return pair.crtPem().equals(files.get(name + ".crt"))
        && pair.keyPem().equals(files.get(name + ".key"));
  }

  /** The target as it is. */
  public Secret target() {
    Secret target = client().secrets().inNamespace(namespace).withName(TARGET).get();
    assertThat(target).as("the target").isNotNull();
    return target;
  }

  /** Overwrites or adds a file of the target, as another tool would. */
  public void meddle(String file, String content) {
    String data = Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8));
    Secret ignored =
        client()
            .secrets()
            .inNamespace(namespace)
            .withName(TARGET)
            .patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"data\":{\"%s\":\"%s\"}}".formatted(file, data));
  }

  /** The reason of the condition Ready; empty before there is one. */
  public String ready() {
    return condition("reason");
  }

  /** The message of the condition Ready; empty before there is one. */
  public String readyMessage() {
    return condition("message");
  }

  /** What the status says of a source that is not merged as it is; empty if it says nothing. */
  public String reason(String source) {
    List<Map<String, Object>> entries = certMerge().get("status", "entries");
    return entries == null
        ? ""
        : entries.stream()
            .filter(it -> (namespace + "/" + source).equals(it.get("source")))
            .map(it -> String.valueOf(it.getOrDefault("reason", "")))
            .findFirst()
            .orElse("");
  }

  private GenericKubernetesResource certMerge() {
    GenericKubernetesResource certMerge =
        client()
            .genericKubernetesResources("certmerge.lecentre.net/v1alpha1", "CertMerge")
            .inNamespace(namespace)
            .withName("all")
            .get();
    assertThat(certMerge).as("the CertMerge").isNotNull();
    return certMerge;
  }

  private String condition(String field) {
    GenericKubernetesResource certMerge = certMerge();
    Object status = certMerge.get("status");
    return status == null
        ? ""
        : String.valueOf(certMerge.<Object>get("status", "conditions", 0, field));
  }

  /** Waits until an assertion holds. */
  public static void eventually(ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(assertion);
  }

  /** How often the target was right again after somebody else had changed it. */
  public long corrections() {
    List<History.Version> versions = targetVersions();
    return IntStream.range(1, versions.size())
        .filter(i -> isMine(versions.get(i)) && !isMine(versions.get(i - 1)))
        .count();
  }

  private static boolean isMine(History.Version version) {
    return files(version.secret()).values().stream().noneMatch(file -> file.startsWith("mine"));
  }

  /** The versions that the target had so far. */
  public List<History.Version> targetVersions() {
    return history.upTo(target()).stream().filter(it -> it.name().equals(TARGET)).toList();
  }

  /**
   * Holds every version of the target against the sources as they were by then: each file of it is
   * one of a good pair that its source had, of no older one than before, with the key of the same
   * pair; and no entry is missing that was there before, unless its source was deleted. No version
   * is without need: there are no more of them than changes of sources, and one that changes no
   * file, because it only claims fields, comes right before one that does.
   */
  public void check() {
    Map<String, List<String>> said = new HashMap<>();
    Set<String> gone = new HashSet<>();
    Map<String, Integer> served = new HashMap<>();
    Map<String, String> before = Map.of();
    boolean first = true;
    boolean claim = false;
    int changing = 0;
    for (History.Version version : history.upTo(target())) {
      if (!version.name().equals(TARGET)) {
        if (version.deleted()) {
          gone.add(version.name());
        } else {
          said.computeIfAbsent(version.name(), name -> new ArrayList<>())
              .add(pair(files(version.secret()), "tls"));
        }
        continue;
      }
      assertThat(version.deleted()).as("%s", version).isFalse();
      Map<String, String> files = files(version.secret());
      Set<String> keys = new HashSet<>();
      files.keySet().forEach(file -> keys.add(file.substring(0, file.length() - 4)));
      for (String key : keys) {
        String pair = pair(files, key);
        int index = said.getOrDefault(key, List.of()).lastIndexOf(pair);
        assertThat(index)
            .as("in %s, %s is a pair of its source, and no older one than before", version, key)
            .isNotNegative()
            .isGreaterThanOrEqualTo(served.getOrDefault(key, 0));
        served.put(key, index);
      }
      Set<String> lost = new HashSet<>(before.keySet());
      lost.removeAll(files.keySet());
      lost.removeIf(file -> gone.contains(file.substring(0, file.length() - 4)));
      assertThat(lost).as("missing in %s", version).isEmpty();
      boolean same = !first && files.equals(before);
      assertThat(same && claim).as("%s changes nothing", version).isFalse();
      claim = same;
      changing += same ? 0 : 1;
      before = files;
      first = false;
    }
    assertThat(claim).as("a claim of fields that nothing was done with").isFalse();
    assertThat(changing).as("writes").isLessThanOrEqualTo(changes + 1);
  }

  private static String pair(Map<String, String> files, String key) {
    return files.get(key + ".crt") + files.get(key + ".key");
  }

  /** The files that a Secret holds, by name. */
  public static Map<String, String> files(Secret secret) {
    Map<String, String> files = new TreeMap<>();
    if (secret.getData() != null) {
      secret
          .getData()
          .forEach(
              (name, value) ->
                  files.put(
                      name, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
    }
    return files;
  }

  @Override
  public void close() {
    history.close();
    client().namespaces().withName(namespace).delete();
  }
}
