package net.lecentre.certmerge.reloader;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import net.lecentre.certmerge.reloader.decide.EnvoyState;
import net.lecentre.certmerge.reloader.decide.KeyStatus;
import net.lecentre.certmerge.reloader.decide.Observation;
import net.lecentre.certmerge.reloader.decide.Owed;
import net.lecentre.certmerge.reloader.decide.Past;
import net.lecentre.certmerge.reloader.decide.Policy;
import net.lecentre.certmerge.reloader.decide.State;
import net.lecentre.certmerge.reloader.decide.Strategy;
import net.lecentre.certmerge.reloader.decide.Turn;
import net.lecentre.certmerge.reloader.envoy.EnvoyAdmin;
import net.lecentre.certmerge.reloader.files.Mounts;
import net.lecentre.certmerge.reloader.probe.Prober;
import net.lecentre.certmerge.testbed.IssuedPair;
import net.lecentre.certmerge.testbed.TestCa;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Envoy's word on its own configuration adds to what is seen. */
class ObserverTest {
  static {
    // Without it each answer waits for the acknowledgement of its headers, some 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final Duration POLL = Duration.ofSeconds(10);
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir private Path directory;

  private HttpServer envoy;
  private int code = 200;
  private String state = "LIVE";
  private int asked;
  private Past past = Past.NOTHING;
  private String certs = "{\"certificates\": []}";

  @BeforeEach
  void start() throws IOException {
    envoy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/server_info", () -> 200, this::serverInfo);
    answer("/certs", () -> code, () -> certs);
    envoy.start();
  }

  private String serverInfo() {
    asked++;
    return "{\"state\":\"" + state + "\",\"uptime_current_epoch\":\"9s\"}";
  }

  private void answer(
      String path,
      java.util.function.IntSupplier status,
      java.util.function.Supplier<String> text) {
    envoy.createContext(
        path,
        exchange -> {
          try (exchange) {
            byte[] body = text.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status.getAsInt(), body.length);
            exchange.getResponseBody().write(body);
          }
        });
  }

  @AfterEach
  void stop() {
    envoy.stop(0);
  }

  private Observation look(Strategy strategy) {
    return look(strategy, () -> NOW, Observer::look);
  }

  private Observation look(
      Strategy strategy, InstantSource clock, Function<Observer, Observation> how) {
    return look(strategy, Duration.ZERO, clock, how);
  }

  private Observation look(
      Strategy strategy,
      Duration sdsGrace,
      InstantSource clock,
      Function<Observer, Observation> how) {
    URI uri = URI.create("http://127.0.0.1:" + envoy.getAddress().getPort());
    try (EnvoyAdmin admin = EnvoyAdmin.at(uri, Duration.ofSeconds(5))) {
      return how.apply(
          new Observer(
              new Mounts(List.of(directory)),
              new Prober(List.of(), Duration.ofSeconds(1)),
              admin,
              List.of(directory),
              new Policy(strategy, sdsGrace, Duration.ZERO, false),
              POLL,
              () -> past,
              Turn.Ours::new,
              clock));
    }
  }

  private void envoyNames(Path file) {
    certs =
        "{\"certificates\":[{\"cert_chain\":[{\"serial_number\":\"0a\",\"path\":\""
            + file
            + "\"}]}]}";
  }

  @ParameterizedTest
  @EnumSource
  void a_configured_file_that_is_gone_is_a_key_that_cannot_be_loaded(Strategy strategy) {
    envoyNames(directory.resolve("blog-tls.crt"));

    KeyStatus blog = look(strategy).keys().get(0);

    assertThat(blog.key()).isEqualTo("blog-tls");
    assertThat(blog.state()).isEqualTo(State.Invalid);
    assertThat(blog.loadable()).isFalse();
    assertThat(blog.reason()).contains("Envoy's configuration names").contains("which is gone");
  }

  @Test
  void a_configured_file_that_is_there_is_no_key_of_its_own() throws IOException {
    envoyNames(Files.createFile(directory.resolve("all.pem")));

    assertThat(look(Strategy.auto).keys()).isEmpty();
  }

