package net.lecentre.certmerge.operator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrdTest {
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final String NAME = "certmerge_v1alpha1_certmerge_crd.yaml";
  private static final List<Path> SHIPPED =
      List.of(DEPLOY.resolve(NAME), DEPLOY.resolve("chart/files").resolve(NAME));

  private static final String HEADER =
      "# Generated from the types of certmerge-operator: mvn verify fails when it differs.\n";

  /** Write it anew with {@code -Dcertmerge.crd.write}. */
  @Test
  void the_shipped_crd_is_the_one_that_the_types_make(@TempDir Path directory) throws IOException {
    new CRDGenerator()
        .customResourceClasses(CertMerge.class)
        .inOutputDir(directory.toFile())
        .generate();
    CustomResourceDefinition definition =
        Serialization.unmarshal(
            Files.readString(directory.resolve("certmerges.certmerge.lecentre.net-v1.yml")),
            CustomResourceDefinition.class);
    String generated = HEADER + Serialization.asYaml(tidied(definition));
    if (System.getProperty("certmerge.crd.write") != null) {
      for (Path file : SHIPPED) {
        Files.writeString(file, generated);
      }
    }

    assertThat(SHIPPED).allSatisfy(file -> assertThat(file).content().isEqualTo(generated));
  }

  /** The generator also sorts the columns of {@code kubectl get} by path. */
  private static CustomResourceDefinition tidied(CustomResourceDefinition definition) {
    List<String> declared =
        Arrays.stream(CertMerge.class.getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();
    definition
        .getSpec()
        .getVersions()
        .forEach(
            version -> {
              version
                  .getAdditionalPrinterColumns()
                  .sort(Comparator.comparing(column -> declared.indexOf(column.getName())));
              version.getSchema().getOpenAPIV3Schema().setRequired(List.of("spec"));
              sayEachRuleOnce(version.getSchema().getOpenAPIV3Schema());
            });
    return definition;
  }

  /** The generator finds the annotation of a record's component at its field and its accessor. */
  private static void sayEachRuleOnce(JSONSchemaProps schema) {
    schema.setXKubernetesValidations(
        schema.getXKubernetesValidations().stream().distinct().toList());
    schema.getProperties().values().forEach(CrdTest::sayEachRuleOnce);
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      sayEachRuleOnce(schema.getItems().getSchema());
    }
  }
}
