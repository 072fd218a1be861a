package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.lecentre.certmerge.operator.api.CertMerge;
import org.junit.jupiter.api.Test;

/** Which updates of a CertMerge have it reconciled. */
class ConcernsTest {
  private static CertMerge certMerge(long generation, Map<String, String> annotations) {
    CertMerge certMerge = Samples.certMerge("name: merged");
    certMerge.getMetadata().setGeneration(generation);
    certMerge.getMetadata().setAnnotations(annotations);
    return certMerge;
  }

  @Test
  void a_new_spec_does() {
    assertThat(CertMergeReconciler.concerns(certMerge(2, Map.of()), certMerge(1, Map.of())))
        .isTrue();
  }

  @Test
  void a_release_does() {
    CertMerge released = certMerge(1, Map.of(CertMerge.RELEASE_ANNOTATION, "abc"));

    assertThat(CertMergeReconciler.concerns(released, certMerge(1, Map.of()))).isTrue();
  }

  @Test
  void a_deletion_does() {
    CertMerge deleted = certMerge(1, Map.of());
    deleted.getMetadata().setDeletionTimestamp("2027-01-01T00:00:00Z");

    assertThat(CertMergeReconciler.concerns(deleted, certMerge(1, Map.of()))).isTrue();
  }

  @Test
  void another_annotation_and_our_own_status_do_not() {
    assertThat(
            CertMergeReconciler.concerns(
                certMerge(1, Map.of("other", "yes")), certMerge(1, Map.of())))
        .isFalse();
  }
}
