package net.lecentre.certmerge.operator.spec;

import static org.assertj.core.api.Assertions.assertThat;

import net.lecentre.certmerge.operator.Samples;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import org.junit.jupiter.api.Test;

class SpecMemoryTest {
  private final SpecMemory memory = new SpecMemory();

  private static CertMerge certMerge(String uid, long generation, String target) {
    CertMerge certMerge = Samples.certMerge("web", "edge", "name: " + target);
    certMerge.getMetadata().setUid(uid);
    certMerge.getMetadata().setGeneration(generation);
    return certMerge;
  }

  private String target(CertMerge certMerge) {
    return ((SpecReading.Valid) memory.read(certMerge)).spec().target().name();
  }

  @Test
  void a_spec_is_read_once_as_long_as_its_generation_stays() {
    SpecReading first = memory.read(certMerge("a", 1, "merged"));

    assertThat(memory.read(certMerge("a", 1, "merged"))).isSameAs(first);
  }

  @Test
  void a_new_generation_is_read_anew() {
    assertThat(target(certMerge("a", 1, "merged"))).isEqualTo("merged");
    assertThat(target(certMerge("a", 2, "other"))).isEqualTo("other");
  }

  @Test
  void a_certmerge_that_was_made_anew_under_its_name_is_read_anew() {
    assertThat(target(certMerge("a", 1, "merged"))).isEqualTo("merged");
    assertThat(target(certMerge("b", 1, "other"))).isEqualTo("other");
  }

  @Test
  void what_is_forgotten_is_read_anew() {
    CertMerge certMerge = certMerge("a", 1, "merged");
    SpecReading first = memory.read(certMerge);

    memory.forget(ObjectName.of(certMerge));

    assertThat(memory.read(certMerge)).isNotSameAs(first);
  }
}
