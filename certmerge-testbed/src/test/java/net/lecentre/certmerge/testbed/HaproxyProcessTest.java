package net.lecentre.certmerge.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HaproxyProcessTest {
  @TempDir private Path directory;

  @Test
  void the_executable_that_is_named_is_taken() throws IOException {
    Path mine = executable("mine");
    assertThat(HaproxyProcess.find(Map.of("HAPROXY_BIN", mine.toString()))).isEqualTo(mine);
  }

  @Test
  void without_a_name_it_is_looked_for_on_the_path() throws IOException {
    Path haproxy = executable("haproxy");
    assertThat(HaproxyProcess.find(Map.of("PATH", "/nowhere:" + directory))).isEqualTo(haproxy);
  }

  @Test
  void a_missing_one_is_told_with_what_to_install() {
    Map<String, String> environment = Map.of("HAPROXY_BIN", directory.resolve("absent").toString());
    assertThatThrownBy(() -> HaproxyProcess.find(environment))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("install the Debian package haproxy", "HAPROXY_BIN");
  }

  private Path executable(String name) throws IOException {
    Path file = Files.createFile(directory.resolve(name));
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
