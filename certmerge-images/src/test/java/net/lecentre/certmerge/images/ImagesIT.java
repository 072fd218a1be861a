package net.lecentre.certmerge.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.lecentre.certmerge.testbed.ChildProcess;
import net.lecentre.certmerge.testbed.ControlPlane;
import net.lecentre.certmerge.testbed.EnvoyConfig;
import net.lecentre.certmerge.testbed.EnvoyProcess;
import net.lecentre.certmerge.testbed.HostPort;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.KeyAlgorithm;
import net.lecentre.certmerge.testbed.Request;
import net.lecentre.certmerge.testbed.TestCa;
import net.lecentre.certmerge.testbed.TestSecrets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The images that this build has made: what they are, and that the programs run in them. */
class ImagesIT {
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final long MB = 1_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** What a run loads differs by some classes from the next one. */
  private static final double MOST = 0.95;

  /**
   * As a container runtime does it: the image's files, its own /proc and /dev, a user of no rights.
   */
  private static final String CONTAINER =
      "mkdir -p \"$0\"/proc \"$0\"/dev \"$0\"/tmp && chmod 1777 \"$0\"/tmp"
          + " && mount --rbind /dev \"$0\"/dev && mount --rbind /proc \"$0\"/proc"
          + " && exec chroot --userspec=65532:65532 \"$0\" /opt/java/bin/\"$@\"";

  @TempDir private static Path directory = Path.of("");
  private static Map<String, Unpacked> images = new HashMap<>();

  @BeforeAll
  static void unpack() throws IOException {
    images = new HashMap<>();
    for (String program : List.of("certmerge-operator", "certmerge-reloader")) {
      images.put(
          program,
          Unpacked.of(
              only(program, ".oci.tar"), Files.createDirectory(directory.resolve(program))));
    }
  }

  private static Unpacked image(String program) {
    Unpacked image = images.get(program);
    assertThat(image).isNotNull();
    return image;
  }

