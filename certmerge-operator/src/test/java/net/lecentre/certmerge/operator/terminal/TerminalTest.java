package net.lecentre.certmerge.operator.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @CsvSource({"/dev/pts/3,true", "/dev/tty1,true", "pipe:[123],false", "/tmp/log,false"})
  void a_descriptor_that_leads_to_a_terminal_is_watched(String device, boolean watched)
      throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("2"), Path.of(device));

    assertThat(Terminal.isTerminal(link)).isEqualTo(watched);
  }

  @Test
  void where_descriptors_cannot_be_looked_up_nobody_watches() {
    assertThat(Terminal.isTerminal(directory.resolve("absent"))).isFalse();
  }
}
