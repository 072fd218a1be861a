package com.example.gateway;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.lecentre.certmerge.core.format.Layout;
import net.lecentre.certmerge.core.inspect.Acceptance;
import net.lecentre.certmerge.core.inspect.Inspection;
import net.lecentre.certmerge.core.inspect.Inspector;
import net.lecentre.certmerge.core.inspect.TlsPair;
import net.lecentre.certmerge.core.merge.Current;
import net.lecentre.certmerge.core.merge.Merge;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.core.merge.Offer;
import net.lecentre.certmerge.core.merge.Policy;

/**
 * Merges the pairs of many directories, one source each with a {@code tls.crt} and a {@code
 * tls.key}, into the one directory that a gateway reads. What is broken stays outside; where it was
 * good before, the good pair stays.
 */
public final class MergeDirectory {
  private MergeDirectory() {}

  /** Merges the directories below the first argument into the second one, as of now. */
  public static void main(String[] args) throws IOException {
    Path target = Files.createDirectories(Path.of(args[1]));
    merge(Path.of(args[0]), target, Instant.now(), System.out);
  }

  static void merge(Path sources, Path target, Instant now, PrintStream out) throws IOException {
    List<Offer> offers = offers(sources);
    // Step 2, merge: what shall the gateway have? Nothing is done yet.
    MergePlan plan = Merge.plan(offers, current(target), Policy.DEFAULT, now);
    tell(plan, out);
    if (!plan.tooLarge()) {
      write(plan, target);
    }
    // The gateway reads the files: no key is needed here any more.
    plan.written().forEach(entry -> entry.pair().ifPresent(TlsPair::destroy));
  }

  /** Step 1, inspect: what does each source have? No exception says that a pair is broken. */
  private static List<Offer> offers(Path sources) throws IOException {
    List<Offer> offers = new ArrayList<>();
    for (Path source : children(sources)) {
      String name = source.getFileName().toString();
      byte[] crt = Files.readAllBytes(source.resolve("tls.crt"));
      byte[] key = Files.readAllBytes(source.resolve("tls.key"));
      Inspection inspection = Inspector.inspect(crt, key, Acceptance.envoy());
      wipe(key);
      offers.add(new Offer.Content(name, name, inspection));
    }
    return offers;
  }

  /** What the gateway has now, so that a pair that was good can stay. */
  private static Current current(Path target) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (Path file : children(target)) {
      files.put(file.getFileName().toString(), Files.readAllBytes(file));
    }
    Map<String, Current.Entry> entries = new TreeMap<>();
    // Here a key is named after its source. Where it is not, write down which is whose.
    Layout.read(files, Acceptance.envoy())
        .forEach((key, pair) -> entries.put(key, new Current.Entry(key, pair)));
    files.values().forEach(MergeDirectory::wipe);
    return new Current(entries);
  }

  private static void tell(MergePlan plan, PrintStream out) {
    for (MergePlan.Entry entry : plan.entries()) {
      out.println(entry.source() + ": " + entry.state() + ", " + entry.change());
      entry
          .findings()
          .forEach(
              finding ->
                  out.println(
                      "  " + finding.severity() + " " + finding.code() + ": " + finding.message()));
    }
    plan.removed().forEach(removed -> out.println(removed.key() + ": removed"));
    plan.nextChange().ifPresent(instant -> out.println("plan again at " + instant));
  }

  /** Step 3, format: lay out the plan as files. A real program would swap the directory at once. */
  private static void write(MergePlan plan, Path target) throws IOException {
    // The policy allows one shard.
    SortedMap<String, byte[]> data = Layout.PAIRS.files(plan.shards().get(0).pairs());
    for (Path file : children(target)) {
      if (!data.containsKey(file.getFileName().toString())) {
        Files.delete(file);
      }
    }
    for (Map.Entry<String, byte[]> file : data.entrySet()) {
      Path written = Files.createTempFile(target, ".", ".new");
      Files.write(written, file.getValue());
      Files.move(
          written,
          target.resolve(file.getKey()),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
      wipe(file.getValue());
    }
  }

  private static void wipe(byte[] bytes) {
    Arrays.fill(bytes, (byte) 0);
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted().toList();
    }
  }
}
