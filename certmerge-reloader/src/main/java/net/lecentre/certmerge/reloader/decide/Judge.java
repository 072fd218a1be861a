package net.lecentre.certmerge.reloader.decide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.lecentre.certmerge.core.inspect.Leaf;
import net.lecentre.certmerge.reloader.decide.Answer.NoProof;
import net.lecentre.certmerge.reloader.decide.Answer.Presented;
import org.jspecify.annotations.Nullable;

/**
 * Tells how each key stands. What a client was shown instead of the certificate on disk counts as
 * outdated only when it is proved to be this key's earlier certificate; a default certificate, one
 * of another key or a newer one proves nothing.
 */
public final class Judge {
  private final Instant now;
  private final Duration sdsGrace;
  private final Map<String, Set<LoadedCertificate>> loaded;
  private final List<KeyObservation> keys;

  private Judge(
      Instant now, Duration sdsGrace, List<LoadedCertificate> loaded, List<KeyObservation> keys) {
    this.now = now;
    this.sdsGrace = sdsGrace;
    this.loaded =
        loaded.stream()
            .collect(Collectors.groupingBy(LoadedCertificate::serialHex, Collectors.toSet()));
    this.keys = keys;
  }

  /**
   * Tells how each key stands.
   *
   * @param keys what was observed of them
   * @param loaded what Envoy says it has loaded; empty when it could not be asked
   * @param sdsGrace how long a new certificate may go without being served
   * @param now the time of the observation
   */
  public static List<KeyStatus> judge(
      List<KeyObservation> keys, List<LoadedCertificate> loaded, Duration sdsGrace, Instant now) {
    Judge judge = new Judge(now, sdsGrace, loaded, keys);
    return keys.stream().map(judge::status).toList();
  }

  private KeyStatus status(KeyObservation key) {
    if (key.onDisk() instanceof OnDisk.Broken broken) {
      return status(key, State.Invalid, firstShown(key), sentence(broken.reasons()));
    }
    if (key.onDisk() instanceof OnDisk.OutOfDate outOfDate) {
      return status(key, State.Invalid, firstShown(key), sentence(outOfDate.reasons()));
    }
    return compared(key, (OnDisk.Usable) key.onDisk());
  }

  private KeyStatus compared(KeyObservation key, OnDisk.Usable disk) {
    if (key.hosts().isEmpty()) {
      return status(key, State.Unknown, null, "The certificate has no DNS name to ask for.");
    }
    Chain proof = null;
    Chain outdated = null;
    List<String> stale = new ArrayList<>();
    List<String> open = new ArrayList<>();
    for (Answer answer : key.answers()) {
      String where = answer.host() + " at " + answer.endpoint();
      if (answer.shown() instanceof NoProof none) {
        open.add(where + ": " + none.reason());
        continue;
      }
      Chain shown = ((Presented) answer.shown()).chain();
      if (serves(disk, shown)) {
        proof = shown;
      } else if (earlierOf(key, disk, answer.host(), shown)) {
        outdated = shown;
        stale.add(where);
      } else {
        open.add(where + ": " + difference(key, disk, shown));
      }
    }
    boolean withinGrace = now.isBefore(key.appeared().plus(sdsGrace));
    String details = open.isEmpty() ? "" : " No proof for " + String.join("; ", open) + ".";
    if (outdated != null) {
      State state = withinGrace ? State.Pending : State.Stale;
      return status(
          key,
          state,
          outdated,
          "An earlier certificate is served for " + String.join(", ", stale) + "." + details);
    }
    if (proof != null) {
      return status(key, State.Served, proof, "A handshake proved it." + details);
    }
    State state = withinGrace ? State.Pending : State.Unknown;
    return status(
        key, state, firstShown(key), details.isEmpty() ? "Nobody asked." : details.trim());
  }

  private static boolean serves(OnDisk.Usable disk, Chain shown) {
    return disk.canonical() ? shown.sameAs(disk.chain()) : shown.sameLeafAs(disk.chain());
  }

