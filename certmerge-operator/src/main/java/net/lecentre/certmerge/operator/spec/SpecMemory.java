package net.lecentre.certmerge.operator.spec;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The specs that were read: every CertMerge asks for those of all others. A spec's generation
 * changes whenever the spec does.
 */
public final class SpecMemory {
  private final Map<ObjectName, Memo> memos = new ConcurrentHashMap<>();

  /** The spec of a CertMerge. */
  public SpecReading read(CertMerge certMerge) {
    String uid = certMerge.getMetadata().getUid();
    Long generation = certMerge.getMetadata().getGeneration();
    return memos
        .compute(
            ObjectName.of(certMerge),
            (name, known) ->
                known != null && known.uid().equals(uid) && generation.equals(known.generation())
                    ? known
                    : new Memo(uid, generation, SpecReading.of(certMerge)))
        .reading();
  }

  /** Forgets a CertMerge that is gone. */
  public void forget(ObjectName certMerge) {
    memos.remove(certMerge);
  }

  private record Memo(String uid, @Nullable Long generation, SpecReading reading) {}
}
