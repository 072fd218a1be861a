package net.lecentre.certmerge.operator.watch;

import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Set;
import java.util.function.Consumer;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;

/**
 * Tells of CertMerges that are gone. The SDK has a deleted one reconciled a last time; when a whole
 * namespace went while reconciliations failed, it was seen not to.
 */
public final class Departures extends AbstractEventSource<CertMerge, CertMerge>
    implements ResourceEventAware<CertMerge> {
  private final Consumer<ObjectName> gone;

  /** Tells this one. */
  public Departures(Consumer<ObjectName> gone) {
    super(CertMerge.class, "departures");
    this.gone = gone;
  }

  @Override
  public void onResourceDeleted(CertMerge certMerge) {
    gone.accept(ObjectName.of(certMerge));
  }

  @Override
  public Set<CertMerge> getSecondaryResources(CertMerge certMerge) {
    return Set.of();
  }
}
