package net.lecentre.certmerge.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * An image as a container runtime reads it.
 *
 * @param index the index of the OCI layout
 * @param configuration the image's configuration
 * @param files what its layers hold, in their order
 */
record Unpacked(JsonNode index, JsonNode configuration, List<TarArchiveEntry> files) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads a tar in the OCI layout and puts its files below a directory. */
  static Unpacked of(Path tar, Path root) throws IOException {
    Map<String, byte[]> blobs = new HashMap<>();
    try (InputStream file = Files.newInputStream(tar);
        TarArchiveInputStream in = new TarArchiveInputStream(file)) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        blobs.put(entry.getName(), in.readAllBytes());
      }
    }
    JsonNode index = JSON.readTree(blobs.get("index.json"));
    JsonNode manifest = JSON.readTree(blob(blobs, index.at("/manifests/0")));
    List<TarArchiveEntry> files = new ArrayList<>();
    for (JsonNode layer : manifest.get("layers")) {
      try (TarArchiveInputStream in =
          new TarArchiveInputStream(
              new GZIPInputStream(new ByteArrayInputStream(blob(blobs, layer))))) {
        for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
          files.add(entry);
          write(entry, in, root.resolve(entry.getName()));
        }
      }
    }
    return new Unpacked(index, JSON.readTree(blob(blobs, manifest.get("config"))), files);
  }

  private static byte[] blob(Map<String, byte[]> blobs, JsonNode descriptor) {
    byte[] blob = blobs.get("blobs/" + descriptor.get("digest").asText().replace(':', '/'));
    if (blob == null) {
      throw new IllegalStateException("no blob " + descriptor);
    }
    return blob;
  }

  private static void write(TarArchiveEntry entry, InputStream content, Path file)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(file);
    } else {
      Files.createDirectories(file.resolveSibling(""));
      Files.copy(content, file);
      if (!file.toFile().setExecutable((entry.getMode() & 0100) != 0, false)) {
        throw new IOException("cannot set the mode of " + file);
      }
      Files.setLastModifiedTime(file, entry.getLastModifiedTime());
    }
  }

  /** All its files together, uncompressed. */
  long bytes() {
    return files.stream().mapToLong(TarArchiveEntry::getSize).sum();
  }
}
