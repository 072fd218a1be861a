package net.lecentre.certmerge.core.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What {@link Inspector} found out about a pair. It does not depend on the time: that is asked with
 * {@link #findingsAt} and {@link #acceptedAt}, so one inspection serves as long as the content
 * stays.
 */
public sealed interface Inspection permits Accepted, Rejected {
  /** The leaf; empty when its certificate could not be read. */
  Optional<Leaf> leaf();

  /** What holds at any time, errors first. */
  List<Finding> findings();

  /**
   * What holds at an instant, errors first: {@link #findings} and what validity periods add. Of an
   * accepted pair it is looked for when the list is read for the first time, which may be left to a
   * moment with less to do.
   *
   * @param now the instant
   * @param expiryWarning how long before its end a leaf is reported as {@link Code#EXPIRING_SOON}
   */
  List<Finding> findingsAt(Instant now, Duration expiryWarning);

  /** Whether the pair may be served at an instant: nothing found then is an error. */
  boolean acceptedAt(Instant now);

  /**
   * The next instant after {@code now} at which {@link #findingsAt} answers something else; empty
   * when it never will.
   */
  Optional<Instant> nextChange(Instant now, Duration expiryWarning);
}