  private static Path only(String program, String extension) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      List<Path> found =
          files
              .filter(file -> file.getFileName().toString().startsWith(program + "-"))
              .filter(file -> file.toString().endsWith(extension))
              .toList();
      assertThat(found).hasSize(1);
      return found.get(0);
    }
  }

  /** Runs it as its image says. */
  private static ChildProcess run(String program, Map<String, String> environment, String... args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "sh",
                "-ec",
                CONTAINER,
                directory.resolve(program).toString()));
    image(program).configuration().at("/config/Entrypoint").forEach(it -> command.add(it.asText()));
    command.addAll(List.of(args));
    return ChildProcess.start(program, command, environment, directory.resolve(program + ".log"));
  }

  @ParameterizedTest
  @CsvSource({"certmerge-operator, 200", "certmerge-reloader, 120"})
  void an_image_is_small(String program, long most) {
    assertThat(image(program).bytes()).isLessThan(most * MB);
  }

  @ParameterizedTest
  @CsvSource({"certmerge-operator, 8080", "certmerge-reloader, 15099"})
  void an_image_runs_its_jar_as_nobody_in_particular(String program, String port) {
    JsonNode configuration = image(program).configuration().get("config");

    assertThat(configuration.get("User").asText()).isEqualTo("65532:65532");
    assertThat(configuration.get("Entrypoint").get(0).asText()).isEqualTo("java");
    assertThat(configuration.at("/ExposedPorts").has(port + "/tcp")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"certmerge-operator", "certmerge-reloader"})
  void an_image_says_what_it_is(String program) {
    assertThat(image(program).configuration().at("/config/Labels").fieldNames())
        .toIterable()
        .contains(
            "org.opencontainers.image.title",
            "org.opencontainers.image.description",
            "org.opencontainers.image.version",
            "org.opencontainers.image.created",
            "org.opencontainers.image.source",
            "org.opencontainers.image.licenses");
  }

  @ParameterizedTest
  @CsvSource({
    "certmerge-operator, operator.yaml",
    "certmerge-reloader, istio/reloader-sidecar.yaml"
  })
  void an_image_is_called_as_deploy_asks_for_it(String program, String manifest)
      throws IOException {
    String name =
        image(program).index().at("/manifests/0/annotations/io.containerd.image.name").asText();

    assertThat(name).startsWith("docker.io/library/" + program + ":");
    assertThat(Files.readString(DEPLOY.resolve(manifest)))
        .contains("image: " + name.replace("docker.io/library/", "") + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"certmerge-operator", "certmerge-reloader"})
  void nothing_in_an_image_can_be_changed_by_its_user(String program) {
    assertThat(image(program).files())
        .isNotEmpty()
        .allSatisfy(
            file -> {
              assertThat(List.of(file.getLongUserId(), file.getLongGroupId()))
                  .as(file.getName())
                  .containsOnly(0L);
              assertThat(file.getMode() & 0022).as(file.getName()).isZero();
              assertThat(file.getMode() & 06000).as(file.getName()).isZero();
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"certmerge-operator", "certmerge-reloader"})
  void an_image_has_no_shell_but_certificates_and_time_zones(String program) {
    assertThat(image(program).files())
        .extracting(TarArchiveEntry::getName)
        .contains("etc/ssl/certs/ca-certificates.crt", "usr/share/zoneinfo/Europe/Paris")
        .doesNotContain("bin/sh", "usr/bin/sh");
  }

  @ParameterizedTest
  @ValueSource(strings = {"certmerge-operator", "certmerge-reloader"})
  void its_bill_of_materials_names_libraries_packages_and_the_runtime(String program)
      throws IOException {
    JsonNode bom = new ObjectMapper().readTree(only(program, ".cdx.json").toFile());

    assertThat(bom.get("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(bom.get("components").findValuesAsText("purl"))
        .anyMatch(purl -> purl.startsWith("pkg:maven/org.bouncycastle/bcpkix-jdk18on@"))
        .anyMatch(purl -> purl.startsWith("pkg:deb/debian/libc6@"))
        .anyMatch(purl -> purl.startsWith("pkg:generic/openjdk@25"));
  }

  @Test
  void another_run_makes_the_same_image_byte_for_byte() throws Exception {
    JsonNode labels = image("certmerge-reloader").configuration().at("/config/Labels");
    String label = "org.opencontainers.image.";
    Path again = Files.createDirectory(directory.resolve("again"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--program=certmerge-reloader",
                "--port=15099",
                "--description=" + labels.get(label + "description").asText(),
                "--image-version=" + labels.get(label + "version").asText(),
                "--home=" + labels.get(label + "url").asText(),
                "--created=" + labels.get(label + "created").asText(),
                "--entrypoint=reloader.json",
                "--classes=reloader.classes",
                "--jars=..",
                "--assembled=target/base",
                "--output=" + again)
            .inheritIO()
            .start();

    assertThat(process.waitFor()).isZero();
    Path first = only("certmerge-reloader", ".oci.tar");
    assertThat(again.resolve(first.getFileName().toString())).hasSameBinaryContentAs(first);
  }

  @Test
  void the_operator_in_its_image_merges_with_the_rights_of_deploy() throws IOException {
    merge(Map.of());
  }

  @Test
  void the_operator_starts_from_the_archive_of_its_classes() throws IOException {
    merge(Loading.told());

    assertThat(Loading.archived("certmerge-operator", directory.resolve("certmerge-operator")))
        .isGreaterThan(MOST);
  }

  private static void merge(Map<String, String> variables) throws IOException {
    ControlPlane cluster = ControlPlane.shared();
    cluster.applyDeploy(DEPLOY);
    Path kubeconfig = directory.resolve("certmerge-operator/kubeconfig");
    Files.copy(
        cluster.kubeconfigFor("cert-merge", "certmerge-operator"),
        kubeconfig,
        StandardCopyOption.REPLACE_EXISTING);
    assertThat(kubeconfig.toFile().setReadable(true, false)).isTrue();
    String namespace = cluster.newNamespace("images");
    IssuedPair pair = TestCa.create().issue("shop.example.com");
    cluster.client().resource(TestSecrets.tls(namespace, "shop", pair, Map.of())).create();
    cluster.apply(
        """
        apiVersion: certmerge.lecentre.net/v1alpha1
        kind: CertMerge
        metadata: {name: merged, namespace: %s}
        spec: {name: merged, secretlist: [{name: shop}]}
        """
            .formatted(namespace));

    Map<String, String> environment = new HashMap<>(variables);
    environment.put("KUBECONFIG", "/kubeconfig");
    try (ChildProcess operator = run("certmerge-operator", environment, "--port=0")) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                Secret merged =
                    cluster.client().secrets().inNamespace(namespace).withName("merged").get();
                assertThat(merged).as("%s", operator.log()).isNotNull();
                assertThat(merged.getData()).containsOnlyKeys("shop.crt", "shop.key");
              });
    }
  }

  @Test
  void the_reloader_in_its_image_proves_what_a_real_envoy_serves() throws IOException {
    Path files = certificates("shop");
    try (EnvoyProcess envoy =
            EnvoyProcess.start(
                EnvoyConfig.of(
                    EnvoyConfig.Source.STATIC,
                    EnvoyConfig.Host.in(files, "shop.example.com", "shop")));
        ChildProcess reloader =
            run(
                "certmerge-reloader",
                Map.of(),
                "--once",
                "--watch=/" + files.getFileName(),
                "--envoy-admin=" + envoy.adminUri(),
                "--probe=" + envoy.listener(),
                "--strategy=verify")) {
      int code = reloader.onExit().join();

      assertThat(code).as("%s", reloader.log()).isZero();
      assertThat(reloader.log()).contains("\"state\":\"Served\"");
    }
  }

  @Test
  void the_reloader_starts_from_the_archive_of_its_classes() throws IOException {
    Path files = certificates("books", "music");
    HostPort port = HostPort.free();
    try (EnvoyProcess envoy =
            EnvoyProcess.start(
                EnvoyConfig.of(
                    EnvoyConfig.Source.STATIC,
                    EnvoyConfig.Host.in(files, "books.example.com", "books"),
                    EnvoyConfig.Host.in(files, "music.example.com", "music")));
        ChildProcess reloader =
            run(
                "certmerge-reloader",
                Loading.told(),
                "--watch=/" + files.getFileName(),
                "--envoy-admin=" + envoy.adminUri(),
                "--probe=" + envoy.listener(),
                "--strategy=verify",
                "--poll=1s",
                "--port=" + port.port())) {
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(IOException.class)
          .untilAsserted(
              () ->
                  assertThat(get(port, "/metrics"))
                      .as("%s", reloader.log())
                      .contains("certmerge_reloader_served{key=\"books\"} 1.0")
                      .contains("certmerge_reloader_served{key=\"music\"} 1.0"));
      assertThat(get(port, "/status")).contains("\"state\":\"Served\"");
    }

    assertThat(Loading.archived("certmerge-reloader", directory.resolve("certmerge-reloader")))
        .isGreaterThan(MOST);
  }

  private static String get(HostPort port, String path) throws IOException {
    try (InputStream answer = URI.create("http://" + port + path).toURL().openStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** RSA and P-256 in turn, in a directory of the reloader's image. */
  private static Path certificates(String... keys) throws IOException {
    Path files = Files.createTempDirectory(directory.resolve("certmerge-reloader"), "certs");
    assertThat(files.toFile().setExecutable(true, false)).isTrue();
    assertThat(files.toFile().setReadable(true, false)).isTrue();
    TestCa ca = TestCa.create();
    for (int i = 0; i < keys.length; i++) {
      KeyAlgorithm algorithm = i % 2 == 0 ? KeyAlgorithm.RSA_2048 : KeyAlgorithm.P_256;
      IssuedPair pair = ca.issue(Request.forHosts(keys[i] + ".example.com").algorithm(algorithm));
      Files.writeString(files.resolve(keys[i] + ".crt"), pair.crtPem());
      Files.writeString(files.resolve(keys[i] + ".key"), pair.keyPem());
    }
    return files;
  }
}
