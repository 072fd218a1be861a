package net.lecentre.certmerge.testbed;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A container image of a program of this machine, with the libraries that it needs and nothing
 * else.
 *
 * @param name what it is called, with registry and tag
 * @param program the program, which starts at {@code /program}
 * @param arguments what it gets when a pod does not say otherwise
 */
public record NodeImage(String name, Path program, List<String> arguments) {

  /** Copies the arguments. */
  public NodeImage {
    arguments = List.copyOf(arguments);
  }

  /** The pinned Envoy, called as {@code deploy/envoy} asks for it. */
  public static NodeImage envoy() {
    return new NodeImage(
        "docker.io/envoyproxy/envoy:distroless-v" + Parts.pinned().getProperty("ENVOY_VERSION"),
        Parts.find().envoy(),
        List.of());
  }

  /** Makes it, as {@code docker save} does. */
  Path tar(Path directory) {
    try {
      Path made = Files.createTempDirectory(directory, "image");
      run(
          List.of(
              "sh",
              "-euc",
              """
              mkdir -p "$1/root/tmp"
              cp -L "$2" "$1/root/program"
              ldd "$2" | grep -o '/[^ ]*' | xargs cp -L --parents --target-directory="$1/root"
              tar --create --directory="$1/root" --owner=0 --group=0 --file="$1/layer.tar" .
              """,
              "image",
              made.toString(),
              program.toRealPath().toString()));
      JsonMapper json = JsonMapper.builder().build();
      json.writeValue(
          made.resolve("config.json").toFile(),
          Map.of(
              "architecture",
              System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64",
              "os",
              "linux",
              "config",
              Map.of("Entrypoint", List.of("/program"), "Cmd", arguments),
              "rootfs",
              Map.of(
                  "type", "layers", "diff_ids", List.of("sha256:" + sha256(made, "layer.tar")))));
      json.writeValue(
          made.resolve("manifest.json").toFile(),
          List.of(
              Map.of(
                  "Config",
                  "config.json",
                  "RepoTags",
                  List.of(name),
                  "Layers",
                  List.of("layer.tar"))));
      run(
          List.of(
              "tar",
              "--create",
              "--directory=" + made,
              "--file=" + made.resolve("image.tar"),
              "config.json",
              "manifest.json",
              "layer.tar"));
      return made.resolve("image.tar");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the image " + name, e);
    }
  }

  private static String sha256(Path directory, String file) throws IOException {
    try (InputStream in = Files.newInputStream(directory.resolve(file));
        DigestOutputStream digest =
            new DigestOutputStream(
                OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(digest);
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no SHA-256", e);
    }
  }

  /**
   * Runs a program to its end.
   *
   * @throws IllegalStateException if it fails; with what it said
   */
  static void run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException(
            command.get(0) + " ended with code " + code + ": " + said.strip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command.get(0), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + command.get(0) + " ran", e);
    }
  }
}
