package net.lecentre.certmerge.operator.watch;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.MergeSpec;
import org.jspecify.annotations.Nullable;

/**
 * Which CertMerge asks for which Secrets, so that a Secret's change wakes those it concerns. What
 * an event costs depends on how many those are, not on how many there are.
 */
public final class Interests {
  /** How often sources are read for one round at most. */
  private static final int MOST_READINGS = 4;

  /** Under which the selectors are that no single label decides. */
  private static final Label ANY = new Label("", "");

  private final Map<ObjectName, MergeSpec> specs = new ConcurrentHashMap<>();
  private final Map<ObjectName, Waking> woken = new ConcurrentHashMap<>();
  private final Map<ObjectName, Set<ObjectName>> byListed = new ConcurrentHashMap<>();
  private final Map<Label, Set<ObjectName>> byLabel = new ConcurrentHashMap<>();
  private final Map<ObjectName, Set<ObjectName>> byTarget = new ConcurrentHashMap<>();
  private final Map<ObjectName, Set<ObjectName>> held = new ConcurrentHashMap<>();
  private final Map<ObjectName, Set<ObjectName>> byHeld = new ConcurrentHashMap<>();

  /**
   * Notes what a CertMerge asks for. To be called before its sources are read, so that no change
   * falls in between.
   *
   * @return when the first event that woke it was seen; empty when something else did
   */
  public Optional<Instant> note(MergeSpec spec) {
    ObjectName name = spec.certMerge();
    synchronized (this) {
      MergeSpec before = specs.put(name, spec);
      if (!spec.equals(before)) {
        // The new first: what both ask for is asked for without a gap.
        Places now = Places.of(spec);
        add(byListed, now.listed(), name);
        add(byLabel, now.labels(), name);
        add(byTarget, now.targets(), name);
        if (before != null) {
          remove(Places.of(before), now, name);
        }
      }
    }
    return Optional.ofNullable(woken.remove(name)).map(Waking::first);
  }

  /**
   * What is read while no change wakes a CertMerge. Of two changes that come in between, as of a
   * pair that is put under another name before the old one is deleted, the later one might be seen
   * alone, and neither pair be there; so it is read again. Where changes never cease, the last
   * reading has to do.
   */
  public <T> T undisturbed(ObjectName certMerge, Supplier<T> reading) {
    Waking before = woken.get(certMerge);
    T read = reading.get();
    for (int readings = 1; readings < MOST_READINGS; readings++) {
      Waking after = woken.get(certMerge);
      if (Objects.equals(before, after)) {
        break;
      }
      before = after;
      read = reading.get();
    }
    return read;
  }

  /**
   * Notes of which sources the target of a CertMerge holds a pair that somebody else has a say in.
   * It may hold one that it does not ask for any more, as long as its owner consents.
   */
  public synchronized void hold(ObjectName certMerge, Set<ObjectName> sources) {
    Set<ObjectName> before =
        sources.isEmpty() ? held.remove(certMerge) : held.put(certMerge, sources);
    add(byHeld, sources, certMerge);
    if (before != null) {
      remove(byHeld, before, sources, certMerge);
    }
  }

  /** Forgets a CertMerge. */
  public synchronized void forget(ObjectName certMerge) {
    hold(certMerge, Set.of());
    MergeSpec before = specs.remove(certMerge);
    if (before != null) {
      remove(Places.of(before), Places.NONE, certMerge);
    }
    woken.remove(certMerge);
  }

  private void remove(Places before, Places but, ObjectName name) {
    remove(byListed, before.listed(), but.listed(), name);
    remove(byLabel, before.labels(), but.labels(), name);
    remove(byTarget, before.targets(), but.targets(), name);
  }

  private static <K> void add(Map<K, Set<ObjectName>> index, Set<K> places, ObjectName name) {
    places.forEach(
        place ->
            index.compute(
                place,
                (any, names) -> {
                  Set<ObjectName> all = names == null ? ConcurrentHashMap.newKeySet() : names;
                  all.add(name);
                  return all;
                }));
  }

