package net.lecentre.certmerge.core.merge;

import java.time.Duration;
import java.util.Objects;

/**
 * How to merge.
 *
 * @param onInvalid what becomes of a source's last good pair when the source turns invalid
 * @param maxBytes how many bytes the values of the target may have together
 * @param expiryWarning how long before its end a certificate is reported as expiring soon
 */
public record Policy(OnInvalid onInvalid, int maxBytes, Duration expiryWarning) {
  /** What the API server lets the values of one Secret have together: 1 MiB. */
  public static final int MAX_SECRET_BYTES = 1024 * 1024;

  /** Seven days. */
  public static final Duration DEFAULT_EXPIRY_WARNING = Duration.ofDays(7);

  /** Keeps last good pairs, fills a Secret as far as it goes, warns seven days ahead. */
  public static final Policy DEFAULT =
      new Policy(OnInvalid.KEEP, MAX_SECRET_BYTES, DEFAULT_EXPIRY_WARNING);

  /** Refuses nulls and negative numbers. */
  public Policy {
    Objects.requireNonNull(onInvalid);
    if (maxBytes < 0 || expiryWarning.isNegative()) {
      throw new IllegalArgumentException(
          "negative: maxBytes " + maxBytes + ", expiryWarning " + expiryWarning);
    }
  }
}
