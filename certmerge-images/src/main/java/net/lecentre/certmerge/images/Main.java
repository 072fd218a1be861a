package net.lecentre.certmerge.images;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.CredentialRetriever;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Port;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the image of one program: a tar in the OCI layout, or one in a registry. */
@Command(name = "image", mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
  /** Not root, and nobody whom Debian knows. */
  private static final String USER = "65532:65532";

  @Option(names = "--program", required = true)
  private String program = "";

  @Option(names = "--port", required = true)
  private int port;

  @Option(names = "--description", required = true)
  private String description = "";

  @Option(names = "--image-version", required = true)
  private String version = "";

  @Option(names = "--home", required = true)
  private String home = "";

  @Option(names = "--created", required = true)
  private Instant created = Instant.EPOCH;

  @Option(
      names = "--entrypoint",
      required = true,
      description = "A JSON array: how the JVM is started, with what a small program needs of it.")
  private Path entrypoint = Path.of("");

  @Option(names = "--classes", required = true, description = "What the archive is made of.")
  private Path classes = Path.of("");

  @Option(names = "--jars", required = true, description = "The top directory of the build.")
  private Path jars = Path.of("");

  @Option(names = "--assembled", required = true, description = "What the script base made.")
  private Path assembled = Path.of("");

  @Option(names = "--output", required = true)
  private Path output = Path.of("");

  @Option(names = "--base", description = "An image with Java 25 to build on, instead of our own.")
  private String base = "";

  @Option(names = "--push", description = "The registry and path to push to.")
  private String push = "";

  @Option(names = "--insecure", arity = "1", description = "The registry may be one without TLS.")
  private boolean insecure;

  private Main() {}

  /** Runs with the arguments of the POM. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Main())
            .registerConverter(Instant.class, Instant::parse)
            .execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path target = jars.resolve(program).resolve("target");
    List<String> command =
        List.of(new ObjectMapper().readValue(entrypoint.toFile(), String[].class));
    JibContainerBuilder image = base.isBlank() ? ours() : Jib.from(registry(base));
    image
        .addFileEntriesLayer(layer("program", program(command, target), "/"))
        .setFormat(ImageFormat.OCI)
        .setCreationTime(created)
        .setUser(USER)
        .setWorkingDirectory(AbsoluteUnixPath.get("/"))
        .setEntrypoint(command)
        .setExposedPorts(Port.tcp(port))
        .setLabels(labels());

    Files.createDirectories(output);
    String name = program + "-" + version + "-" + architecture();
    Path bom = output.resolve(name + ".cdx.json");
    Sbom.write(target.resolve("bom.json"), base.isBlank() ? assembled : null, bom);
    Path tar = output.resolve(name + ".oci.tar");
    JibContainer made =
        image.containerize(
            push.isBlank()
                ? settings(Containerizer.to(TarImage.at(tar).named(reference())))
                    .setOfflineMode(base.isBlank())
                : settings(Containerizer.to(registry(push + "/" + program + ":" + version))));
    if (push.isBlank()) {
      OciTar.name(tar, "docker.io/library/" + reference());
    }
    System.out.println(
        (push.isBlank() ? tar : push + "/" + program + ":" + version)
            + " "
            + made.getDigest()
            + ", SBOM "
            + bom);
    return 0;
  }

  /** The one of this machine, whose JDK and packages they are. */
  private static String architecture() {
    String architecture = System.getProperty("os.arch");
    return architecture.equals("aarch64") ? "arm64" : architecture;
  }

  private String reference() {
    return program + ":" + version;
  }

  /** The jar and, for our own Java runtime, the archive of its classes. */
  private Path program(List<String> command, Path target) throws Exception {
    Path directory = Files.createDirectories(output.resolve(program));
    Path jar = directory.resolve("certmerge.jar");
    Files.copy(target.resolve(program + ".jar"), jar, StandardCopyOption.REPLACE_EXISTING);
    // The archive is for a jar of this time.
    Files.setLastModifiedTime(jar, FileTime.from(created));
    Path archive = directory.resolve("certmerge.jsa");
    Files.deleteIfExists(archive);
    if (base.isBlank()) {
      List<String> make =
          new ArrayList<>(
              List.of(
                  classes.toAbsolutePath().resolveSibling("archive").toString(),
                  runtime().resolve("bin/java").toAbsolutePath().toString(),
                  classes.toAbsolutePath().toString(),
                  jar.getFileName().toString(),
                  archive.toAbsolutePath().toString()));
      make.addAll(command.subList(1, command.indexOf("-jar")));
      // As the image starts it in its top directory, wherever this one is.
      Process process = new ProcessBuilder(make).directory(directory.toFile()).inheritIO().start();
      if (process.waitFor() != 0) {
        throw new IOException("there is no archive of classes");
      }
    }
    return directory;
  }

  private Path runtime() {
    return assembled.resolve("runtime-" + program.replace("certmerge-", ""));
  }

  private JibContainerBuilder ours() throws IOException {
    return Jib.fromScratch()
        .addPlatform(architecture(), "linux")
        .addFileEntriesLayer(layer("userland", assembled.resolve("root"), "/"))
        .addFileEntriesLayer(layer("runtime", runtime(), "/opt/java"))
        .setEnvironment(
            sorted(
                "PATH", "/opt/java/bin:/usr/bin:/bin",
                "JAVA_HOME", "/opt/java",
                "LANG", "C.UTF-8",
                // The JVM's threads allocate little, and each arena keeps what was freed in it.
                "MALLOC_ARENA_MAX", "1",
                "SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"));
  }

  /** Whoever built it, and under whatever umask: the modes are these, and the owner is root. */
  private FileEntriesLayer layer(String name, Path directory, String at) throws IOException {
    FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        layer.addEntryRecursive(
            file,
            AbsoluteUnixPath.get(at).resolve(file.getFileName().toString()),
            (each, inImage) ->
                FilePermissions.fromOctalString(
                    Files.isDirectory(each) || Files.isExecutable(each) ? "755" : "644"),
            (each, inImage) -> created,
            (each, inImage) -> "0:0");
      }
    }
    return layer.build();
  }

  private Map<String, String> labels() {
    return sorted(
        "org.opencontainers.image.title", program,
        "org.opencontainers.image.description", description,
        "org.opencontainers.image.version", version,
        "org.opencontainers.image.created", created.toString(),
        "org.opencontainers.image.url", home,
        "org.opencontainers.image.source", home,
        "org.opencontainers.image.documentation", home + "/tree/main/docs",
        "org.opencontainers.image.licenses", "Apache-2.0");
  }

  /** {@code Map.of} has another order in every process, and the image would be another one. */
  private static SortedMap<String, String> sorted(String... keysAndValues) {
    SortedMap<String, String> sorted = new TreeMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      sorted.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return sorted;
  }

  private Containerizer settings(Containerizer to) {
    Path cache = output.resolve("jib-cache");
    return to.setBaseImageLayersCache(cache)
        .setApplicationLayersCache(cache)
        .setAllowInsecureRegistries(insecure)
        .setToolName("certmerge-images");
  }

  private static RegistryImage registry(String name) throws InvalidImageReferenceException {
    ImageReference reference = ImageReference.parse(name);
    RegistryImage image = RegistryImage.named(reference);
    CredentialRetrieverFactory credentials =
        CredentialRetrieverFactory.forImage(reference, event -> {});
    for (CredentialRetriever retriever :
        List.of(credentials.dockerConfig(), credentials.wellKnownCredentialHelpers())) {
      image.addCredentialRetriever(retriever);
    }
    return image;
  }
}
