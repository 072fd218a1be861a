package net.lecentre.certmerge.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import net.lecentre.certmerge.core.format.CombinedPem;
import net.lecentre.certmerge.testbed.HaproxyProcess;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.KeyAlgorithm;
import net.lecentre.certmerge.testbed.KeyEncoding;
import net.lecentre.certmerge.testbed.KubeletMount;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TlsClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The combined PEM, in a real HAProxy that loads the mounted directory. */
class CombinedPemIT {
  private final TestCa ca = TestCa.create();
  private final KubeletMount mount = KubeletMount.create();

  @AfterEach
  void close() {
    mount.close();
  }

  @Test
  void haproxy_serves_each_host_its_own_chain() {
    Map<String, IssuedPair> pairs =
        Map.of(
            "rsa.example.com",
            ca.issue(Request.forHosts("rsa.example.com").algorithm(KeyAlgorithm.RSA_2048)),
            "pkcs1.example.com",
            ca.issue(
                Request.forHosts("pkcs1.example.com")
                    .algorithm(KeyAlgorithm.RSA_3072)
                    .encoding(KeyEncoding.TRADITIONAL)),
            "p256.example.com",
            ca.issue(Request.forHosts("p256.example.com")),
            "sec1.example.com",
            ca.issue(
                Request.forHosts("sec1.example.com")
                    .algorithm(KeyAlgorithm.P_384)
                    .encoding(KeyEncoding.TRADITIONAL)),
            "ed25519.example.com",
            ca.issue(Request.forHosts("ed25519.example.com").algorithm(KeyAlgorithm.ED25519)),
            "chain.example.com",
            ca.intermediate().intermediate().issue("chain.example.com"),
            "rsachain.example.com",
            ca.intermediate()
                .issue(Request.forHosts("rsachain.example.com").algorithm(KeyAlgorithm.RSA_2048)));
    Map<String, byte[]> files = new TreeMap<>();
    pairs.forEach((key, pair) -> files.putAll(CombinedPem.files(key, Core.accept(pair))));
    mount.project(files);

    try (HaproxyProcess haproxy = HaproxyProcess.start(mount.directory())) {
      assertThat(pairs)
          .allSatisfy(
              (host, pair) ->
                  assertThat(TlsClient.handshake(haproxy.listener(), host))
                      .isEqualTo(new TlsClient.Served(pair.chain())));
    }
  }

  /** Without this the test above could pass with a server that loads anything. */
  @Test
  void haproxy_does_not_start_with_a_pair_that_does_not_match() {
    IssuedPair broken = ca.issue(Request.forHosts("a.example.com").withWrongKey());
    mount.project(
        Map.of("a.pem", (broken.keyPem() + broken.crtPem()).getBytes(StandardCharsets.US_ASCII)));

    assertThatThrownBy(() -> HaproxyProcess.start(mount.directory()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("haproxy ended with code 1 while starting", "a.pem");
  }
}
