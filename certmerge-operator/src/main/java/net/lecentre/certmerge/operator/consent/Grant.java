package net.lecentre.certmerge.operator.consent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;

/**
 * What a {@code ReferenceGrant} of the Gateway API says about CertMerges and Secrets.
 *
 * @param namespace the namespace that grants
 * @param readers the namespaces whose CertMerges may read
 * @param secrets the Secrets that they may read; empty: all of the namespace
 */
public record Grant(String namespace, Set<String> readers, Optional<Set<String>> secrets) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Copies the sets. */
  public Grant {
    readers = Set.copyOf(readers);
    secrets = secrets.map(Set::copyOf);
  }

  /** Whether it lets CertMerges of a namespace read a Secret. */
  public boolean allows(String certMergeNamespace, ObjectName source) {
    return namespace.equals(source.namespace())
        && readers.contains(certMergeNamespace)
        && (secrets.isEmpty() || secrets.get().contains(source.name()));
  }

  /** Reads a {@code ReferenceGrant}; what is not about CertMerges and Secrets is passed over. */
  public static Grant of(GenericKubernetesResource resource) {
    JsonNode spec = JSON.valueToTree(resource.getAdditionalProperties()).path("spec");
    Set<String> readers = new HashSet<>();
    for (JsonNode from : spec.path("from")) {
      if (from.path("group").asText().equals(CertMerge.GROUP)
          && from.path("kind").asText().equals("CertMerge")) {
        readers.add(from.path("namespace").asText());
      }
    }
    Set<String> secrets = new HashSet<>();
    boolean all = false;
    for (JsonNode to : spec.path("to")) {
      if (to.path("group").asText().isEmpty() && to.path("kind").asText().equals("Secret")) {
        String name = to.path("name").asText();
        all |= name.isEmpty();
        secrets.add(name);
      }
    }
    return new Grant(
        resource.getMetadata().getNamespace(),
        readers,
        all ? Optional.empty() : Optional.of(secrets));
  }
}
