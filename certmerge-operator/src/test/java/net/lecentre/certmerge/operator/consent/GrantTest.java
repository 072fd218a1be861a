package net.lecentre.certmerge.operator.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import net.lecentre.certmerge.operator.api.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrantTest {
  private static final String FROM =
      "from: [{group: certmerge.lecentre.net, kind: CertMerge, namespace: web}]";
  private static final String ALL = "to: [{group: '', kind: Secret}]";

  private static final ObjectName SHOP = new ObjectName("shop", "tls");

  private static Grant grant(String... spec) {
    return Grant.of(
        Serialization.unmarshal(
            """
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: ReferenceGrant
            metadata: {name: grant, namespace: shop}
            spec:
              %s
            """
                .formatted(String.join("\n  ", spec)),
            GenericKubernetesResource.class));
  }

  @Test
  void it_lets_the_namespace_that_it_names_read_the_secrets_of_its_own() {
    assertThat(grant(FROM, ALL).allows("web", SHOP)).isTrue();
  }

  @Test
  void it_lets_no_other_namespace_read() {
    assertThat(grant(FROM, ALL).allows("other", SHOP)).isFalse();
  }

  @Test
  void it_says_nothing_of_secrets_of_another_namespace() {
    assertThat(grant(FROM, ALL).allows("web", new ObjectName("api", "tls"))).isFalse();
  }

  @Test
  void one_that_names_a_secret_is_for_that_one_alone() {
    Grant grant = grant(FROM, "to: [{group: '', kind: Secret, name: tls}]");

    assertThat(grant.allows("web", SHOP)).isTrue();
    assertThat(grant.allows("web", new ObjectName("shop", "other"))).isFalse();
  }

  @Test
  void one_for_all_secrets_is_not_narrowed_by_a_name_beside_it() {
    Grant grant =
        grant(FROM, "to: [{group: '', kind: Secret, name: one}, {group: '', kind: Secret}]");

    assertThat(grant.allows("web", SHOP)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: web}]",
        "from: [{group: certmerge.lecentre.net, kind: Gateway, namespace: web}]",
        "from: [{group: gateway.networking.k8s.io, kind: CertMerge, namespace: web}]",
        "from: []"
      })
  void one_for_somebody_else_allows_nothing(String from) {
    assertThat(grant(from, ALL).allows("web", SHOP)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "to: [{group: '', kind: Service}]",
        "to: [{group: example.com, kind: Secret}]",
        "to: []",
        "other: 1"
      })
  void one_for_other_things_than_secrets_allows_nothing(String to) {
    assertThat(grant(FROM, to).allows("web", SHOP)).isFalse();
  }
}
