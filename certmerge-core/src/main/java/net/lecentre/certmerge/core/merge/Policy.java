package net.lecentre.certmerge.core.merge;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import net.lecentre.certmerge.core.format.Layout;

/**
 * How to merge.
 *
 * @param onInvalid what becomes of a source's last good pair when the source turns invalid
 * @param grace how long the last good pair of a source that is gone stays in the target
 * @param maxRemovals how many entries may leave the target at once; of a change that would take
 *     more of them, none leaves
 * @param release the {@linkplain MergePlan.Held#id name} of a held removal that may go on all the
 *     same
 * @param shards how many Secrets the target may have, at least one
 * @param maxBytes how many bytes the values of one Secret may have together
 * @param layout which files there are for each entry
 * @param expiryWarning how long before its end a certificate is reported as expiring soon
 */
public record Policy(
    OnInvalid onInvalid,
    Duration grace,
    MaxRemovals maxRemovals,
    Optional<String> release,
    int shards,
    int maxBytes,
    Layout layout,
    Duration expiryWarning) {
  /** What the API server lets the values of one Secret have together: 1 MiB. */
  public static final int MAX_SECRET_BYTES = 1024 * 1024;

  /** Seven days. */
  public static final Duration DEFAULT_EXPIRY_WARNING = Duration.ofDays(7);

  /**
   * Keeps last good pairs of sources that turn invalid, lets go at once of sources that are gone,
   * fills one Secret as far as it goes with {@code .crt} and {@code .key} files, warns seven days
   * ahead.
   */
  public static final Policy DEFAULT =
      new Policy(
          OnInvalid.KEEP,
          Duration.ZERO,
          MaxRemovals.ALL,
          Optional.empty(),
          1,
          MAX_SECRET_BYTES,
          Layout.PAIRS,
          DEFAULT_EXPIRY_WARNING);

  /** Refuses nulls and negative numbers. */
  public Policy {
    Objects.requireNonNull(onInvalid);
    Objects.requireNonNull(maxRemovals);
    Objects.requireNonNull(release);
    Objects.requireNonNull(layout);
    if (grace.isNegative() || shards < 1 || maxBytes < 0 || expiryWarning.isNegative()) {
      throw new IllegalArgumentException(
          "out of range: grace %s, shards %d, maxBytes %d, expiryWarning %s"
              .formatted(grace, shards, maxBytes, expiryWarning));
    }
  }

  /** The same, with another treatment of sources that turn invalid. */
  public Policy with(OnInvalid other) {
    return new Policy(other, grace, maxRemovals, release, shards, maxBytes, layout, expiryWarning);
  }

  /** The same, with another grace period for sources that are gone. */
  public Policy withGrace(Duration other) {
    return new Policy(
        onInvalid, other, maxRemovals, release, shards, maxBytes, layout, expiryWarning);
  }

  /** The same, with another limit for removals. */
  public Policy with(MaxRemovals other) {
    return new Policy(onInvalid, grace, other, release, shards, maxBytes, layout, expiryWarning);
  }

  /** The same, letting go of a held removal. */
  public Policy withRelease(String id) {
    return new Policy(
        onInvalid, grace, maxRemovals, Optional.of(id), shards, maxBytes, layout, expiryWarning);
  }

  /** The same, with other bounds for the number and the size of the Secrets. */
  public Policy withShards(int most, int bytesEach) {
    return new Policy(
        onInvalid, grace, maxRemovals, release, most, bytesEach, layout, expiryWarning);
  }

  /** The same, with other files. */
  public Policy with(Layout other) {
    return new Policy(
        onInvalid, grace, maxRemovals, release, shards, maxBytes, other, expiryWarning);
  }

  /** The same, warning earlier or later. */
  public Policy withExpiryWarning(Duration other) {
    return new Policy(onInvalid, grace, maxRemovals, release, shards, maxBytes, layout, other);
  }
}