  @Test
  void a_configured_file_elsewhere_is_not_ours_to_look_for() {
    envoyNames(Path.of("/not/watched/blog-tls.crt"));

    assertThat(look(Strategy.auto).keys()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"auto", "restart"})
  void an_envoy_that_does_not_tell_its_certificates_is_a_problem(Strategy strategy) {
    code = 500;

    assertThat(look(strategy).problems())
        .anyMatch(problem -> problem.contains("does not tell its certificates"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "", "no JSON"})
  void an_unreadable_list_of_certificates_is_a_problem(String answer) {
    certs = answer;

    assertThat(look(Strategy.auto).problems())
        .anyMatch(problem -> problem.contains("does not tell its certificates"));
  }

  @Test
  void who_only_verifies_needs_no_list_of_certificates() {
    code = 500;

    assertThat(look(Strategy.verify).problems())
        .noneMatch(problem -> problem.contains("does not tell its certificates"));
  }

  private void writePairs(int number) throws IOException {
    IssuedPair pair = TestCa.create().issue("shop.example.com");
    for (int i = 0; i < number; i++) {
      Files.write(directory.resolve(i + ".crt"), pair.crtBytes());
      Files.write(directory.resolve(i + ".key"), pair.keyBytes());
    }
  }

  private Observation firstLook() {
    return look(Strategy.auto, () -> NOW, Observer::firstLook);
  }

  @Test
  void a_first_look_at_many_keys_takes_a_few_and_says_that_it_is_not_all() throws IOException {
    writePairs(100);

    Observation seen = firstLook();

    assertThat(seen.keys()).isNotEmpty().hasSizeLessThan(10);
    assertThat(seen.problems()).contains("Not everything has been looked at yet.");
  }

  @Test
  void a_first_look_at_a_few_keys_sees_them_all() throws IOException {
    writePairs(3);

    Observation seen = firstLook();

    assertThat(seen.keys()).hasSize(3);
    assertThat(seen.problems()).isEmpty();
  }

  /** Glances again and again, with a grace of two intervals. */
  private Observation glances(Function<Observer, Observation> how) {
    return look(Strategy.auto, POLL.multipliedBy(2), () -> NOW, how);
  }

  @Test
  void what_envoy_changes_by_itself_is_found_within_the_grace_and_one_interval() {
    Observation seen =
        glances(
            observer -> {
              observer.look();
              envoyNames(directory.resolve("blog-tls.crt"));
              observer.glance();
              observer.glance();
              return observer.glance();
            });

    assertThat(seen.keys()).singleElement().returns("blog-tls", KeyStatus::key);
  }

  @Test
  void an_envoy_that_drains_is_found_within_the_grace_and_one_interval() {
    Observation seen =
        glances(
            observer -> {
              observer.look();
              state = "DRAINING";
              observer.glance();
              observer.glance();
              return observer.glance();
            });

    assertThat(seen.envoy())
        .isInstanceOfSatisfying(EnvoyState.Up.class, up -> assertThat(up.draining()).isTrue());
  }

  @Test
  void while_nothing_changes_envoy_is_asked_no_more_often_than_that() {
    glances(
        observer -> {
          observer.look();
          for (int glance = 0; glance < 6; glance++) {
            observer.glance();
          }
          return observer.look();
        });

    assertThat(asked).isEqualTo(1 + 2 + 1);
  }

  @Test
  void without_a_grace_envoy_is_asked_at_each_glance() {
    look(
        Strategy.auto,
        () -> NOW,
        observer -> {
          observer.look();
          observer.glance();
          return observer.glance();
        });

    assertThat(asked).isEqualTo(3);
  }

  @Test
  void envoy_is_asked_at_once_when_files_have_changed() {
    glances(
        observer -> {
          observer.look();
          writeOnePair();
          return observer.glance();
        });

    assertThat(asked).isEqualTo(2);
  }

  private void writeOnePair() {
    try {
      writePairs(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void envoy_is_asked_at_each_glance_while_it_is_out_of_service() {
    past = new Past(true, Owed.NOTHING, Set.of(), Instant.MIN);

    glances(
        observer -> {
          observer.look();
          observer.glance();
          return observer.glance();
        });

    assertThat(asked).isEqualTo(3);
  }
}