  private static <K> void remove(
      Map<K, Set<ObjectName>> index, Set<K> places, Set<K> but, ObjectName name) {
    places.stream()
        .filter(place -> !but.contains(place))
        .forEach(
            place ->
                index.computeIfPresent(
                    place,
                    (any, names) -> {
                      names.remove(name);
                      return names.isEmpty() ? null : names;
                    }));
  }

  /** Notes that an event is about to wake a CertMerge. */
  void wake(ObjectName certMerge, Instant now) {
    woken.merge(certMerge, new Waking(now, 1), (before, one) -> before.again());
  }

  /**
   * The CertMerges that name a Secret or select its labels, whatever its namespace's labels, or
   * whose target holds what it held; of those that may read it.
   *
   * @param mayRead whether the CertMerges of a namespace may read the Secret. Asked first:
   *     selectors of others are not to cost anything, nor to tell that something happened.
   */
  Stream<ObjectName> inSource(
      ObjectName secret, Map<String, String> labels, Predicate<String> mayRead) {
    Stream<Label> places =
        Stream.concat(
            Stream.of(ANY),
            labels.entrySet().stream().map(label -> new Label(label.getKey(), label.getValue())));
    Stream<ObjectName> selecting =
        places
            .flatMap(place -> byLabel.getOrDefault(place, Set.of()).stream())
            .filter(name -> mayRead.test(name.namespace()))
            .filter(name -> selects(specs.get(name), secret, labels));
    Stream<ObjectName> knowing =
        Stream.of(byListed, byHeld)
            .flatMap(index -> index.getOrDefault(secret, Set.of()).stream())
            .filter(name -> mayRead.test(name.namespace()));
    return Stream.concat(knowing, selecting).distinct();
  }

  private static boolean selects(
      @Nullable MergeSpec spec, ObjectName secret, Map<String, String> labels) {
    return spec != null
        && spec.selectors().stream()
            .anyMatch(
                selector ->
                    selector.mayCover(secret.namespace()) && selector.labels().matches(labels));
  }

  /** The CertMerges that want to write a Secret. */
  Stream<ObjectName> inTarget(ObjectName secret) {
    return byTarget.getOrDefault(secret, Set.of()).stream();
  }

  /** The CertMerges that select a namespace by its labels, or have their target there. */
  Stream<ObjectName> inNamespace(String namespace, Map<String, String> labels) {
    return specs.values().stream()
        .filter(
            spec ->
                spec.target().namespace().equals(namespace)
                    || spec.selectors().stream()
                        .flatMap(selector -> selector.namespaceLabels().stream())
                        .anyMatch(selected -> selected.matches(labels)))
        .map(MergeSpec::certMerge);
  }

  /** The CertMerges of a namespace. */
  Stream<ObjectName> of(String namespace) {
    return specs.keySet().stream().filter(name -> name.namespace().equals(namespace));
  }

  /**
   * That a CertMerge was woken.
   *
   * @param first when the first event was seen
   * @param times how many there were
   */
  private record Waking(Instant first, int times) {
    Waking again() {
      return new Waking(first, times + 1);
    }
  }

  /**
   * A label.
   *
   * @param key its name
   * @param value its value
   */
  private record Label(String key, String value) {}

  /**
   * Where a CertMerge is found again.
   *
   * @param listed by the sources that it names
   * @param labels by a label of those that it selects
   * @param targets by its target
   */
  private record Places(Set<ObjectName> listed, Set<Label> labels, Set<ObjectName> targets) {
    static final Places NONE = new Places(Set.of(), Set.of(), Set.of());

    static Places of(MergeSpec spec) {
      return new Places(
          Set.copyOf(spec.listed()),
          Set.copyOf(spec.selectors().stream().flatMap(Places::labels).toList()),
          Set.copyOf(spec.targets()));
    }

    private static Stream<Label> labels(MergeSpec.Selector selector) {
      return selector
          .labels()
          .oneOf()
          .map(label -> values(label.key(), label.values()))
          .orElseGet(() -> Stream.of(ANY));
    }

    private static Stream<Label> values(String key, List<String> values) {
      return values.stream().map(value -> new Label(key, value));
    }
  }
}
