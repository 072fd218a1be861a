package net.lecentre.certmerge.reloader.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubPathsTest {
  private static final Path DIRECTORY = Path.of("/etc/certs");

  private static List<String> in(String... mountinfo) {
    return SubPaths.in(List.of(DIRECTORY), List.of(mountinfo));
  }

  @Test
  void a_file_that_is_mounted_by_itself_never_changes() {
    assertThat(
            in(
                "40 30 0:50 /..2026_11_23_20_00_00.1/shop.crt /etc/certs/shop.crt ro - tmpfs tmpfs rw"))
        .singleElement()
        .asString()
        .contains("/etc/certs/shop.crt", "subPath", "mount the whole volume at /etc/certs");
  }

  @Test
  void a_directory_that_is_bound_to_one_version_never_changes() {
    assertThat(in("40 30 0:50 /..2026_11_23_20_00_00.1 /etc/certs ro - tmpfs tmpfs rw"))
        .singleElement()
        .asString()
        .contains("/etc/certs", "subPath");
  }

  @Test
  void a_whole_volume_is_as_it_should_be() {
    assertThat(in("40 30 0:50 / /etc/certs ro - tmpfs tmpfs rw")).isEmpty();
  }

  @Test
  void what_is_mounted_elsewhere_does_not_matter() {
    assertThat(in("40 30 0:50 /..2026/shop.crt /etc/other/shop.crt ro - tmpfs tmpfs rw")).isEmpty();
  }
}
