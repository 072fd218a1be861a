package net.lecentre.certmerge.faults.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.lecentre.certmerge.faults.Shop;
import net.lecentre.certmerge.faults.Stage;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.junit.jupiter.api.Test;

/** Sources that somebody made to do harm, beside good ones. */
class HostileIT {
  private static final Path CORPUS =
      Path.of(
          "..", "certmerge-core/src/test/resources/net/lecentre/certmerge/core/fuzz".split("/"));
  private static final String NASTY =
      "evil\r\n{\"level\":\"ERROR\",\"message\":\"forged\"}\u001b[31m\u202e";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Stage stage = Stage.shared();
  private final KubernetesClient client = stage.controlPlane().client();

  private void put(Shop shop, String name, byte[] crt, byte[] key) {
    Secret secret = TestSecrets.tls(shop.namespace(), name, "", "", Map.of("certmerge", "true"));
    Map<String, String> data = new HashMap<>();
    data.put("tls.crt", Base64.getEncoder().encodeToString(crt));
    data.put("tls.key", Base64.getEncoder().encodeToString(key));
    secret.setData(data);
    Secret ignored = client.resource(secret).create();
  }

  private static byte[] pem(String label, byte[] der) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der))
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** A few bytes of it are others. */
  private static byte[] damaged(byte[] file, Random random) {
    byte[] copy = file.clone();
    for (int i = 0; i < 3 && copy.length > 0; i++) {
      copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
    }
    return copy;
  }

  private static List<Path> corpus() throws IOException {
    try (Stream<Path> files = Files.walk(CORPUS)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void what_the_fuzzer_found_and_damaged_copies_of_it_leave_the_good_ones_merged()
      throws IOException {
    Random random = new Random(Stage.seed());
    IssuedPair good = TestCa.create().issue("good.example.com");
    List<Path> corpus = corpus();
    assertThat(corpus).hasSizeGreaterThan(50);
    try (Shop shop = Shop.open(stage.controlPlane(), 2)) {
      int number = 0;
      for (Path file : corpus) {
        byte[] bytes = Files.readAllBytes(file);
        for (byte[] one : new byte[][] {bytes, damaged(bytes, random)}) {
          boolean key = file.toString().contains("KeyDer");
          byte[] pem =
              file.toString().contains("Der") ? pem(key ? "PRIVATE KEY" : "CERTIFICATE", one) : one;
          put(
              shop,
              "hostile-" + number++,
              key ? good.crtBytes() : pem,
              key ? pem : good.keyBytes());
        }
      }
      shop.renew("source-0");

      Shop.eventually(
          () -> {
            assertThat(shop.ready()).isEqualTo("Merged");
            assertThat(shop.holds("source-0")).isTrue();
            assertThat(shop.holds("source-1")).isTrue();
          });
      // Whatever of it was taken in is a pair that belongs together; most of it is excluded.
      assertThat(shop.target().getData().size()).isLessThan(number);
    }
  }

  @Test
  void names_in_a_certificate_forge_no_log_record_and_colour_no_terminal() throws IOException {
    IssuedPair nasty =
        TestCa.create().issue(Request.forCommonName(NASTY).organization(NASTY).withWrongKey());
    IssuedPair good = TestCa.create().issue(Request.forCommonName(NASTY).organization(NASTY));
    try (Shop shop = Shop.open(stage.controlPlane(), 1)) {
      put(shop, "nasty", nasty.crtBytes(), nasty.keyBytes());
      put(shop, "nice", good.crtBytes(), good.keyBytes());
      put(
          shop,
          "garbled",
          ("-----BEGIN " + NASTY + "-----\n" + NASTY).getBytes(StandardCharsets.UTF_8),
          good.keyBytes());
      Shop.eventually(() -> assertThat(status(shop)).contains("nasty", "garbled"));

      assertThat(stage.operator().log().lines())
          .isNotEmpty()
          .allSatisfy(line -> assertThat(JSON.readTree(line).isObject()).isTrue())
          .noneMatch(line -> line.contains("\"message\":\"forged\""))
          .noneMatch(HostileIT::hasControlCharacters);
      assertThat(texts(JSON.readTree(status(shop))))
          .isNotEmpty()
          .noneMatch(HostileIT::hasControlCharacters);
    }
  }

  private String status(Shop shop) {
    GenericKubernetesResource certMerge =
        client
            .genericKubernetesResources("certmerge.lecentre.net/v1alpha1", "CertMerge")
            .inNamespace(shop.namespace())
            .withName("all")
            .get();
    Object status = certMerge.get("status");
    return status == null ? "" : Serialization.asJson(status);
  }

  /** Every text in it, as it is read and shown. */
  private static List<String> texts(JsonNode node) {
    return node.isTextual()
        ? List.of(node.asText())
        : StreamSupport.stream(node.spliterator(), false)
            .flatMap(it -> texts(it).stream())
            .toList();
  }

  private static boolean hasControlCharacters(String text) {
    return text.chars()
        .anyMatch(it -> Character.isISOControl(it) || Character.getType(it) == Character.FORMAT);
  }
}
