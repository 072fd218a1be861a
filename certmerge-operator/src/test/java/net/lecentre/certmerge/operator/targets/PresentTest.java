package net.lecentre.certmerge.operator.targets;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import net.lecentre.certmerge.operator.api.ObjectName;
import org.junit.jupiter.api.Test;

class PresentTest {
  private static final Secret MERGED = secret("merged");

  @Test
  void a_secret_is_found_by_its_name() {
    Present present = Present.of(List.of(MERGED, secret("merged-1")));

    assertThat(present.get(new ObjectName("web", "merged"))).containsSame(MERGED);
    assertThat(present.get(new ObjectName("shop", "merged"))).isEmpty();
  }

  @Test
  void another_secret_makes_another_one() {
    Present before = Present.of(List.of(MERGED));

    Present after = before.with(secret("merged-1"));

    assertThat(after.secrets()).hasSize(2);
    assertThat(before.secrets()).hasSize(1);
  }

  @Test
  void its_text_names_the_secrets_and_shows_nothing_of_them() {
    assertThat(Present.of(List.of(MERGED))).hasToString("Present[web/merged]");
  }

  private static Secret secret(String name) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("web")
        .withName(name)
        .endMetadata()
        .addToData("tls.key", "c2VjcmV0")
        .build();
  }
}
