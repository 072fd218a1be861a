package net.lecentre.certmerge.reloader.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseSettingsTest {
  private static final String ADMIN = "http://127.0.0.1:15000";

  @Test
  void in_a_pod_its_name_and_namespace_are_taken() {
    LeaseSettings settings =
        LeaseSettings.of(
            "reloader", ADMIN, Map.of("POD_NAME", "gateway-1", "POD_NAMESPACE", "edge"), "host");

    assertThat(settings.namespace()).isEqualTo("edge");
    assertThat(settings.identity()).isEqualTo("gateway-1_http://127.0.0.1:15000");
    assertThat(LeaseSettings.podOf(settings.identity())).isEqualTo("gateway-1");
  }

  @Test
  void elsewhere_the_hosts_name_tells_reloaders_apart_together_with_their_envoy() {
    LeaseSettings settings = LeaseSettings.of("reloader", ADMIN, Map.of(), "host");

    assertThat(settings.namespace()).isNull();
    assertThat(settings.identity()).isEqualTo("host_http://127.0.0.1:15000");
  }

  @Test
  void a_namespace_that_is_named_is_the_one() {
    LeaseSettings settings =
        LeaseSettings.of("edge/reloader", ADMIN, Map.of("POD_NAMESPACE", "other"), "host");

    assertThat(settings.namespace()).isEqualTo("edge");
    assertThat(settings.name()).isEqualTo("reloader");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/name", "namespace/", "a/b/c"})
  void anything_else_is_no_lease(String lease) {
    assertThatThrownBy(() -> LeaseSettings.of(lease, ADMIN, Map.of(), "host"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("namespace/name");
  }
}
