package net.lecentre.certmerge.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class LoggingTest {
  @AfterEach
  void quiet() {
    Logging.configure(Level.WARN, false);
  }

  @ParameterizedTest
  @EnumSource
  void the_level_of_certmerge_is_what_was_asked_for(Level level) {
    Logging.configure(level, true);

    for (Level one : Level.values()) {
      assertThat(LoggerFactory.getLogger(CertMergeReconciler.class).isEnabledForLevel(one))
          .as(one.toString())
          .isEqualTo(one.toInt() >= level.toInt());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.fabric8.kubernetes.client.http.HttpLoggingInterceptor",
        "io.fabric8.kubernetes.client.informers.impl.cache.Reflector",
        "io.javaoperatorsdk.operator.processing.event.EventProcessor",
        "java.net.http",
        "org.slf4j",
      })
  void libraries_never_say_what_may_hold_keys(String library) {
    Logging.configure(Level.TRACE, true);

    assertThat(LoggerFactory.getLogger(library).isInfoEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger(library).isWarnEnabled()).isTrue();
  }
}
