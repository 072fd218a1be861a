package net.lecentre.certmerge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./demo --full}: certmerge between an ACME server, cert-manager and an Istio gateway. */
@Tag("neighbours")
class FullRoadIT {
  @TempDir private Path directory = Path.of("");

  @Test
  void certificates_go_from_the_acme_server_to_tls_clients_and_are_renewed() throws Exception {
    try (DemoRun demo = new DemoRun(directory, "--full")) {
      assertThat(demo.exitCode()).as(demo.said()).isZero();
      assertThat(demo.said())
          .containsSubsequence(
              "ACME server runs",
              "cert-manager runs",
              "an ingress gateway run",
              "served: svc.dev.domain.com shows a TLS client serial",
              "served: svc.prod.domain.com shows a TLS client serial",
              "cert-svc.dev.domain.com is Served",
              "held back: istio-system/cert-old.domain.com is Excluded, KEY_MISMATCH",
              "the target was not written, the gateway not touched",
              "told to renew cert-svc.dev.domain.com",
              "served: svc.dev.domain.com shows a TLS client serial",
              "told to renew cert-svc.prod.domain.com",
              "served: svc.prod.domain.com shows a TLS client serial",
              "What happened",
              "From the first certificate on 0 of",
              "the gateway was restarted 0 times")
          .doesNotContain("PRIVATE KEY");
      demo.assertNothingIsLeft();
    }
  }

  @ParameterizedTest(name = "at: {0}")
  @ValueSource(strings = {"cert-manager runs", "reloader runs beside it", "told to renew"})
  void ctrl_c_leaves_no_process_and_no_file(String moment) throws Exception {
    try (DemoRun demo = new DemoRun(directory, "--full")) {
      demo.awaitSaying(moment);

      demo.ctrlC();

      assertThat(demo.exitCode()).isEqualTo(130);
      assertThat(demo.said())
          .doesNotContain("did not get to its end", "could not end", "Exception");
      demo.assertNothingIsLeft();
    }
  }
}
