package net.lecentre.certmerge.reloader.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {
  @TempDir private Path directory;

  @Test
  void the_directory_is_made_for_this_user_alone() throws IOException {
    Path notes = directory.resolve("notes");

    Memory.prepare(notes);

    assertThat(Files.getPosixFilePermissions(notes))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    assertThat(notes).isEmptyDirectory();
  }

  @Test
  void a_directory_of_another_user_is_refused() throws IOException {
    assumeTrue(Files.getOwner(directory).getName().equals("root"), "only root can give it away");
    Files.setAttribute(directory, "unix:uid", 65534);

    assertThatThrownBy(() -> Memory.prepare(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("belongs to another user");
  }

  @Test
  void a_note_that_cannot_be_read_is_told_and_not_taken_for_none() throws IOException {
    Files.writeString(directory.resolve("restart.json"), "{\"phase\":\"held\"}");

    assertThatThrownBy(() -> new Memory(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no note of a reloader");
  }
}
