package net.lecentre.certmerge.reloader.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lecentre.certmerge.reloader.decide.Answer.NoProof;
import net.lecentre.certmerge.reloader.decide.Answer.Presented;
import net.lecentre.certmerge.reloader.decide.Answer.Shown;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyConfig.Host;
import net.lecentre.certmerge.testbed.EnvoyConfig.Source;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.KeyAlgorithm;
import net.lecentre.certmerge.testbed.Parts;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ProberIT {
  @TempDir private Path directory;

  private IssuedPair write(String host) throws IOException {
    return write("a", TestCa.create().intermediate().issue(host));
  }

  private IssuedPair write(String name, IssuedPair pair) throws IOException {
    Files.write(directory.resolve(name + ".crt"), pair.crtBytes());
    Files.write(directory.resolve(name + ".key"), pair.keyBytes());
    return pair;
  }

  private EnvoyProcess serving(String host) {
    return EnvoyProcess.start(EnvoyConfig.of(Source.STATIC, Host.in(directory, host, "a")));
  }

  private static Shown ask(HostPort listener, String host) {
    return ask(listener, host, KeyKind.EC);
  }

  private static Shown ask(HostPort listener, String host, KeyKind kind) {
    Endpoint endpoint = new Endpoint(listener.host(), listener.port());
    return new Prober(List.of(endpoint), Duration.ofSeconds(5))
        .round()
        .ask(endpoint, host, kind, null)
        .shown();
  }

  private static void assertPresented(Shown shown, IssuedPair pair) {
    assertThat(shown)
        .isInstanceOfSatisfying(
            Presented.class,
            presented -> {
              assertThat(presented.chain().leaf().serialHex())
                  .isEqualTo(pair.serial().toString(16));
              assertThat(presented.chain().sha256()).hasSize(2);
            });
  }

  @Test
  void the_whole_chain_is_captured() throws IOException {
    IssuedPair pair = write("shop.example.com");
    try (EnvoyProcess envoy = serving("shop.example.com")) {
      assertPresented(ask(envoy.listener(), "shop.example.com"), pair);
    }
  }

  @Test
  void of_a_wildcard_some_name_under_it_is_asked_for() throws IOException {
    IssuedPair pair = write("*.example.com");
    try (EnvoyProcess envoy = serving("*.example.com")) {
      assertPresented(ask(envoy.listener(), "*.example.com"), pair);
    }
  }

  @Test
  void a_host_that_the_gateway_does_not_know_proves_nothing() throws IOException {
    write("shop.example.com");
    try (EnvoyProcess envoy = serving("shop.example.com")) {
      assertThat(ask(envoy.listener(), "other.example.com")).isInstanceOf(NoProof.class);
    }
  }

  @Test
  void a_listener_that_is_not_there_proves_nothing_and_does_not_hide_the_others()
      throws IOException {
    IssuedPair pair = write("shop.example.com");
    try (EnvoyProcess envoy = serving("shop.example.com")) {
      Endpoint absent = new Endpoint("127.0.0.1", 1);
      Endpoint present = new Endpoint(envoy.listener().host(), envoy.listener().port());
      Prober.Round round = new Prober(List.of(absent, present), Duration.ofSeconds(5)).round();

      assertThat(round.ask(absent, "shop.example.com", KeyKind.EC, null).shown())
          .isInstanceOf(NoProof.class);
      assertPresented(round.ask(present, "shop.example.com", KeyKind.EC, null).shown(), pair);
    }
  }

  @Test
  void of_an_rsa_and_an_ec_certificate_for_one_host_each_is_presented_to_who_asks_for_its_kind()
      throws Exception {
    TestCa ca = TestCa.create().intermediate();
    IssuedPair ec = write("ec", ca.issue("shop.example.com"));
    IssuedPair rsa =
        write(
            "rsa", ca.issue(Request.forHosts("shop.example.com").algorithm(KeyAlgorithm.RSA_2048)));
    HostPort listener = HostPort.free();
    try (RawEnvoy envoy = new RawEnvoy(configured(listener, "", "ec", "rsa"))) {
      envoy.await(() -> ask(listener, "shop.example.com") instanceof Presented);

      assertPresented(ask(listener, "shop.example.com", KeyKind.EC), ec);
      assertPresented(ask(listener, "shop.example.com", KeyKind.RSA), rsa);
    }
  }

  @Test
  void a_kind_that_the_server_does_not_have_shows_the_one_that_it_has() throws IOException {
    IssuedPair pair = write("shop.example.com");
    try (EnvoyProcess envoy = serving("shop.example.com")) {
      assertPresented(ask(envoy.listener(), "shop.example.com", KeyKind.RSA), pair);
    }
  }

  @Test
  void a_certificate_that_the_jdk_cannot_read_is_captured_all_the_same() throws Exception {
    IssuedPair pair = TestCa.create().issue("shop.example.com");
    X509Certificate good = parsed(pair.crtBytes());
    byte[] odd = withAnExtensionTwice(good.getEncoded());
    assertThatThrownBy(() -> parsed(odd)).isInstanceOf(CertificateException.class);
    Files.write(directory.resolve("a.crt"), pem(odd));
    Files.write(directory.resolve("a.key"), pair.keyBytes());
    try (EnvoyProcess envoy = serving("shop.example.com")) {
      assertThat(ask(envoy.listener(), "shop.example.com"))
          .isInstanceOfSatisfying(
              Presented.class,
              presented -> {
                assertThat(presented.chain().sha256()).containsExactly(sha256(odd));
                assertThat(presented.chain().leaf().serialHex())
                    .isEqualTo(pair.serial().toString(16));
                assertThat(presented.chain().leaf().dnsNames()).containsExactly("shop.example.com");
                assertThat(presented.chain().leaf().notAfter())
                    .isEqualTo(good.getNotAfter().toInstant());
              });
    }
  }

  private static X509Certificate parsed(byte[] certificate) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(certificate));
  }

  /** The signature no longer fits, for which a server does not look at its own certificate. */
  private static byte[] withAnExtensionTwice(byte[] der) throws IOException {
    ASN1Sequence certificate = ASN1Sequence.getInstance(der);
    ASN1Sequence body = ASN1Sequence.getInstance(certificate.getObjectAt(0));
    ASN1EncodableVector elements = new ASN1EncodableVector();
    for (ASN1Encodable element : body) {
      if (element instanceof ASN1TaggedObject tagged && tagged.getTagNo() == 3) {
        ASN1EncodableVector extensions = new ASN1EncodableVector();
        for (ASN1Encodable extension : ASN1Sequence.getInstance(tagged, true)) {
          extensions.add(extension);
        }
        extensions.add(extensions.get(0));
        elements.add(new DERTaggedObject(true, 3, new DERSequence(extensions)));
      } else {
        elements.add(element);
      }
    }
    return new DERSequence(
            new ASN1Encodable[] {
              new DERSequence(elements), certificate.getObjectAt(1), certificate.getObjectAt(2)
            })
        .getEncoded();
  }

  private static byte[] pem(byte[] der) {
    return ("-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END CERTIFICATE-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String sha256(byte[] der) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1_2", "TLSv1_3"})
  void a_listener_that_demands_a_client_certificate_presents_its_own_all_the_same(String version)
      throws Exception {
    IssuedPair pair = write("shop.example.com");
    HostPort listener = HostPort.free();
    String demands =
        "require_client_certificate: true, common_tls_context: {tls_params:"
            + " {tls_minimum_protocol_version: %s, tls_maximum_protocol_version: %s},"
                .formatted(version, version)
            + " validation_context: {trusted_ca: {filename: \"%s/a.crt\"}},".formatted(directory);
    try (RawEnvoy envoy = new RawEnvoy(configured(listener, demands, "a"))) {
      envoy.await(() -> ask(listener, "shop.example.com") instanceof Presented);

      assertPresented(ask(listener, "shop.example.com"), pair);
    }
  }

  /** An Envoy with a configuration that the testbed does not write. */
  private final class RawEnvoy implements AutoCloseable {
    private final Process process;

    RawEnvoy(String configuration) throws IOException {
      process =
          new ProcessBuilder(
                  Parts.find().envoy().toString(),
                  "--use-dynamic-base-id",
                  "--disable-hot-restart",
                  "--config-yaml",
                  configuration)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("envoy.log").toFile())
              .start();
    }

    void await(Callable<Boolean> condition) {
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition);
    }

    @Override
    public void close() {
      process.destroy();
      process.onExit().join();
    }
  }

  private String configured(HostPort listener, String demands, String... names) {
    String certificates =
        Stream.of(names)
            .map(
                name ->
                    "{certificate_chain: {filename: \"%s/%s.crt\"}, private_key: {filename: \"%s/%s.key\"}}"
                        .formatted(directory, name, directory, name))
            .collect(Collectors.joining(", "));
    String context = demands.isEmpty() ? "common_tls_context: {" : demands;
    return """
        static_resources:
          listeners:
          - address: {socket_address: {address: %s, port_value: %d}}
            filter_chains:
            - transport_socket:
                name: tls
                typed_config: {"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, %s tls_certificates: [%s]}}
              filters:
              - name: echo
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo
        """
        .formatted(listener.host(), listener.port(), context, certificates);
  }
}
