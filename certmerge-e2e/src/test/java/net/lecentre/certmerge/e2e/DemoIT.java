package net.lecentre.certmerge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ./demo} tells, and that it leaves nothing behind. */
class DemoIT {
  @TempDir private Path directory = Path.of("");

  @Test
  void it_tells_the_whole_road_and_ends_by_itself() throws Exception {
    try (DemoRun demo = new DemoRun(directory)) {
      assertThat(demo.exitCode()).as(demo.said()).isZero();
      assertThat(demo.said())
          .containsSubsequence(
              "merged: 3 of 4 sources are in Secret istio-system/istio-ingressgateway-certs",
              "held back: istio-system/cert-old.example.com is Excluded, KEY_MISMATCH",
              "served: svc.dev.example.com shows a TLS client serial",
              "renewed: Secret istio-system/cert-svc.dev.example.com",
              "served again: svc.dev.example.com",
              "kept: istio-system/cert-svc.prod.example.com is Kept, KEY_MISMATCH",
              "Envoy was not touched",
              "served again: svc.prod.example.com",
              "What happened")
          .doesNotContain("PRIVATE KEY");
      demo.assertNothingIsLeft();
    }
  }

  @ParameterizedTest(name = "at: {0}")
  @ValueSource(strings = {"many TLS Secrets", "control plane runs", "Envoy listens on"})
  void ctrl_c_leaves_no_process_and_no_file(String moment) throws Exception {
    try (DemoRun demo = new DemoRun(directory)) {
      demo.awaitSaying(moment);

      demo.ctrlC();

      assertThat(demo.exitCode()).isEqualTo(130);
      assertThat(demo.said())
          .doesNotContain("did not get to its end", "could not end", "Exception");
      demo.assertNothingIsLeft();
    }
  }

  @Test
  void kept_running_it_says_how_to_use_it_and_goes_on() throws Exception {
    try (DemoRun demo = new DemoRun(directory, "--keep")) {
      demo.awaitSaying("kubectl get cmerge -A");
      demo.awaitSaying("openssl s_client -connect");

      assertThat(demo.isAlive()).isTrue();
      demo.terminate();
      demo.exitCode();
      demo.assertNothingIsLeft();
    }
  }

  @Test
  void a_wrong_option_is_refused_with_its_name() throws Exception {
    try (DemoRun demo = new DemoRun(directory, "--kepp")) {
      assertThat(demo.exitCode()).isEqualTo(2);
      assertThat(demo.said()).contains("--kepp");
    }
  }
}
