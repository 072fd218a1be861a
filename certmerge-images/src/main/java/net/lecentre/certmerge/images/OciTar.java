package net.lecentre.certmerge.images;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** The tar of an image in the OCI layout. */
final class OciTar {
  /** By which containerd takes the name of an image that it imports. */
  private static final String CONTAINERD_NAME = "io.containerd.image.name";

  private static final ObjectMapper JSON = new ObjectMapper();

  private OciTar() {}

  /** Says in the index what the image is called; a kubelet looks for it by that name. */
  static void name(Path tar, String name) throws IOException {
    Path named = tar.resolveSibling(tar.getFileName() + ".part");
    try (InputStream file = Files.newInputStream(tar);
        TarArchiveInputStream in = new TarArchiveInputStream(file);
        OutputStream to = Files.newOutputStream(named);
        TarArchiveOutputStream out = new TarArchiveOutputStream(to)) {
      out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] content = in.readAllBytes();
        if (entry.getName().equals("index.json")) {
          ObjectNode index = (ObjectNode) JSON.readTree(content);
          ((ObjectNode) index.at("/manifests/0"))
              .withObject("/annotations")
              .put(CONTAINERD_NAME, name);
          content = JSON.writeValueAsBytes(index);
        }
        entry.setSize(content.length);
        out.putArchiveEntry(entry);
        out.write(content);
        out.closeArchiveEntry();
      }
    }
    Files.move(named, tar, StandardCopyOption.REPLACE_EXISTING);
  }
}
