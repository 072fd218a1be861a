package net.lecentre.certmerge.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.config.Cloner;
import net.lecentre.certmerge.operator.api.CertMerge;

/**
 * Copies what the SDK hands out of its cache. By default that is written as JSON and read again in
 * each round, status and all; but spec and status of a CertMerge are values, and only its metadata
 * is ever changed.
 */
final class Copies implements Cloner {
  private final KubernetesSerialization serialization;

  Copies(KubernetesSerialization serialization) {
    this.serialization = serialization;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <R extends HasMetadata> R clone(R object) {
    return object instanceof CertMerge certMerge
        ? (R) copy(certMerge)
        : serialization.clone(object);
  }

  private static CertMerge copy(CertMerge certMerge) {
    CertMerge copy = new CertMerge();
    copy.setMetadata(new ObjectMetaBuilder(certMerge.getMetadata()).build());
    copy.setSpec(certMerge.getSpec());
    copy.setStatus(certMerge.getStatus());
    return copy;
  }
}