  /** Whether a chain is proved to be an earlier one of this key, and served for this host. */
  private boolean earlierOf(KeyObservation key, OnDisk.Usable disk, String host, Chain shown) {
    if (shown.sameLeafAs(disk.chain())) {
      // Only the issuers differ, of which nobody but Envoy's own file path can tell the age.
      return loadedFromFileOf(key, shown);
    }
    if (servedByAnotherKey(key, shown)) {
      return false;
    }
    if (evidence(key, shown) != Evidence.none) {
      return true;
    }
    // Two keys may name the same host, an RSA and an EC one or an old and a new Secret.
    return !earlierOfAnotherKey(key, shown)
        && !loadedFromAnotherFile(key, shown)
        && names(shown.leaf(), host)
        && older(shown.leaf(), disk.chain().leaf());
  }

  private Evidence evidence(KeyObservation key, Chain shown) {
    if (loadedFromFileOf(key, shown)) {
      return Evidence.file;
    }
    return key.earlier().contains(shown.leaf().sha256()) && !loadedFromAnotherFile(key, shown)
        ? Evidence.memory
        : Evidence.none;
  }

  private boolean earlierOfAnotherKey(KeyObservation key, Chain shown) {
    return keys.stream()
        .filter(other -> !other.key().equals(key.key()))
        .anyMatch(other -> other.earlier().contains(shown.leaf().sha256()));
  }

  private boolean servedByAnotherKey(KeyObservation key, Chain shown) {
    return keys.stream()
        .filter(other -> !other.key().equals(key.key()))
        .map(other -> leafOf(other.onDisk()))
        .anyMatch(leaf -> leaf != null && leaf.sha256().equals(shown.leaf().sha256()));
  }

  /** Whether Envoy says that it loaded a leaf from this key's file, and nothing else does. */
  private boolean loadedFromFileOf(KeyObservation key, Chain shown) {
    Set<LoadedCertificate> same = loaded(shown);
    return !same.isEmpty() && same.stream().allMatch(certificate -> certificate.isFileOf(key));
  }

  /**
   * Whether Envoy says that it loaded a leaf from configured files, none of which is this key's.
   */
  private boolean loadedFromAnotherFile(KeyObservation key, Chain shown) {
    Set<LoadedCertificate> same = loaded(shown);
    return same.stream().anyMatch(LoadedCertificate::fromConfiguredFile)
        && same.stream().noneMatch(certificate -> certificate.isFileOf(key));
  }

  private Set<LoadedCertificate> loaded(Chain shown) {
    return loaded.getOrDefault(shown.leaf().serialHex(), Set.of());
  }

  private static boolean names(Leaf leaf, String host) {
    String wanted = host.toLowerCase(Locale.ROOT);
    return leaf.dnsNames().stream().anyMatch(name -> name.toLowerCase(Locale.ROOT).equals(wanted));
  }

  private static boolean older(Leaf shown, Leaf disk) {
    int begin = shown.notBefore().compareTo(disk.notBefore());
    return begin < 0 || (begin == 0 && shown.notAfter().isBefore(disk.notAfter()));
  }

  private String difference(KeyObservation key, OnDisk.Usable disk, Chain shown) {
    if (shown.sameLeafAs(disk.chain())) {
      return "the leaf on disk is served, with other issuers";
    }
    String what = "the certificate with serial " + shown.leaf().serialHex() + " is served, ";
    return what
        + (servedByAnotherKey(key, shown)
            ? "which is on disk under another key"
            : "which is not proved to be an earlier one");
  }

  private KeyStatus status(KeyObservation key, State state, @Nullable Chain served, String reason) {
    return new KeyStatus(
        key.key(),
        state,
        key.hosts(),
        leafOf(key.onDisk()),
        served == null ? null : served.leaf(),
        key.appeared(),
        reason,
        key.content(),
        !(key.onDisk() instanceof OnDisk.Broken),
        served == null ? Evidence.none : evidence(key, served));
  }

  private static @Nullable Leaf leafOf(OnDisk onDisk) {
    if (onDisk instanceof OnDisk.Usable usable) {
      return usable.chain().leaf();
    }
    if (onDisk instanceof OnDisk.OutOfDate outOfDate) {
      return outOfDate.chain().leaf();
    }
    return null;
  }

  private static @Nullable Chain firstShown(KeyObservation key) {
    for (Answer answer : key.answers()) {
      if (answer.shown() instanceof Presented presented) {
        return presented.chain();
      }
    }
    return null;
  }

  private static String sentence(List<String> reasons) {
    return String.join(" ", reasons);
  }
}
