package net.lecentre.certmerge.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.util.StdConverter;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import net.lecentre.certmerge.operator.api.CertMerge;

/**
 * What the operator reads of every CertMerge, and so has in its memory: not who wrote which field,
 * nor what others annotated. kubectl alone writes down the whole spec a second time.
 */
final class BareCertMerge extends StdConverter<CertMerge, CertMerge> {
  /** How a client reads that keeps of CertMerges no more than this. */
  static KubernetesSerialization serialization() {
    ObjectMapper mapper = JsonMapper.builder().addMixIn(CertMerge.class, Bared.class).build();
    return new KubernetesSerialization(mapper, true);
  }

  @JsonDeserialize(converter = BareCertMerge.class)
  private interface Bared {}

  @Override
  public CertMerge convert(CertMerge read) {
    ObjectMeta metadata = read.getMetadata();
    metadata.setManagedFields(List.of());
    metadata.setLabels(Map.of());
    metadata.setAnnotations(CertMerge.own(metadata.getAnnotations()));
    if (read.getStatus() != null && read.getStatus().conditions() != null) {
      read.getStatus().conditions().forEach(BareCertMerge::shared);
    }
    return read;
  }

  /** What is wrong with the same sources is said in the same words. */
  private static void shared(Condition condition) {
    if (condition.getMessage() != null) {
      condition.setMessage(condition.getMessage().intern());
    }
  }
}
