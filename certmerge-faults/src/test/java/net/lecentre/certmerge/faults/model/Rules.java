package net.lecentre.certmerge.faults.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import net.lecentre.certmerge.faults.model.World.Name;
import net.lecentre.certmerge.faults.model.World.Source;
import net.lecentre.certmerge.faults.model.World.Spec;
import net.lecentre.certmerge.testbed.IssuedPair;

/**
 * What the documentation says of a target, in as few lines as that takes and without any of the
 * operator's code: what a CertMerge makes of the world and of what its target holds.
 */
final class Rules {
  /** A namespace that nobody trusts, where a CertMerge merges into the namespace itself. */
  static final String OWN = "model-own";

  /** One of somebody else. */
  static final String OTHER = "model-other";

  /** A trusted one, whose CertMerge merges into {@link #OWN}. */
  static final String TRUSTED = "model-trusted";

  private final World world;
  private final Name certMerge;
  private final Spec spec;
  private final SortedMap<String, Held> held;
  private final SortedMap<String, Held> target = new TreeMap<>();
  private final SortedMap<String, String> entries = new TreeMap<>();
  private final Set<Name> offered = new HashSet<>();

  /** An entry of a target: the pair and whose it is. */
  record Held(Name source, IssuedPair pair) {}

  /**
   * What comes out.
   *
   * @param target what the target holds
   * @param entries the state of each entry, by key and source
   * @param ready the reason of the condition Ready
   */
  record Result(SortedMap<String, Held> target, SortedMap<String, String> entries, String ready) {}

  private Rules(World world, Name certMerge, Spec spec, SortedMap<String, Held> held) {
    this.world = world;
    this.certMerge = certMerge;
    this.spec = spec;
    this.held = held;
  }

  static Result of(World world, Name certMerge, SortedMap<String, Held> held) {
    Spec spec = Objects.requireNonNull(world.certMerges.get(certMerge));
    if (spec.suspend()) {
      return new Result(held, new TreeMap<>(), "Suspended");
    }
    return new Rules(world, certMerge, spec, held).result();
  }

  private Result result() {
    List<Name> inOrder = inOrder();
    Map<String, Name> held = new HashMap<>();
    this.held.forEach((key, entry) -> held.put(key, entry.source()));
    offered.addAll(inOrder);
    inOrder.forEach(this::merge);
    keepWhatIsGone();
    boolean stopped = brake();
    String ready = stopped ? "RemovalHeld" : target.isEmpty() ? "NoSources" : "Merged";
    return new Result(target, entries, ready);
  }

  /** The list, then each selector's by namespace and name; nobody twice. */
  private List<Name> inOrder() {
    List<Name> names = new ArrayList<>();
    spec.listed().stream().distinct().forEach(names::add);
    for (Optional<String> namespace : spec.selected()) {
      world.sources.forEach(
          (name, source) -> {
            boolean there = namespace.isEmpty() || namespace.get().equals(name.namespace());
            if (there && source.labelled() && consents(name) && !names.contains(name)) {
              names.add(name);
            }
          });
    }
    return names;
  }

  private boolean consents(Name name) {
    Source source = world.sources.get(name);
    return name.namespace().equals(certMerge.namespace())
        || certMerge.namespace().equals(TRUSTED)
        || (source != null && source.consents());
  }

  private String key(Name name) {
    return spec.byNamespace() ? name.namespace() + "-" + name.name() : name.name();
  }

  private void merge(Name name) {
    Source source = world.sources.get(name);
    String key = key(name);
    Optional<Held> last = lastGood(name).filter(it -> !target.containsKey(key));
    if (!consents(name) || target.containsKey(key)) {
      tell(key, name, "Excluded");
    } else if (source == null) {
      settle(key, name, spec.grace() ? last : Optional.empty());
    } else if (source.good()) {
      target.put(key, new Held(name, source.pair()));
      tell(key, name, "Merged");
    } else {
      settle(key, name, spec.drop() ? Optional.empty() : last);
    }
  }

  private void settle(String key, Name name, Optional<Held> kept) {
    kept.ifPresent(it -> target.put(key, it));
    tell(key, name, kept.isPresent() ? "Kept" : "Excluded");
  }

  /** What the target holds of a source, under this key or one that it had before. */
  private Optional<Held> lastGood(Name name) {
    Held same = held.get(key(name));
    if (same != null && same.source().equals(name)) {
      return Optional.of(same);
    }
    return held.values().stream().filter(it -> it.source().equals(name)).findFirst();
  }

  private void tell(String key, Name source, String state) {
    entries.put(key + " " + source, state);
  }

  private SortedSet<String> leaving() {
    SortedSet<String> leaving = new TreeSet<>(held.keySet());
    leaving.removeAll(target.keySet());
    return leaving;
  }

  private void keepWhatIsGone() {
    for (String key : leaving()) {
      Held entry = Objects.requireNonNull(held.get(key));
      if (spec.grace() && !offered.contains(entry.source()) && consents(entry.source())) {
        target.put(key, entry);
        tell(key, entry.source(), "Kept");
      }
    }
  }

  /** Withdrawn consent is no removal: it is always followed. */
  private boolean brake() {
    SortedSet<String> removals = leaving();
    removals.removeIf(key -> !consents(Objects.requireNonNull(held.get(key)).source()));
    if (spec.mostRemovals().filter(most -> removals.size() > most).isEmpty()) {
      return false;
    }
    for (String key : removals) {
      Held entry = Objects.requireNonNull(held.get(key));
      target.put(key, entry);
      tell(key, entry.source(), "Kept");
    }
    return true;
  }
}
