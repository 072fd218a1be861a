package net.lecentre.certmerge.operator.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MistypedTest {
  private static final List<String> OPTIONS = List.of("--at", "--format", "--help");

  @ParameterizedTest
  @ValueSource(strings = {"--fromat", "--Format", "--formats", "-format"})
  void the_word_that_is_nearest_was_meant(String typed) {
    assertThat(Mistyped.meant(typed, OPTIONS)).hasValue("--format");
  }

  @Test
  void a_word_that_is_like_none_was_none_of_them() {
    assertThat(Mistyped.meant("--directory", OPTIONS)).isEmpty();
  }
}
