package net.lecentre.certmerge.operator.targets;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import net.lecentre.certmerge.operator.api.ObjectName;

/**
 * How often the target of each CertMerge had to be put right lately after somebody else changed or
 * deleted it. Who does it once or twice is corrected at once; who does it again and again, as
 * another tool that wants the same Secret does, is not fought at the speed of both, but told of.
 * What the sources ask for anew is no correction, and waits for nothing.
 */
public final class Corrections {
  /** So many in a row are made at once. */
  static final int AT_ONCE = 3;

  /** How long the next one waits; each further one twice as long. */
  static final Duration FIRST = Duration.ofSeconds(1);

  static final Duration LONGEST = Duration.ofMinutes(1);

  /** After so long without any they count from the beginning. */
  static final Duration CALM = Duration.ofMinutes(10);

  private final Map<ObjectName, Past> past = new HashMap<>();

  private record Past(String version, String news, int inARow, Instant last) {
    boolean isCorrectedBy(String nextVersion, String nextNews, Instant now) {
      return version.equals(nextVersion)
          && !news.equals(nextNews)
          && !now.isBefore(last)
          && now.isBefore(last.plus(CALM));
    }

    Instant next() {
      int further = inARow - AT_ONCE;
      Duration wait = FIRST.multipliedBy(1L << Math.min(further, 16));
      return last.plus(wait.compareTo(LONGEST) < 0 ? wait : LONGEST);
    }
  }

  /**
   * When a target may be written, if that is not yet.
   *
   * @param version digest of what it shall hold
   * @param news what others did to it last, in any form that tells it from what they did before
   */
  public synchronized Optional<Instant> notBefore(
      ObjectName certMerge, String version, String news, Instant now) {
    return Optional.ofNullable(past.get(certMerge))
        .filter(it -> it.isCorrectedBy(version, news, now) && it.inARow() >= AT_ONCE)
        .map(Past::next)
        .filter(now::isBefore);
  }

  /** Takes note of a write. */
  public synchronized void wrote(ObjectName certMerge, String version, String news, Instant now) {
    int inARow =
        Optional.ofNullable(past.get(certMerge))
            .filter(it -> it.isCorrectedBy(version, news, now))
            .map(it -> it.inARow() + 1)
            .orElse(0);
    past.put(certMerge, new Past(version, news, inARow, now));
  }

  /** Forgets a CertMerge that is gone. */
  public synchronized void forget(ObjectName certMerge) {
    past.remove(certMerge);
  }
}
