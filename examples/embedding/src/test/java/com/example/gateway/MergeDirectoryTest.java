package com.example.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeDirectoryTest {
  private static final Path SOURCES = Path.of("sources");
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  @TempDir private Path target;

  private String merge(Path sources) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MergeDirectory.merge(sources, target, NOW, new PrintStream(out, true, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void copy(String from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String name : new String[] {"tls.crt", "tls.key"}) {
      Files.copy(SOURCES.resolve(from).resolve(name), to.resolve(name));
    }
  }

  @Test
  void it_prints_what_the_readme_says() throws IOException {
    assertThat(Files.readString(Path.of("README.md"))).contains("```\n" + merge(SOURCES) + "```");
  }

  @Test
  void the_good_pairs_are_there_and_the_broken_one_is_not() throws IOException {
    merge(SOURCES);
    assertThat(target.toFile().list())
        .containsExactlyInAnyOrder("app.crt", "app.key", "shop.crt", "shop.key");
    assertThat(target.resolve("app.key")).hasSameBinaryContentAs(SOURCES.resolve("app/tls.key"));
  }

  @Test
  void a_pair_that_breaks_stays_as_it_was(@TempDir Path sources) throws IOException {
    copy("shop", sources.resolve("shop"));
    merge(sources);
    Files.writeString(sources.resolve("shop/tls.key"), "");
    assertThat(merge(sources)).contains("shop: KEPT, UNCHANGED", "ERROR KEY_EMPTY");
    assertThat(target.resolve("shop.key")).hasSameBinaryContentAs(SOURCES.resolve("shop/tls.key"));
  }

  @Test
  void what_is_gone_goes(@TempDir Path sources) throws IOException {
    copy("shop", sources.resolve("shop"));
    merge(sources);
    Files.move(sources.resolve("shop"), sources.resolve("app"));
    assertThat(merge(sources)).contains("shop: removed");
    assertThat(target.toFile().list()).containsExactlyInAnyOrder("app.crt", "app.key");
  }
}
