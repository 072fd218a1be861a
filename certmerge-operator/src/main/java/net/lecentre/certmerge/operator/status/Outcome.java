package net.lecentre.certmerge.operator.status;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import net.lecentre.certmerge.core.merge.MergePlan;
import net.lecentre.certmerge.operator.api.ObjectName;

/** How a reconciliation ended. */
public sealed interface Outcome {
  /**
   * The target holds what the plan says.
   *
   * @param plan what became of each source
   * @param version digest of the target's data
   * @param written whether it had to be written
   * @param bytes how many bytes the values of each of its Secrets have
   */
  record Merged(MergePlan plan, String version, boolean written, Map<ObjectName, Integer> bytes)
      implements Outcome {
    /** Copies the map. */
    public Merged {
      bytes = Map.copyOf(bytes);
    }
  }

  /**
   * The target was left alone.
   *
   * @param reason the reason of the condition {@code Ready}
   * @param message what is in the way and what to do
   * @param plan what would have become of each source, as far as it was asked
   * @param until when it will be written all the same, if that is known
   */
  record Refused(String reason, String message, Optional<MergePlan> plan, Optional<Instant> until)
      implements Outcome {
    /** One that lasts until something changes. */
    public Refused(String reason, String message, Optional<MergePlan> plan) {
      this(reason, message, plan, Optional.empty());
    }
  }
}
