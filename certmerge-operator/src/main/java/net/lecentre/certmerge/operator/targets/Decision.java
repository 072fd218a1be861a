package net.lecentre.certmerge.operator.targets;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.spec.MergeSpec;

/** What is to be done about the Secrets of a target. */
public sealed interface Decision {
  /**
   * They are to be written.
   *
   * @param plan what they shall hold
   * @param steps in the order in which they are carried out: what an entry moves to is written
   *     before what it leaves, so that a gateway may find it twice and never misses it
   * @param left Secrets of former names and shards that hold nothing any more, to be deleted after
   *     that
   */
  record Write(MergePlan plan, List<Step> steps, List<ObjectName> left) implements Decision {
    /** Copies the lists. */
    public Write {
      steps = List.copyOf(steps);
      left = List.copyOf(left);
    }

    /** Whether anything is written at all. */
    public boolean changes() {
      return steps.stream().anyMatch(step -> !(step.write() instanceof TargetWrite.Nothing));
    }

    /** Digest of the data of all Secrets together. */
    public String version() {
      List<String> hashes =
          steps.stream().sorted().map(step -> step.write().contentHash()).toList();
      return hashes.size() == 1
          ? hashes.get(0)
          : "sha256:" + ContentHash.hex(String.join("\n", hashes).getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * They are to be left alone.
   *
   * @param reason the reason of the condition {@code Ready}
   * @param message what is in the way and what to do
   * @param plan what they would hold, as far as it was asked
   */
  record Refuse(String reason, String message, Optional<MergePlan> plan) implements Decision {}

  /**
   * The write of one Secret.
   *
   * @param shard which one, from 0
   * @param target its name
   * @param write how it is written
   * @param pairs what it holds afterwards
   * @param bytes how many bytes its values have then
   */
  record Step(
      int shard, ObjectName target, TargetWrite write, SortedMap<String, TlsPair> pairs, int bytes)
      implements Comparable<Step> {
    @Override
    public int compareTo(Step other) {
      return Integer.compare(shard, other.shard);
    }
  }

  /** What the API server lets the annotations of an object have together. */
  int MOST_ANNOTATION_BYTES = 256 * 1024;

  /**
   * Decides.
   *
   * @param present the Secrets of the target, those of the plan's shards among them
   * @param current what they hold
   * @param rivals the other CertMerges that a Secret may belong to
   */
  static Decision of(
      CertMerge certMerge,
      MergeSpec spec,
      MergePlan plan,
      Present present,
      Current current,
      Function<ObjectName, Rivals> rivals) {
    if (plan.tooLarge()) {
      return new Refuse("TargetTooLarge", tooLarge(spec, plan), Optional.of(plan));
    }
    List<Step> steps = new ArrayList<>();
    for (int shard = 0; shard < plan.shards().size(); shard++) {
      ObjectName target = spec.target(shard);
      Ownership ownership = Ownership.of(spec, target, present.get(target), rivals.apply(target));
      if (ownership instanceof Ownership.Refused refused) {
        return new Refuse(refused.reason(), refused.message(), Optional.of(plan));
      }
      TargetWrite write =
          ownership instanceof Ownership.Ours ours
              ? TargetWrite.change(certMerge, spec, plan, shard, ours.secret())
              : TargetWrite.create(certMerge, spec, plan, shard);
      if (annotationBytes(write) > MOST_ANNOTATION_BYTES) {
        return new Refuse("TargetTooLarge", tooMany(target), Optional.of(plan));
      }
      MergePlan.Shard planned = plan.shards().get(shard);
      steps.add(new Step(shard, target, write, planned.pairs(), planned.bytes()));
    }
    Set<ObjectName> used = steps.stream().map(Step::target).collect(Collectors.toSet());
    List<ObjectName> left =
        present.secrets().keySet().stream().filter(name -> !used.contains(name)).toList();
    return new Write(plan, inOrder(steps, current), left);
  }

  private static int annotationBytes(TargetWrite write) {
    return write instanceof TargetWrite.Create create
        ? bytes(create.secret())
        : write instanceof TargetWrite.Change change ? bytes(change.secret()) : 0;
  }

  private static int bytes(Secret secret) {
    return secret.getMetadata().getAnnotations().entrySet().stream()
        .mapToInt(annotation -> annotation.getKey().length() + annotation.getValue().length())
        .sum();
  }

  private static String tooLarge(MergeSpec spec, MergePlan plan) {
    int shards = spec.policy().shards();
    return "the target would hold %d bytes and %s %d each; it stays as it is until spec.shards is"
            .formatted(
                plan.bytes(),
                shards == 1 ? "a Secret takes" : shards + " Secrets take",
                spec.policy().maxBytes())
        + " larger, or the sources are split over several CertMerges";
  }

  private static String tooMany(ObjectName target) {
    return "Secret "
        + target
        + " would hold so many entries that the names of their sources do not fit in its"
        + " annotations; it stays as it is until the sources are split over several CertMerges";
  }

  /** Each shard after those that its entries move to, as far as that goes. */
  private static List<Step> inOrder(List<Step> steps, Current current) {
    if (steps.size() == 1) {
      return steps;
    }
    Map<Integer, Set<Integer>> movesTo = new HashMap<>();
    steps.forEach(
        step ->
            step.pairs().keySet().stream()
                .map(current.entries()::get)
                .filter(held -> held != null && held.shard() != step.shard())
                .forEach(
                    held ->
                        movesTo
                            .computeIfAbsent(held.shard(), from -> new TreeSet<>())
                            .add(step.shard())));
    Map<Integer, Step> left =
        new TreeMap<>(steps.stream().collect(Collectors.toMap(Step::shard, Function.identity())));
    List<Step> ordered = new ArrayList<>();
    while (!left.isEmpty()) {
      Step next =
          left.values().stream()
              .filter(
                  step ->
                      movesTo.getOrDefault(step.shard(), Set.of()).stream()
                          .noneMatch(left::containsKey))
              .findFirst()
              // Entries that change places: whichever comes first.
              .orElseGet(() -> left.values().iterator().next());
      left.remove(next.shard());
      ordered.add(next);
    }
    return ordered;
  }
}
