package net.lecentre.certmerge.operator.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Has texts that many CertMerges say alike in memory once. */
final class Once {
  private Once() {}

  static @Nullable String text(@Nullable String text) {
    return text == null ? null : text.intern();
  }

  static @Nullable List<String> texts(@Nullable List<String> texts) {
    return texts == null ? null : texts.stream().map(Once::text).toList();
  }
}
