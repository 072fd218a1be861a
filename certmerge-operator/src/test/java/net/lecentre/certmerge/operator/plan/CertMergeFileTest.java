package net.lecentre.certmerge.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import net.lecentre.certmerge.operator.Samples;
import net.lecentre.certmerge.operator.api.CertMerge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertMergeFileTest {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00.5Z");
  private static final String EDGE =
      """
      apiVersion: certmerge.lecentre.net/v1alpha1
      kind: CertMerge
      metadata: {name: edge}
      spec: {name: merged}
      """;

  private static List<CertMerge> read(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return CertMergeFile.read(
        "a.yaml", new ByteArrayInputStream(bytes), "web", new KubernetesSerialization());
  }

  private static CertMerge present() {
    CertMerge present = Samples.certMerge("web", "edge", "name: before");
    present.getMetadata().setUid("known");
    present.getMetadata().setGeneration(4L);
    present.getMetadata().setCreationTimestamp("2026-01-01T00:00:00Z");
    present.getMetadata().setAnnotations(java.util.Map.of("kept", "yes"));
    return present;
  }

  @Test
  void one_without_a_namespace_is_in_that_of_the_context() throws Exception {
    assertThat(read(EDGE))
        .singleElement()
        .extracting(certMerge -> certMerge.getMetadata().getNamespace())
        .isEqualTo("web");
  }

  @Test
  void other_objects_of_the_file_are_passed_over() throws Exception {
    assertThat(read("kind: Secret\n---\n" + EDGE + "---\n")).hasSize(1);
  }

  @Test
  void those_of_a_list_are_found() throws Exception {
    String list = "kind: List\nitems:\n- " + EDGE.strip().replace("\n", "\n  ") + "\n";

    assertThat(read(list)).hasSize(1);
  }

  @Test
  void one_without_a_name_is_told() {
    assertThatThrownBy(() -> read(EDGE.replace("name: edge", "")))
        .hasMessage("a.yaml: a CertMerge has no metadata.name");
  }

  @Test
  void a_text_of_another_kind_is_told() {
    assertThatThrownBy(() -> read("just: [text"))
        .hasMessageContaining("a.yaml: this is neither YAML nor JSON");
  }

  @Test
  void a_new_one_is_younger_than_those_that_are_there() throws Exception {
    List<CertMerge> all = CertMergeFile.apply(List.of(), read(EDGE), NOW);

    assertThat(all)
        .singleElement()
        .extracting(certMerge -> certMerge.getMetadata().getCreationTimestamp())
        .isEqualTo("2027-01-01T00:00:00Z");
  }

  @Test
  void one_that_is_there_keeps_its_age_and_identity_and_gets_the_new_spec() throws Exception {
    List<CertMerge> all = CertMergeFile.apply(List.of(present()), read(EDGE), NOW);

    assertThat(all)
        .singleElement()
        .satisfies(
            certMerge -> {
              assertThat(certMerge.getSpec().name()).isEqualTo("merged");
              assertThat(certMerge.getMetadata().getUid()).isEqualTo("known");
              assertThat(certMerge.getMetadata().getGeneration()).isEqualTo(5);
              assertThat(certMerge.getMetadata().getCreationTimestamp())
                  .isEqualTo("2026-01-01T00:00:00Z");
              assertThat(certMerge.getMetadata().getAnnotations()).containsEntry("kept", "yes");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spec: {name: a, secretList: []}                 | no field spec.secretList; did you mean secretlist?
          spec: {name: a, selectors: []}                  | no field spec.selectors; did you mean selector?
          spec: {name: a, secretlist: [{nam: b}]}         | no field spec.secretlist[0].nam; did you mean name?
          spec: {name: a, secretlist: [{whatever: b}]}    | no field spec.secretlist[0].whatever; there are name, namespace
          spec: {name: a, keys: Both}                     | spec.keys: 'Both' is none of its values
          spec: {name: a, shards: many}                   | spec.shards is of another type than the CRD says
          """)
  void a_field_that_cannot_be_read_is_named_with_the_one_that_was_meant(
      String spec, String problem) {
    assertThatThrownBy(() -> read(EDGE.replace("spec: {name: merged}", spec)))
        .isInstanceOf(CertMergeFile.Unreadable.class)
        .hasMessageContaining("CertMerge edge cannot be understood: ")
        .hasMessageContaining(problem);
  }
}
